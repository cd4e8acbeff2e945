/** Element types, and the typed arrays that carry them. */
import { binding } from '../../native/binding';
import { typedArrayName } from '../../native/realm';

/** All element types. */
export const DTYPES = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  'complex32',
  'complex64',
  'complex128',
  'bool',
  'bfloat16',
  'float8_e5m2',
  'float8_e4m3fn',
  'float8_e5m2fnuz',
  'float8_e4m3fnuz',
  'float8_e8m0fnu',
  'uint16',
  'uint32',
  'uint64',
  'qint8',
  'quint8',
  'qint32',
] as const satisfies readonly DType[];

/** An element type. Spelled out, so that the compiler calls it by its name. */
export type DType =
  | 'uint8'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'complex32'
  | 'complex64'
  | 'complex128'
  | 'bool'
  | 'bfloat16'
  | 'float8_e5m2'
  | 'float8_e4m3fn'
  | 'float8_e5m2fnuz'
  | 'float8_e4m3fnuz'
  | 'float8_e8m0fnu'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'qint8'
  | 'quint8'
  | 'qint32';

const names = binding.dtypes();

/** The name of libtorch's type code. */
export function dtypeName(code: number): DType {
  return (names[code] ?? `type ${code}`) as DType;
}

/** What `data()` gives for one element type or another. */
export type DataArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

interface DataByType {
  float64: Float64Array;
  complex128: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
}

/** What `data()` gives for an element type: half floats widen to Float32Array, bool is Uint8Array, complex comes in pairs. */
export type DataOf<Type extends DType> = Type extends keyof DataByType ? DataByType[Type] : Float32Array;

/** Views the bytes of a tensor as the typed array of its element type; complex numbers as pairs. */
export function viewAs(dtype: DType, bytes: ArrayBuffer): DataArray | null {
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return new Float32Array(bytes);
    case 'float64':
    case 'complex128':
      return new Float64Array(bytes);
    case 'int8':
      return new Int8Array(bytes);
    case 'int16':
      return new Int16Array(bytes);
    case 'int32':
      return new Int32Array(bytes);
    case 'int64':
      return new BigInt64Array(bytes);
    case 'uint8':
    case 'bool':
      return new Uint8Array(bytes);
    case 'uint16':
      return new Uint16Array(bytes);
    case 'uint32':
      return new Uint32Array(bytes);
    case 'uint64':
      return new BigUint64Array(bytes);
    default:
      return null; // half floats, float8 and quantized types have no typed array
  }
}

const TYPED_ARRAYS: Readonly<Record<string, DType>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  BigUint64Array: 'uint64',
};

/** The element type that a typed array carries. */
export function dtypeOf(array: NodeJS.TypedArray): DType | null {
  return TYPED_ARRAYS[typedArrayName(array) ?? ''] ?? null;
}

/** Least and greatest value of an integer type; null for the others. PyTorch takes a negative number for an unsigned type as its two's complement. */
export function integerRange(dtype: DType): [lowest: bigint, highest: bigint] | null {
  const parts = /^(u?)int(\d+)$/.exec(dtype);
  if (!parts) return null;
  const highest = 2n ** (BigInt(parts[2]!) - (parts[1] ? 0n : 1n)) - 1n;
  return [parts[1] ? -highest : -highest - 1n, highest];
}

/** Bytes of one element. */
export function itemSize(dtype: DType): number {
  return dtype === 'bool' ? 1 : Number(/\d+/.exec(dtype)![0]) / 8;
}

export function isQuantized(dtype: DType): boolean {
  return dtype.startsWith('q');
}

export function isComplex(dtype: DType): boolean {
  return dtype.startsWith('complex');
}

export function isFloatingPoint(dtype: DType): boolean {
  return dtype.startsWith('float') || dtype === 'bfloat16';
}

/** A single number of JavaScript; a bigint is an int64. */
export type Scalar = number | bigint | boolean;

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}
