/** The memory that the tensors of a checkpoint lie in. */
import { InputError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { DType } from '../../tensor';
import { itemSize } from '../../tensor/types/dtype';
import { Global } from './unpickle';

/** One storage of the checkpoint. */
export class Storage {
  constructor(
    /** (elements), from the first on; bytes where the storage says no type, integers where it is quantized. */
    readonly tensor: Tensor,
    /** The type that its class names; undefined for plain bytes. */
    readonly dtype: DType | undefined,
  ) {}
}

/** `['storage', type, key, location, elements]`, checked. */
export interface StorageId {
  readonly key: string;
  readonly dtype: DType | undefined;
  readonly elements: number;
}

const STORAGE_TYPES: Readonly<Record<string, DType>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
  QInt8Storage: 'qint8',
  QUInt8Storage: 'quint8',
  QInt32Storage: 'qint32',
};

const INTEGERS: Partial<Record<DType, DType>> = { qint8: 'int8', quint8: 'uint8', qint32: 'int32' };

/** The type that the elements of a storage are read as. */
export function memoryType(dtype: DType | undefined): DType {
  return dtype === undefined ? 'uint8' : (INTEGERS[dtype] ?? dtype);
}

/** @throws InputError for what is no reference to a storage of a known type */
export function storageId(id: unknown, label: string): StorageId {
  const refusal = (): InputError =>
    new InputError(`${label}: the checkpoint refers to something that is no tensor storage.`);
  if (!Array.isArray(id) || id.length < 5 || id[0] !== 'storage') throw refusal();
  const [, type, key, location, elements] = id as unknown[];
  const isKey = typeof key === 'string' || typeof key === 'number';
  if (!(type instanceof Global) || !isKey || typeof location !== 'string' || !isCount(elements)) throw refusal();
  const dtype = storageType(type, label);
  if (!Number.isSafeInteger(elements * itemSize(memoryType(dtype)))) throw refusal();
  return { key: String(key), dtype, elements };
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Element type of a storage class such as `torch.FloatStorage`; undefined for plain bytes. */
function storageType(type: Global, label: string): DType | undefined {
  const isTorch = /^torch(\.storage|\.cuda)?$/.test(type.module);
  if (isTorch && type.name === 'UntypedStorage') return undefined;
  const dtype = isTorch && Object.hasOwn(STORAGE_TYPES, type.name) ? STORAGE_TYPES[type.name] : undefined;
  if (!dtype) throw new InputError(`${label}: the storage type ${type.shown} is not known.`);
  return dtype;
}
