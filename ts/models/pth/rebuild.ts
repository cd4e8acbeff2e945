/** What a PyTorch checkpoint may build: tensors and plain containers, nothing else (PyTorch's `weights_only` list). */
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import { Tensor, type DType } from '../../tensor';
import { Global, PickledDict, PickledObject, type Construct } from './unpickle';

/** One storage of the checkpoint: a flat tensor over its elements. */
export interface Storage {
  readonly tensor: Tensor;
  readonly untyped: boolean;
}

const STORAGE_TYPES: Readonly<Record<string, DType>> = {
  FloatStorage: 'float32', DoubleStorage: 'float64', HalfStorage: 'float16', BFloat16Storage: 'bfloat16', LongStorage: 'int64',
  IntStorage: 'int32', ShortStorage: 'int16', CharStorage: 'int8', ByteStorage: 'uint8', BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64', ComplexDoubleStorage: 'complex128', UntypedStorage: 'uint8',
};

/** Element type of a storage class such as `torch.FloatStorage`. */
export function storageType(type: unknown, label: string): DType {
  const dtype = type instanceof Global && /^torch(\.storage|\.cuda)?$/.test(type.module) ? STORAGE_TYPES[type.name] : undefined;
  if (!dtype) throw new InputError(`${label}: the storage type ${type instanceof Global ? type.path : String(type)} is not known.`);
  return dtype;
}

type Numbers = readonly number[];

function strided({ tensor, untyped }: Storage, offset: unknown, size: unknown, stride: unknown, dtype?: DType): Tensor {
  const flat = (untyped && dtype ? torch.ops['aten']!['view']!['dtype']!(tensor, dtype) : tensor) as Tensor;
  // as_strided counts from the start of the memory, which here is the start of the file.
  const storageOffset = flat.storageOffset() + Number(offset);
  return flat.asStrided(size as Numbers, stride as Numbers, { storageOffset });
}

function withGrad(tensor: Tensor, flag: unknown): Tensor {
  return flag === true && (tensor.dtype.startsWith('float') || tensor.dtype === 'bfloat16') ? tensor.requiresGrad_(true) : tensor;
}

const dict = (pairs: unknown): PickledDict => {
  const made = new PickledDict();
  if (pairs instanceof PickledDict) for (const [key, value] of pairs.entries) made.entries.set(key, value);
  else if (Array.isArray(pairs)) for (const [key, value] of pairs as [unknown, unknown][]) made.entries.set(key, value);
  return made;
};

type Builder = (args: readonly unknown[], construct: Construct) => unknown;

const BUILDERS: Readonly<Record<string, Builder>> = {
  'collections.OrderedDict': ([pairs]) => dict(pairs),
  'collections.Counter': ([pairs]) => dict(pairs),
  'collections.defaultdict': () => new PickledDict(),
  // The original authors keep their command line beside the weights; its attributes are plain values.
  'argparse.Namespace': () => new PickledObject(),
  'builtins.set': ([items]) => new Set(items as unknown[]),
  '__builtin__.set': ([items]) => new Set(items as unknown[]),
  '_codecs.encode': ([text]) => Uint8Array.from(Buffer.from(String(text), 'latin1')),
  'torch.Size': ([sizes]) => sizes,
  'torch.device': (parts) => parts.join(':'),
  'torch.serialization._get_layout': () => 'strided',
  'torch._utils._rebuild_tensor': ([storage, offset, size, stride]) => strided(storage as Storage, offset, size, stride),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, size, stride, grad]) => withGrad(strided(storage as Storage, offset, size, stride), grad),
  'torch._utils._rebuild_tensor_v3': ([storage, offset, size, stride, grad, , dtype]) =>
    withGrad(strided(storage as Storage, offset, size, stride, (dtype as Global).name as DType), grad),
  'torch._utils._rebuild_parameter': ([tensor, grad]) => withGrad(tensor as Tensor, grad),
  'torch._utils._rebuild_parameter_with_state': ([tensor, grad]) => withGrad(tensor as Tensor, grad),
  'torch._tensor._rebuild_from_type_v2': ([callee, , args], construct) => construct(callee as Global, args as unknown[]),
};

/**
 * The constructor for checkpoints. A name outside of the list is refused, and the message says which it was.
 * @param label the file, for messages
 * @param dry true reads the structure without touching tensors
 */
export function checkpointConstructor(label: string, dry = false): Construct {
  const construct: Construct = (callee, args) => {
    const build = BUILDERS[callee.path];
    if (!build) {
      throw new InputError(
        `${label}: the checkpoint wants to call ${callee.path}, which is not among the harmless names; nothing was run. ` +
          'Save its state_dict() alone, or as safetensors, from Python.',
      );
    }
    if (dry && callee.module.startsWith('torch')) return null;
    return build(args, construct);
  };
  return construct;
}

/** Turns the reader's containers into JavaScript's: dicts into objects, dtypes into their names. */
export function plainValue(value: unknown, seen = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Tensor || value instanceof Uint8Array) return value;
  if (value instanceof Global) return value.module === 'torch' ? value.name : value.path;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (value instanceof PickledDict) return remember(value, value.toValue((item) => plainValue(item, seen)), seen);
  if (Array.isArray(value)) return remember(value, value.map((item) => plainValue(item, seen)), seen);
  return value;
}

function remember<T>(from: unknown, to: T, seen: Map<unknown, unknown>): T {
  seen.set(from, to);
  return to;
}
