/** Sparse tensors from their parts: as tensors, as the operators take them, or as nested arrays. */
import { tensor, type TensorData } from './create';
import type { Device } from '../types/device';
import type { DType, Scalar } from '../types/dtype';
import { checkOptions } from '../../options';
import { operator } from '../operators/operator';
import { surfaceFunction } from '../operators/surface';
import { Tensor } from '../core/tensor';

export interface SparseOptions {
  /** @default the element type of the values; of an array, as in `tensor` */
  readonly dtype?: DType | null;
  /** @default that of the values */
  readonly device?: Device | null;
  /** Record operators on the tensor. @default false */
  readonly requiresGrad?: boolean;
}

/** The indices of the elements: int64 as a tensor, or whole numbers in arrays. */
export type SparseIndices = Tensor | TensorData;
/** The elements, as a tensor or in arrays. */
export type SparseValues = Tensor | TensorData | Scalar;

const KEYS = ['dtype', 'device', 'requiresGrad', 'layout', 'pinMemory', 'isCoalesced'] as const;

function maker(owner: string, name: string, overloads: readonly string[], parts: number) {
  const call = surfaceFunction(name, overloads);
  return (...args: unknown[]): Tensor => {
    const last = args.at(-1);
    const given = typeof last === 'object' && last !== null && Object.getPrototypeOf(last) === Object.prototype;
    if (given) checkOptions(owner, last, KEYS);
    const { requiresGrad, ...options } = (given ? last : {}) as SparseOptions;
    const rest = given ? args.slice(0, -1) : args;
    // `sparseCooTensor([2, 3])` is an empty one of that size, as the operator has it.
    const isSize = rest.length < parts || rest.every((part) => typeof part === 'number');
    const built = isSize ? rest : rest.map((part, i) => asPart(part, i, parts, options));
    // PyTorch leaves this check out unless it is asked for; here no index may reach memory that is not the tensor's.
    if (built.length > parts) operator('aten', `_validate_${name}_args`).call(built);
    const made = call(...built, options);
    return requiresGrad ? (made as Tensor).requiresGrad_(true) : (made as Tensor);
  };
}

/** Indices come first, values after them, then the size. */
function asPart(part: unknown, at: number, parts: number, { dtype }: SparseOptions): unknown {
  if (part instanceof Tensor || at >= parts) return part;
  return tensor(part as TensorData, at < parts - 1 ? { dtype: 'int64' } : dtype ? { dtype } : {});
}

/** Makes a tensor from compressed indices, plain indices and values. */
export type CompressedMaker = {
  (compressed: SparseIndices, otherIndices: SparseIndices, values: SparseValues, options?: SparseOptions): Tensor;
  (
    compressed: SparseIndices,
    otherIndices: SparseIndices,
    values: SparseValues,
    size: readonly number[],
    options?: SparseOptions,
  ): Tensor;
};

/**
 * A tensor of which the elements that are not zero are given by coordinates, `indices` [sparse dimensions, n] and `values` [n, …];
 * those of the same coordinates are summed. Without `size`, as large as the largest index asks for.
 * @throws TorchError for an index outside of `size`
 */
export const sparseCooTensor = maker(
  'sparseCooTensor',
  'sparse_coo_tensor',
  ['size', 'indices', 'indices_size'],
  2,
) as {
  (size: readonly number[], options?: SparseOptions): Tensor;
  (...size: number[]): Tensor;
  (indices: SparseIndices, values: SparseValues, options?: SparseOptions): Tensor;
  (indices: SparseIndices, values: SparseValues, size: readonly number[], options?: SparseOptions): Tensor;
};
/** A matrix, or a batch of them, stored by rows: where each row begins, the columns and the values. */
export const sparseCsrTensor = maker(
  'sparseCsrTensor',
  'sparse_csr_tensor',
  ['crow_col_value', 'crow_col_value_size'],
  3,
) as CompressedMaker;
/** A matrix stored by columns: where each column begins, the rows and the values. */
export const sparseCscTensor = maker(
  'sparseCscTensor',
  'sparse_csc_tensor',
  ['ccol_row_value', 'ccol_row_value_size'],
  3,
) as CompressedMaker;
/** A matrix of blocks stored by rows of blocks; values [blocks, height, width]. */
export const sparseBsrTensor = maker(
  'sparseBsrTensor',
  'sparse_bsr_tensor',
  ['crow_col_value', 'crow_col_value_size'],
  3,
) as CompressedMaker;
/** A matrix of blocks stored by columns of blocks; values [blocks, height, width]. */
export const sparseBscTensor = maker(
  'sparseBscTensor',
  'sparse_bsc_tensor',
  ['ccol_row_value', 'ccol_row_value_size'],
  3,
) as CompressedMaker;
