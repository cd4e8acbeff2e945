/** The storages of a checkpoint that is written: each once, however many tensors lie in it. */
import { InputError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import * as torch from '../../tensor';
import type { DType, Tensor } from '../../tensor';
import { itemSize } from '../../tensor/types/dtype';

/** PyTorch's class for storages of bytes, in which types lie that have no storage class of their own. */
export const UNTYPED = 'UntypedStorage';

const CLASSES: Partial<Record<DType, string>> = {
  float32: 'FloatStorage',
  float64: 'DoubleStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
  complex64: 'ComplexFloatStorage',
  complex128: 'ComplexDoubleStorage',
  qint8: 'QInt8Storage',
  quint8: 'QUInt8Storage',
  qint32: 'QInt32Storage',
};

/** A tensor within its storage. */
export interface StorageView {
  /** PyTorch's class of the storage. */
  readonly storage: string;
  /** Its number in the file. */
  readonly key: number;
  /** Elements of the storage; bytes where it has no type. */
  readonly length: number;
  /** Where the tensor begins, in its elements. */
  readonly offset: number;
  readonly strides: readonly number[];
}

export class StorageTable {
  /** (elements) of each storage, by its key. */
  readonly tensors: Tensor[] = [];
  readonly #known = new Map<string, number>();

  /** @param quantized the type that its integers stand for */
  add(tensor: Tensor, quantized?: DType): StorageView {
    const source = finished(tensor);
    const { dtype } = source;
    const identity = guarded('savePth', () => binding.storage(source._handle));
    if (!identity) throw new InputError('savePth: expected tensors that have memory, found one that has none.');
    const elements = Math.floor(identity[1] / itemSize(dtype));
    const storage = CLASSES[quantized ?? dtype] ?? UNTYPED;
    // One memory seen as two types is written for each: torch.save has no word for it.
    const name = `${identity[0]} ${storage} ${dtype}`;
    const key = this.#known.get(name) ?? this.tensors.push(source.asStrided([elements], [1], { storageOffset: 0 })) - 1;
    this.#known.set(name, key);
    const length = storage === UNTYPED ? elements * itemSize(dtype) : elements;
    return { storage, key, length, offset: source.storageOffset(), strides: source.strides };
  }
}

/** Without history, and with its memory as it shows: a conjugate is written out. */
function finished(tensor: Tensor): Tensor {
  const conjugated = torch.ops['aten']!['resolve_conj']!['default']!(tensor.detach()) as Tensor;
  return torch.ops['aten']!['resolve_neg']!['default']!(conjugated) as Tensor;
}
