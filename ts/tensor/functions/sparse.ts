/** PyTorch's `torch.sparse`: operators on sparse tensors whose gradients are sparse where the input is. */
import { InputError } from '../../errors';
import type { DType, Scalar } from '../types/dtype';
import { checkOptions, expected } from '../../options';
import { operator } from '../operators/operator';
import type { Tensor } from '../core/tensor';

const call = (name: string, overload: string, args: readonly unknown[], options?: object): Tensor =>
  operator('aten', name, overload).call(args, options) as Tensor;

/** The product of a sparse matrix with a matrix. */
export const mm = (sparse: Tensor, matrix: Tensor): Tensor => call('_sparse_mm', '', [sparse, matrix]);

/** `beta · matrix + alpha · sparse @ dense`. */
export function addmm(
  matrix: Tensor,
  sparse: Tensor,
  dense: Tensor,
  options: { readonly beta?: Scalar; readonly alpha?: Scalar } = {},
): Tensor {
  checkOptions('sparse.addmm', options, ['beta', 'alpha']);
  return call('_sparse_addmm', '', [matrix, sparse, dense], options);
}

/** `alpha · (left @ right)` where `input`, in compressed rows, has elements, plus `beta · input`. */
export function sampledAddmm(
  input: Tensor,
  left: Tensor,
  right: Tensor,
  options: { readonly beta?: Scalar; readonly alpha?: Scalar } = {},
): Tensor {
  checkOptions('sparse.sampledAddmm', options, ['beta', 'alpha']);
  return call('sparse_sampled_addmm', '', [input, left, right], options);
}

/** The sum of the elements, or over dimensions; sparse where a sparse dimension is left. */
export function sum(
  input: Tensor,
  dim?: number | readonly number[] | null,
  options: { readonly dtype?: DType } = {},
): Tensor {
  checkOptions('sparse.sum', options, ['dtype']);
  const { dtype } = options;
  if (dim === undefined || dim === null)
    return dtype ? call('_sparse_sum', 'dtype', [input], { dtype }) : call('_sparse_sum', '', [input]);
  const dims = typeof dim === 'number' ? [dim] : dim;
  return dtype ? call('_sparse_sum', 'dim_dtype', [input, dims], { dtype }) : call('_sparse_sum', 'dim', [input, dims]);
}

/** Softmax over the elements that are there; what is not there counts as minus infinity. */
export function softmax(input: Tensor, dim: number, options: { readonly dtype?: DType } = {}): Tensor {
  checkOptions('sparse.softmax', options, ['dtype']);
  return call('_sparse_softmax', 'int', [input, dim, options.dtype ?? null]);
}

/** The logarithm of {@link softmax}. */
export function logSoftmax(input: Tensor, dim: number, options: { readonly dtype?: DType } = {}): Tensor {
  checkOptions('sparse.logSoftmax', options, ['dtype']);
  return call('_sparse_log_softmax', 'int', [input, dim, options.dtype ?? null]);
}

/** A sparse matrix with the rows of `diagonals` on the diagonals that `offsets` names. */
export function spdiags(
  diagonals: Tensor,
  offsets: Tensor,
  shape: readonly number[],
  options: { readonly layout?: 'sparse_coo' | 'sparse_csr' | 'sparse_csc' } = {},
): Tensor {
  checkOptions('sparse.spdiags', options, ['layout']);
  if (!Array.isArray(shape) || shape.length !== 2)
    throw expected('spdiags', 'the shape of a matrix', shape, '', InputError);
  return call('_spdiags', '', [diagonals, offsets, shape, options.layout ?? null]);
}
