/** Makes tensors from JavaScript data. */
import { types } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { markAsUntransferable } from 'node:worker_threads';
import { DTypeError, ShapeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put2, reserve, rewind, Tag } from '../../native/wire';
import type { Device } from '../types/device';
import { dtypeOf, integerRange, isComplex, type DType, type Complex } from '../types/dtype';
import { chosenDevice, inferredType } from '../types/defaults';
import { adopt } from '../memory/lifetime';
import { formatValue } from '../operators/operator';
import { checkOptions } from '../../options';
import { withOomRetry } from '../memory/oom-retry';
import { Tensor, type Nested } from '../core/tensor';
import { convert } from './convert';
import type { Generator } from '../random/generator';

/** A single number of JavaScript; a bigint is an int64. */
export type Scalar = number | bigint | boolean;

/** The element type and the device of a new tensor, and whether autograd records what is done with it. */
export interface TensorOptions<Type extends DType = DType> {
  readonly dtype?: Type;
  /** `'cpu'`, `'cuda'`, `'cuda:1'`, … @default 'cpu' */
  readonly device?: Device;
  /** @default false */
  readonly requiresGrad?: boolean;
}

/** The same with its layout in memory. */
export interface FillOptions<Type extends DType = DType> extends TensorOptions<Type> {
  readonly layout?: 'strided' | 'sparse_coo';
  readonly memoryFormat?: 'contiguous' | 'channels_last' | 'channels_last_3d' | 'preserve';
  readonly pinMemory?: boolean;
}

/** The same with the source of its random numbers. */
export interface RandomOptions<Type extends DType = DType> extends FillOptions<Type> {
  readonly generator?: Generator;
}

export interface TypedArrayOptions<Type extends DType = DType> extends TensorOptions<Type> {
  /** False shares the memory of the typed array instead of copying it; do not transfer its buffer while the tensor lives. @default true */
  readonly copy?: boolean;
}

/** Anything that `torch.tensor` turns into a tensor. */
export type TensorData = Nested<Scalar | Complex> | NodeJS.TypedArray | readonly TensorData[];

function finish<Type extends DType>(made: Tensor, { dtype, device, requiresGrad }: TensorOptions<Type>): Tensor<Type> {
  const result = convert(made, { dtype, device: device ?? chosenDevice() ?? undefined }) as Tensor<Type>;
  if (result !== made) made.dispose();
  return requiresGrad ? result.requiresGrad_(true) : result;
}

/**
 * A tensor over the elements of a typed array.
 * @param shape sizes whose product is the array's length
 * @throws ShapeError when the shape does not fit the array
 */
export function fromTypedArray<Type extends DType = DType>(
  data: NodeJS.TypedArray,
  shape?: readonly number[],
  options: TypedArrayOptions<Type> = {},
): Tensor<Type> {
  const dtype = dtypeOf(data);
  if (!dtype) throw new DTypeError(`fromTypedArray: expected a typed array, found ${formatValue(data)}`);
  checkOptions('fromTypedArray', options, ['dtype', 'device', 'requiresGrad', 'copy']);
  const sizes = shape ?? [data.length];
  if (!Array.isArray(sizes))
    throw new DTypeError(`fromTypedArray: expected the sizes as an array, found ${formatValue(sizes)}`);
  checkSizes(sizes, data.length);
  const copy = options.copy ?? true;
  if (!copy) pin(data);
  return finish(load(data, dtype, sizes, copy), options);
}

function checkSizes(shape: readonly number[], length: number): void {
  if (shape.length > DEEPEST)
    throw new ShapeError(`fromTypedArray: expected at most ${DEEPEST} sizes, found ${shape.length}`);
  const odd = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (odd !== undefined)
    throw new ShapeError(`fromTypedArray: expected sizes of at least 0, found ${formatValue(odd)}`);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== length) {
    throw new ShapeError(
      `fromTypedArray: the shape [${shape.join(', ')}] has ${elements} elements, the typed array ${length}`,
    );
  }
}

const DETACH_KEY = Symbol('lent to a tensor');

/** A buffer that a tensor uses in place must not move. */
function pin(data: NodeJS.TypedArray): void {
  const isElastic = ['resizable', 'growable'].some((kind) => Reflect.get(data.buffer, kind) === true);
  if (isElastic) throw new DTypeError('fromTypedArray: a resizable buffer cannot be shared; copy it');
  markAsUntransferable(data.buffer);
  if (types.isArrayBuffer(data.buffer) && 'transfer' in data.buffer) fixInPlace(data.buffer);
}

let setDetachKey: ((buffer: ArrayBuffer, key: symbol) => void) | undefined;

/** V8 before 13, as in Node 22, ends the process where somebody detaches a buffer without the key. */
const ASKS_FOR_KEYS = Number(process.versions.v8.split('.')[0]) >= 13;

/**
 * From now on `buffer.transfer()` throws a TypeError: Node's mark is for messages alone. V8 detaches a buffer that has
 * a key for whoever knows the key only, and Node has no function that sets one, so this uses V8's native syntax. On Node 22
 * only the buffer's own methods refuse: `ArrayBuffer.prototype.transfer.call(buffer)` passes the memory on, which the
 * tensor then shares with the new buffer (native/external_memory.cc holds it).
 */
function fixInPlace(buffer: ArrayBuffer): void {
  if (ASKS_FOR_KEYS) setKey(buffer);
  const refuse = (): never => {
    throw new TypeError(
      'this buffer is lent to a tensor (fromTypedArray with copy: false) and cannot be transferred; transfer a copy',
    );
  };
  for (const name of ['transfer', 'transferToFixedLength'])
    Object.defineProperty(buffer, name, { value: refuse, configurable: true });
}

function setKey(buffer: ArrayBuffer): void {
  setFlagsFromString('--allow-natives-syntax');
  try {
    setDetachKey ??= runInThisContext(
      '(function (buffer, key) { %ArrayBufferSetDetachKey(buffer, key); })',
    ) as NonNullable<typeof setDetachKey>;
    setDetachKey(buffer, DETACH_KEY);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

function load(data: NodeJS.TypedArray, dtype: DType, shape: readonly number[], copy: boolean): Tensor {
  const body = (): Tensor =>
    guarded('fromTypedArray', () => {
      rewind();
      reserve(2 + 2 * shape.length);
      put2(Tag.List, shape.length);
      for (const size of shape) put2(Tag.Int, size);
      return adopt(copy ? binding.write(data, dtype) : binding.adopt(data, dtype));
    });
  return withOomRetry(body, { repeatable: true });
}

const DEEPEST = 64; // libtorch's operators take no more; an array that holds itself has no end

function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level) || ArrayBuffer.isView(level); level = (level as unknown[])[0]) {
    if (shape.length === DEEPEST) throw new ShapeError(`tensor: expected at most ${DEEPEST} arrays inside one another`);
    const { length } = level as ArrayLike<unknown>;
    shape.push(length);
    if (length === 0 || ArrayBuffer.isView(level)) break;
  }
  return shape;
}

function flatten(data: unknown, shape: readonly number[], depth: number, into: unknown[]): void {
  const nested = Array.isArray(data) || ArrayBuffer.isView(data);
  if (depth === shape.length) {
    if (nested)
      throw new ShapeError(
        `tensor: expected a number at depth ${depth}, found an array; every row needs the same depth`,
      );
    // Checked for each element, since a sparse array may be very long.
    if (data === undefined)
      throw new DTypeError('tensor: expected numbers, bigints, booleans or { re, im }, found undefined');
    into.push(data);
    return;
  }
  const row = data as ArrayLike<unknown>;
  if (!nested || row.length !== shape[depth]) {
    const found = nested ? `${row.length} elements` : formatValue(data);
    throw new ShapeError(`tensor: expected ${shape[depth]} elements in each row at depth ${depth}, found ${found}`);
  }
  for (let i = 0; i < row.length; i++) flatten(row[i], shape, depth + 1, into);
}

// The typed array that holds each kind of element exactly, before it is converted to what is asked for.
function pack(values: readonly unknown[], dtype: DType): { data: NodeJS.TypedArray; dtype: DType } {
  const wrong = values.find((value) => !isElement(value));
  if (wrong !== undefined || values.includes(undefined)) {
    throw new DTypeError(`tensor: expected numbers, bigints, booleans or { re, im }, found ${formatValue(wrong)}`);
  }
  if (isComplex(dtype)) {
    const pairs = values.flatMap((value) =>
      typeof value === 'object' ? [(value as Complex).re, (value as Complex).im] : [Number(value), 0],
    );
    return { data: Float64Array.from(pairs), dtype: 'complex128' };
  }
  const complex = values.find((value) => typeof value === 'object');
  if (complex !== undefined)
    throw new DTypeError(`tensor: expected real numbers for ${dtype}, found ${formatValue(complex)}`);
  checkRange(values as Scalar[], dtype);
  if (dtype === 'int64' || dtype === 'uint64') {
    const whole = values.map((value) =>
      BigInt(typeof value === 'number' ? Math.trunc(value) : (value as bigint | boolean)),
    );
    return dtype === 'int64' ? { data: BigInt64Array.from(whole), dtype } : { data: BigUint64Array.from(whole), dtype };
  }
  if (dtype === 'float32') return { data: Float32Array.from(values, Number), dtype };
  if (dtype === 'bool') return { data: Uint8Array.from(values, (value) => (Number(value) === 0 ? 0 : 1)), dtype };
  return { data: Float64Array.from(values, Number), dtype: 'float64' };
}

function checkRange(values: readonly Scalar[], dtype: DType): void {
  const range = integerRange(dtype);
  if (!range) return;
  const [lowest, highest] = range;
  // Compared as they are: a bigint and a number compare exactly, and NaN with nothing.
  const outside = values.find((value) => {
    const number = typeof value === 'boolean' ? Number(value) : value;
    return !(number > lowest - 1n && number < highest + 1n);
  });
  if (outside !== undefined) throw new DTypeError(`tensor: ${String(outside)} does not fit into ${dtype}`);
}

function isElement(value: unknown): boolean {
  if (typeof value === 'object') return value !== null && 're' in value && 'im' in value;
  return ['number', 'bigint', 'boolean'].includes(typeof value);
}

/**
 * A tensor with a copy of `data`: a number, nested arrays of numbers, or a typed array. Without `dtype`, numbers become
 * float32 (see `setDefaultDtype`), bigints int64, booleans bool, `{ re, im }` complex64; a typed array keeps its type.
 * @throws ShapeError for rows of different lengths
 */
export function tensor<Type extends DType = DType>(data: TensorData, options: TensorOptions<Type> = {}): Tensor<Type> {
  if (data instanceof Tensor)
    throw new DTypeError('tensor: expected data, found a tensor; use tensor.clone() or tensor.to()');
  checkOptions('tensor', options, ['dtype', 'device', 'requiresGrad']);
  if (ArrayBuffer.isView(data)) return fromTypedArray(data as NodeJS.TypedArray, undefined, options);
  const shape = shapeOf(data);
  const values: unknown[] = [];
  flatten(data, shape, 0, values);
  const dtype = options.dtype ?? inferredType(values);
  if (typeof dtype !== 'string')
    throw new DTypeError(`tensor: expected a dtype such as 'float32', found ${formatValue(dtype)}`);
  const packed = pack(values, dtype);
  return finish(load(packed.data, packed.dtype, shape, true), { ...options, dtype }) as Tensor<Type>;
}

/** A tensor that shares the memory of a typed array, as `torch.from_numpy` shares NumPy's: what changes one changes the other. */
export function fromNumpy(array: NodeJS.TypedArray): Tensor {
  return fromTypedArray(array, undefined, { copy: false });
}

/** `data` itself when it is a tensor, else one made of it. */
export function asarray<Type extends DType = DType>(
  data: TensorData | Tensor,
  options: TensorOptions<Type> = {},
): Tensor<Type> {
  return asTensor(data, options);
}

/** `data` itself when it is a tensor of that type on that device, else one made of it. */
export function asTensor<Type extends DType = DType>(
  data: TensorData | Tensor,
  options: TensorOptions<Type> = {},
): Tensor<Type> {
  if (!(data instanceof Tensor)) return tensor(data, options);
  checkOptions('asTensor', options, ['dtype', 'device', 'requiresGrad']);
  const converted = convert(data, { dtype: options.dtype, device: options.device }) as Tensor<Type>;
  return options.requiresGrad ? converted.requiresGrad_(true) : converted;
}
