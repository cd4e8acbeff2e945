/** The functions of torch/functional.py: operators with other defaults, or with arguments in several forms. */
import { DTypeError, InputError, ShapeError } from '../../errors';
import { bindArguments, expected, resolveOptions } from '../../options';
import type { DType } from '../types/dtype';
import { operator } from '../operators/operator';
import { Tensor } from '../core/tensor';
import { tensor as makeTensor } from '../creation/create';
import { requireTensor } from '../core/arguments';

const call = <T = Tensor>(name: string, overload: string, args: readonly unknown[], options?: object): T =>
  operator('aten', name, overload).call(args, options) as T;

export interface NormOptions {
  /** Order of the norm: a number, Infinity, `'fro'` or `'nuc'`. @default 'fro' */
  readonly p?: number | 'fro' | 'nuc' | null;
  /** Dimension or dimensions; null for all, as one vector. @default null */
  readonly dim?: number | readonly number[] | null;
  /** Keep the reduced dimensions with size 1. @default false */
  readonly keepdim?: boolean;
  /** Type to convert to before. @default that of the input */
  readonly dtype?: DType | null;
}

/** By position in this order, or by name. */
export type NormArguments =
  | [options?: NormOptions]
  | [p: NormOptions['p'], options?: Omit<NormOptions, 'p'>]
  | [p: NormOptions['p'], dim: NormOptions['dim'], options?: Omit<NormOptions, 'p' | 'dim'>]
  | [p: NormOptions['p'], dim: NormOptions['dim'], keepdim: boolean, options?: { readonly dtype?: DType | null }];

/**
 * The norm of a tensor as one vector, or of its vectors along `dim`; of matrices for `'nuc'`, or for `'fro'` with two dimensions.
 * @throws DTypeError for integers, as in PyTorch
 */
export function norm(input: Tensor, ...args: NormArguments): Tensor {
  const defaults: Required<NormOptions> = { p: 'fro', dim: null, keepdim: false, dtype: null };
  const { p, dim, keepdim, dtype } = bindArguments('norm', defaults, args);
  requireTensor('norm', 'input', input);
  const dims = typeof dim === 'number' ? [dim] : dim;
  if (input.layout !== 'strided') return sparseNorm(input, p, dims, keepdim);
  const isVector = typeof p !== 'string' || (p === 'fro' && (dims === null || dims.length <= 2));
  if (isVector) return call('linalg_vector_norm', '', [input, typeof p === 'number' ? p : 2, dims, keepdim], { dtype });
  return call('linalg_matrix_norm', 'str_ord', [input, p, dims ?? [...input.shape.keys()], keepdim], { dtype });
}

function sparseNorm(input: Tensor, p: NormOptions['p'], dims: readonly number[] | null, keepdim: boolean): Tensor {
  if (p === 'nuc') return call('nuclear_norm', dims ? 'dim' : '', dims ? [input, dims, keepdim] : [input, keepdim]);
  return call('norm', 'ScalarOpt_dim', [
    input,
    typeof p === 'number' ? p : 2,
    dims ?? [...input.shape.keys()],
    keepdim,
  ]);
}

export interface StftOptions {
  /** Steps between windows. @default floor(nFft / 4) */
  readonly hopLength?: number | null;
  /** Length of the window, at most `nFft`. @default nFft */
  readonly winLength?: number | null;
  /** (winLength) @default ones, which is nearly always wrong: give a window such as `hannWindow(nFft)` */
  readonly window?: Tensor | null;
  /** Pad both ends, so that frame t is centred at t · hopLength. @default true */
  readonly center?: boolean;
  /** How the ends are padded. @default 'reflect' */
  readonly padMode?: 'reflect' | 'constant' | 'replicate' | 'circular';
  /** Divide by the square root of the length. @default false */
  readonly normalized?: boolean;
  /** Half of the frequencies only, which for a real input says all. @default true for a real input */
  readonly onesided?: boolean | null;
  /** Complex numbers, or pairs in a last dimension; must be said for a real input. */
  readonly returnComplex?: boolean | null;
  /** @default false */
  readonly alignToWindow?: boolean | null;
}

/** Short-time Fourier transform of (L) or (B, L): (B, N, T) frequencies and frames. As in PyTorch `center` is true unless given. */
export function stft(input: Tensor, nFft: number, ...args: unknown[]): Tensor;
export function stft(input: Tensor, nFft: number, options?: StftOptions): Tensor;
export function stft(input: Tensor, nFft: number, ...args: unknown[]): Tensor {
  const defaults: Required<StftOptions> = {
    hopLength: null,
    winLength: null,
    window: null,
    center: true,
    padMode: 'reflect',
    normalized: false,
    onesided: null,
    returnComplex: null,
    alignToWindow: null,
  };
  const given = bindArguments('stft', defaults, args);
  requireTensor('stft', 'input', input);
  const { hopLength, winLength, window, center, padMode, normalized, onesided, returnComplex, alignToWindow } = given;
  return call('stft', 'center', [
    input,
    nFft,
    hopLength,
    winLength,
    window,
    center,
    padMode,
    normalized,
    onesided,
    returnComplex,
    alignToWindow,
  ]);
}

/** How many dimensions to contract, the last of the first tensor with the first of the second; or which, of each. */
export type TensordotDims = number | Tensor | readonly [dimsSelf: readonly number[], dimsOther: readonly number[]];

/** Sums over products along dimensions of both tensors. */
export function tensordot(a: Tensor, b: Tensor, dims?: TensordotDims | { readonly dims?: TensordotDims }): Tensor;
export function tensordot(a: Tensor, b: Tensor, dimsSelf: readonly number[], dimsOther: readonly number[]): Tensor;
export function tensordot(
  a: Tensor,
  b: Tensor,
  options: { readonly dimsSelf: readonly number[]; readonly dimsOther: readonly number[] },
): Tensor;
export function tensordot(a: Tensor, b: Tensor, ...args: unknown[]): Tensor {
  requireTensor('tensordot', 'a', a);
  requireTensor('tensordot', 'b', b);
  const [first, second] = args;
  if (Array.isArray(second)) return call('tensordot', '', [a, b, first, second]);
  const defaults = {
    dims: 2 as TensordotDims,
    dimsSelf: null as readonly number[] | null,
    dimsOther: null as readonly number[] | null,
  };
  const { dims, dimsSelf, dimsOther } = bindArguments('tensordot', defaults, args);
  if (dimsSelf && dimsOther) return call('tensordot', '', [a, b, dimsSelf, dimsOther]);
  const pair: unknown = dims instanceof Tensor ? dims.tolist() : dims;
  if (Array.isArray(pair) && pair.length === 2 && pair.every(Array.isArray))
    return call('tensordot', '', [a, b, ...(pair as unknown[])]);
  const count = Array.isArray(pair) ? (pair as unknown[])[0] : pair;
  if (typeof count !== 'number' || !Number.isInteger(count))
    throw expected('tensordot', 'dims, a number or two lists of dimensions', dims);
  const most = Math.min(a.ndim, b.ndim);
  if (count < 0 || count > most) throw new ShapeError(`tensordot: expected dims from 0 to ${most}, found ${count}`);
  return call('tensordot', '', [a, b, Array.from({ length: count }, (_, i) => i - count), [...Array(count).keys()]]);
}

/** The indices of the elements that are not zero: (count, ndim) int64, or with `asTuple` one tensor (count) for each dimension, to index by. */
export function nonzero(input: Tensor, options: { readonly asTuple: true }): Tensor[];
export function nonzero(input: Tensor, options?: { readonly asTuple?: boolean }): Tensor;
export function nonzero(input: Tensor, options?: { readonly asTuple?: boolean }): Tensor | Tensor[] {
  const { asTuple } = resolveOptions<{ asTuple: boolean }>('nonzero', { asTuple: false }, options);
  requireTensor('nonzero', 'input', input);
  return asTuple ? call<Tensor[]>('nonzero_numpy', '', [input]) : call('nonzero', '', [input]);
}

const COMPUTE_MODES = [
  'use_mm_for_euclid_dist_if_necessary',
  'use_mm_for_euclid_dist',
  'donot_use_mm_for_euclid_dist',
] as const;

export interface CdistOptions {
  /** Order of the norm of differences, 0 to Infinity. @default 2 */
  readonly p?: number;
  /** Whether the Euclidean distance may be found by a matrix product. @default 'use_mm_for_euclid_dist_if_necessary' */
  readonly computeMode?: (typeof COMPUTE_MODES)[number] | number | null;
}

/** Distances of all pairs of rows: (B, P, M) and (B, R, M) -> (B, P, R). */
export function cdist(
  x1: Tensor,
  x2: Tensor,
  ...args: [options?: CdistOptions] | [p: number, computeMode?: CdistOptions['computeMode'] | Omit<CdistOptions, 'p'>]
): Tensor {
  const { p, computeMode } = bindArguments<Required<CdistOptions>>(
    'cdist',
    { p: 2, computeMode: COMPUTE_MODES[0] },
    args,
  );
  requireTensor('cdist', 'x1', x1);
  requireTensor('cdist', 'x2', x2);
  const mode = typeof computeMode === 'string' ? COMPUTE_MODES.indexOf(computeMode) : computeMode;
  if (mode !== null && !(mode >= 0 && mode <= 2))
    throw expected('cdist', `computeMode ${COMPUTE_MODES.join(', ')}`, computeMode, '', InputError);
  return call('cdist', '', [x1, x2, p, mode]);
}

/** One of the operands of `einsum` in the form of lists: a tensor, or the numbers of its dimensions, 0 to 51, and `'...'`. */
export type EinsumItem = Tensor | readonly (number | '...')[];

function letter(subscript: number | '...'): string {
  if (subscript === '...') return subscript;
  if (!(subscript >= 0 && subscript < 52))
    throw new ShapeError(`einsum: expected subscripts from 0 to 51, found ${subscript}`);
  return String.fromCharCode(subscript < 26 ? 65 + subscript : 97 + subscript - 26);
}

/**
 * Sums of products by Einstein's convention: `einsum('ij,jk->ik', a, b)`, with the operands as separate arguments or in a list; or
 * `einsum(a, [0, 1], b, [1, 2], [0, 2])`.
 */
export function einsum(
  equation: string,
  ...operands: Tensor[] | [operands: readonly Tensor[], options?: { readonly path?: readonly number[] | null }]
): Tensor;
export function einsum(first: Tensor, ...items: EinsumItem[]): Tensor;
export function einsum(...args: unknown[]): Tensor {
  const [equation, ...rest] = args;
  if (typeof equation !== 'string') return einsumOfLists(args);
  if (Array.isArray(rest[0])) {
    const { path } = resolveOptions<{ path: readonly number[] | null }>(
      'einsum',
      { path: null },
      rest[1] as object | undefined,
    );
    return call('einsum', '', [equation, rest[0]], { path });
  }
  for (const [i, operand] of rest.entries()) requireTensor('einsum', `operand ${i}`, operand);
  return call('einsum', '', [equation, rest]);
}

function einsumOfLists(args: readonly unknown[]): Tensor {
  if (args.length < 2)
    throw new DTypeError('einsum: expected an equation and tensors, or tensors and lists of their dimensions');
  const isPaired = args.length % 2 === 0;
  const operands = args.filter((_, i) => i % 2 === 0 && (isPaired || i < args.length - 1));
  const lists = args.filter((_, i) => i % 2 === 1).concat(isPaired ? [] : [args.at(-1)]);
  for (const [i, operand] of operands.entries()) requireTensor('einsum', `operand ${i}`, operand);
  const texts = lists.map((list) => {
    if (!Array.isArray(list)) throw expected('einsum', 'a list of dimensions', list);
    return (list as (number | '...')[]).map(letter).join('');
  });
  const equation = isPaired ? texts.join() : `${texts.slice(0, -1).join()}->${texts.at(-1)}`;
  return call('einsum', '', [equation, operands]);
}

/** The sizes of a shape, each a whole number of at least 0. */
function sizesOf(owner: string, shape: unknown): readonly number[] {
  const sizes: unknown = typeof shape === 'number' ? [shape] : shape;
  if (!Array.isArray(sizes) || sizes.length > LONGEST_SHAPE) throw expected(owner, 'a shape as a list of sizes', shape);
  const odd = Array.from(sizes as number[]).find((size) => !Number.isInteger(size) || size < 0);
  if (odd !== undefined || Array.from(sizes).includes(undefined))
    throw new ShapeError(`${owner}: expected sizes of at least 0, found ${String(odd)}`);
  return sizes as number[];
}

/** More dimensions than any tensor has; a sparse JavaScript array may have a length of 2^32 - 1. */
const LONGEST_SHAPE = 1024;

/** The shape that tensors of these shapes broadcast to. */
export function broadcastShapes(...shapes: (number | readonly number[])[]): number[] {
  const lists = shapes.map((shape) => sizesOf('broadcastShapes', shape));
  const result = Array<number>(Math.max(0, ...lists.map(({ length }) => length))).fill(1);
  for (const shape of lists) {
    for (const [i, size] of shape.entries()) {
      const subscript = result.length - shape.length + i;
      if (size === 1 || size === result[subscript]) continue;
      if (result[subscript] !== 1)
        throw new ShapeError(
          `broadcastShapes: expected shapes that broadcast, found ${lists.map((list) => `[${list.join(', ')}]`).join(' and ')}`,
        );
      result[subscript] = size;
    }
  }
  return result;
}

/** The coordinates, one tensor for each dimension of `shape`, of elements that are numbered in row-major order. */
export function unravelIndex(indices: Tensor, shape: number | readonly number[]): Tensor[] {
  requireTensor('unravelIndex', 'indices', indices);
  if (/^(float|bfloat|complex|bool)/.test(indices.dtype))
    throw new DTypeError(`unravelIndex: expected integers for indices, found ${indices.dtype}`);
  const sizes = sizesOf('unravelIndex', shape);
  const steps = sizes.map((_, d) => sizes.slice(d + 1).reduce((product, size) => product * size, 1));
  const { device } = indices;
  const coordinates = indices
    .unsqueeze(-1)
    .floorDivide(makeTensor(steps, { dtype: 'int64', device }))
    .remainder(makeTensor([...sizes], { dtype: 'int64', device }));
  return coordinates.unbind(-1);
}

export interface LuOptions {
  /** Exchange rows, without which singular leading blocks fail. @default true */
  readonly pivot?: boolean;
  /** Return also, for each matrix, 0 or the number of the zero on the diagonal, instead of throwing. @default false */
  readonly getInfos?: boolean;
}

/** The LU factorization of matrices (B, M, N), in one tensor, and its pivots, numbered from 1: `linalg.luFactor` under its old name. */
export function lu(input: Tensor, options: LuOptions = {}): Tensor[] {
  const { pivot, getInfos } = resolveOptions<Required<LuOptions>>('lu', { pivot: true, getInfos: false }, options);
  requireTensor('lu', 'input', input);
  const results = call<Tensor[]>('linalg_lu_factor_ex', '', [input], { pivot, check_errors: !getInfos });
  return getInfos ? results : results.slice(0, 2);
}

/** Elements in the order of the list, from `start` to `end` with both included, float32: `arange` is what PyTorch advises instead. */
export function range(start: number, end: number, step = 1): Tensor {
  return call('range', 'step', [start, end, step], { dtype: 'float32' });
}
