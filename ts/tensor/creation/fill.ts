/** Makes tensors from sizes: filled, random, ranges. */
import type { FillOptions, RandomOptions, TensorOptions } from './create';
import { inferredType } from '../types/defaults';
import type { DType, Scalar } from '../types/dtype';
import { surfaceFunction } from '../operators/surface';
import { Tensor } from '../core/tensor';

type Size = readonly number[];

/** A creation function that takes sizes as a list or as separate arguments, and `requiresGrad`, which no schema knows. */
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

/** Makes a tensor from its sizes, as a list or as separate arguments. */
export interface Filler {
  <Type extends DType = DType>(size: Size, options?: FillOptions<Type>): Tensor<Type>;
  (...size: number[]): Tensor;
}

/** Makes a tensor of random numbers from its sizes, as a list or as separate arguments. */
export interface RandomFiller {
  <Type extends DType = DType>(size: Size, options?: RandomOptions<Type>): Tensor<Type>;
  (...size: number[]): Tensor;
}

/** Elements that are 0. */
export const zeros = filler('zeros', ['']) as Filler;
/** Elements that are 1. */
export const ones = filler('ones', ['']) as Filler;
/** Uninitialized memory: fill it before you read it. */
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
  return fullOf(size, value, { dtype: inferredType([value]), ...options }) as Tensor<Type>;
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
/** Uninitialized memory, in the shape of `input`: fill it before you read it. */
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
