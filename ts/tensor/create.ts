/** Makes tensors: from JavaScript data, or filled. */
import { types } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { markAsUntransferable } from 'node:worker_threads';
import { DTypeError, ShapeError } from '../errors';
import { binding } from '../native/binding';
import { guarded } from '../native/typed-errors';
import { put2, reserve, rewind, Tag } from '../native/wire';
import type { Device } from './device';
import { dtypeOf, integerRange, isComplex, type DType } from './dtype';
import { chosenDevice, defaultComplex, getDefaultDtype } from './defaults';
import { adopt } from './lifetime';
import { formatValue, operator, type Complex } from './operator';
import { checkOptions } from './options';
import { withOomRetry } from './oom-retry';
import { surfaceFunction } from './surface';
import { Tensor, type Nested, type ToOptions } from './tensor';
import type { Generator } from './generator';

/** A single number of JavaScript; a bigint is an int64. */
export type Scalar = number | bigint | boolean;

/** What a new tensor is made of, where it goes, and whether autograd watches it. */
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

/** `tensor.to(options)`: this tensor itself when nothing changes. */
export function convert(tensor: Tensor, options: ToOptions): Tensor {
  checkOptions('to', options, ['dtype', 'device', 'nonBlocking', 'copy', 'memoryFormat']);
  const { dtype, device, nonBlocking = false, copy = false, memoryFormat } = options;
  const changed = operator('aten', '_to_copy', '');
  const same =
    (dtype === undefined || dtype === tensor.dtype) && (device === undefined || sameDevice(device, tensor.device));
  const ordered =
    memoryFormat === undefined ||
    memoryFormat === 'preserve' ||
    operator('aten', 'is_contiguous', 'memory_format').call([tensor, memoryFormat]) === true;
  if (same && ordered && !copy) return tensor;
  return changed.call([tensor], { dtype, device, non_blocking: nonBlocking, memory_format: memoryFormat }) as Tensor;
}

function sameDevice(wanted: string, found: string): boolean {
  return wanted === found || `${wanted}:0` === found;
}

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

/** Memory on loan to libtorch must stay where it is. */
function pin(data: NodeJS.TypedArray): void {
  const isElastic = ['resizable', 'growable'].some((kind) => Reflect.get(data.buffer, kind) === true);
  if (isElastic) throw new DTypeError('fromTypedArray: a resizable buffer cannot be shared; copy it');
  markAsUntransferable(data.buffer);
  if (types.isArrayBuffer(data.buffer) && 'transfer' in data.buffer) fixInPlace(data.buffer);
}

let setDetachKey: ((buffer: ArrayBuffer, key: symbol) => void) | undefined;

/**
 * From now on `buffer.transfer()` throws a TypeError: Node's mark is for messages alone. V8 detaches a buffer with a key for
 * its owner only, and Node has no function for that, so it is asked in V8's own words, as for garbage collection.
 */
function fixInPlace(buffer: ArrayBuffer): void {
  setFlagsFromString('--allow-natives-syntax');
  try {
    setDetachKey ??= runInThisContext(
      '(function (buffer, key) { %ArrayBufferSetDetachKey(buffer, key); })',
    ) as NonNullable<typeof setDetachKey>;
    setDetachKey(buffer, DETACH_KEY);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
  // Node 22 knows of the key only after it has promised itself that nothing can be wrong, and ends: say no before it is asked.
  const refuse = (): never => {
    throw new TypeError(
      'this buffer is lent to a tensor (fromTypedArray with copy: false) and cannot be transferred; transfer a copy',
    );
  };
  for (const name of ['transfer', 'transferToFixedLength'])
    Object.defineProperty(buffer, name, { value: refuse, configurable: true });
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

const DEEPEST = 64; // libtorch's own operators stop there; an array that holds itself has no end

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
    // At once: an array may be long, and empty.
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

function inferred(values: readonly unknown[]): DType {
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.has('object')) return defaultComplex();
  if (kinds.has('number') || kinds.size === 0) return getDefaultDtype();
  return kinds.has('bigint') ? 'int64' : 'bool';
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
  const dtype = options.dtype ?? inferred(values);
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

// ---- filled

type Size = readonly number[];

/** A creation function that takes sizes as a list or in a row, and `requiresGrad`, which no schema knows. */
function filler(name: string, overloads: readonly string[], defaults: TensorOptions = {}) {
  const call = surfaceFunction(name, overloads);
  return (...args: unknown[]): Tensor => {
    const last = args[args.length - 1];
    const given = typeof last === 'object' && last !== null && !Array.isArray(last) && !(last instanceof Tensor);
    const { requiresGrad, ...options } = { ...defaults, ...((given ? last : {}) as TensorOptions) };
    const made = call(...(given ? args.slice(0, -1) : args), options) as Tensor;
    return requiresGrad ? (made.requiresGrad_(true) as Tensor) : made;
  };
}

/** Makes a tensor from its sizes, as a list or in a row. */
export interface Filler {
  <Type extends DType = DType>(size: Size, options?: FillOptions<Type>): Tensor<Type>;
  (...size: number[]): Tensor;
}

/** Makes a tensor of random numbers from its sizes, as a list or in a row. */
export interface RandomFiller {
  <Type extends DType = DType>(size: Size, options?: RandomOptions<Type>): Tensor<Type>;
  (...size: number[]): Tensor;
}

/** Elements that are 0. */
export const zeros = filler('zeros', ['']) as Filler;
/** Elements that are 1. */
export const ones = filler('ones', ['']) as Filler;
/** Memory as it is found: fill it before you read it. */
export const empty = filler('empty', ['memory_format']) as Filler;
/** Uniform in [0, 1). */
export const rand = filler('rand', ['', 'generator']) as RandomFiller;
/** Standard normal. */
export const randn = filler('randn', ['', 'generator']) as RandomFiller;

const fullOf = filler('full', ['']);
/** `size` elements of `value`; a number makes float32 unless `dtype` says otherwise, a boolean bool, a bigint int64. */
export function full<Type extends DType = DType>(
  size: Size,
  value: Scalar,
  options: FillOptions<Type> = {},
): Tensor<Type> {
  return fullOf(size, value, { dtype: inferred([value]), ...options }) as Tensor<Type>;
}

const integers = filler('randint', ['low', 'low_generator'], { dtype: 'int64' });
/** Integers uniform in [low, high). */
export function randint<Type extends DType = DType>(
  high: number,
  size: Size,
  options?: RandomOptions<Type>,
): Tensor<Type>;
export function randint<Type extends DType = DType>(
  low: number,
  high: number,
  size: Size,
  options?: RandomOptions<Type>,
): Tensor<Type>;
export function randint(...args: unknown[]): Tensor {
  return Array.isArray(args[1]) ? integers(0, ...args) : integers(...args);
}

/** The numbers 0 … n-1 in random order, as int64. */
export const randperm = filler('randperm', ['', 'generator'], { dtype: 'int64' }) as <Type extends DType = DType>(
  n: number,
  options?: RandomOptions<Type>,
) => Tensor<Type>;

const range = filler('arange', ['', 'start', 'start_step']);
/** start, start + step, … below end; int64 when all three are whole numbers, else float32. */
export function arange<Type extends DType = DType>(end: number, options?: FillOptions<Type>): Tensor<Type>;
export function arange<Type extends DType = DType>(
  start: number,
  end: number,
  options?: FillOptions<Type>,
): Tensor<Type>;
export function arange<Type extends DType = DType>(
  start: number,
  end: number,
  step: number,
  options?: FillOptions<Type>,
): Tensor<Type>;
export function arange(...args: unknown[]): Tensor {
  return range(...args);
}

/** A number as a tensor without dimensions; float32 unless `dtype` says otherwise. */
export const scalarTensor = filler('scalar_tensor', ['']) as <Type extends DType = DType>(
  value: Scalar,
  options?: FillOptions<Type>,
) => Tensor<Type>;
/** `steps` numbers from start to end, both included. */
export const linspace = filler('linspace', ['']) as <Type extends DType = DType>(
  start: number,
  end: number,
  steps: number,
  options?: FillOptions<Type>,
) => Tensor<Type>;
/** `steps` numbers from base^start to base^end. */
export const logspace = filler('logspace', ['']) as {
  <Type extends DType = DType>(start: number, end: number, steps: number, options?: FillOptions<Type>): Tensor<Type>;
  <Type extends DType = DType>(
    start: number,
    end: number,
    steps: number,
    base: number,
    options?: FillOptions<Type>,
  ): Tensor<Type>;
};
/** Ones on the diagonal of an n by m matrix. */
export const eye = filler('eye', ['', 'm']) as {
  <Type extends DType = DType>(n: number, options?: FillOptions<Type>): Tensor<Type>;
  <Type extends DType = DType>(n: number, m: number, options?: FillOptions<Type>): Tensor<Type>;
};

/** Makes a tensor of the shape, type and device of another, unless the options say otherwise. */
export type Like = <Type extends DType = DType>(input: Tensor, options?: FillOptions<Type>) => Tensor<Type>;
/** Zeros in the shape of `input`, of its type and on its device. */
export const zerosLike = filler('zeros_like', ['']) as Like;
/** Ones in the shape of `input`, of its type and on its device. */
export const onesLike = filler('ones_like', ['']) as Like;
/** Memory as it is found, in the shape of `input`: fill it before you read it. */
export const emptyLike = filler('empty_like', ['']) as Like;
/** Uniform in [0, 1), in the shape of `input`. */
export const randLike = filler('rand_like', ['']) as Like;
/** Standard normal, in the shape of `input`. */
export const randnLike = filler('randn_like', ['']) as Like;
/** `value` everywhere, in the shape of `input`, of its type and on its device. */
export const fullLike = filler('full_like', ['']) as <Type extends DType = DType>(
  input: Tensor,
  value: Scalar,
  options?: FillOptions<Type>,
) => Tensor<Type>;

/** Names that this file defines, so that the generated surface leaves them out. */
export const CREATION = [
  'zeros',
  'ones',
  'empty',
  'rand',
  'randn',
  'full',
  'randint',
  'randperm',
  'arange',
  'linspace',
  'logspace',
  'eye',
  'zeros_like',
  'ones_like',
  'empty_like',
  'rand_like',
  'randn_like',
  'full_like',
] as const;
