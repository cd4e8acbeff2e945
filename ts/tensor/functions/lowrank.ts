/** Randomized low-rank factorizations (Halko et al. 2009, arXiv 0909.4061), as torch/_lowrank.py has them. */
import { DTypeError, InputError } from '../../errors';
import { resolveOptions } from '../../options';
import { randn } from '../creation/fill';
import { isComplex } from '../types/dtype';
import { scoped } from '../memory/lifetime';
import { operator } from '../operators/operator';
import { Tensor } from '../core/tensor';

export interface SvdLowrankOptions {
  /** Rank that is enough, a little more than what is wanted. @default 6 */
  readonly q?: number | null;
  /** Subspace iterations; more for a spectrum that decays slowly. @default 2 */
  readonly niter?: number;
  /** Subtracted from the matrix, broadcast to it. @default null */
  readonly M?: Tensor | null;
}

type Factors = [U: Tensor, S: Tensor, V: Tensor];

/** Columns that nearly span the range of `A` (m, n): (m, q). */
function approximateBasis(A: Tensor, q: number, niter: number): Tensor {
  const orthogonal = (x: Tensor): Tensor => (operator('aten', 'linalg_qr').call([x]) as Tensor[])[0]!;
  const start = randn([A.shape.at(-1)!, q], {
    dtype: isComplex(A.dtype) || A.dtype === 'float64' ? A.dtype : 'float32',
    device: A.device,
  });
  let Q = orthogonal(A.matmul(start));
  for (let round = 0; round < niter; round++) Q = orthogonal(A.matmul(orthogonal(A.mH.matmul(Q))));
  return Q;
}

/**
 * The largest singular values of `A` (B, m, n) and their vectors: U (B, m, q), S (B, q), V (B, n, q) with A ≈ U diag(S) Vᴴ. Draws from
 * the default generator.
 */
export function svdLowrank(A: Tensor, options: SvdLowrankOptions = {}): Factors {
  const { q, niter, M } = resolveOptions<Required<SvdLowrankOptions>>(
    'svdLowrank',
    { q: 6, niter: 2, M: null },
    options,
  );
  requireMatrices('svdLowrank', A);
  return scoped(() => {
    const reduced = M === null ? A : A.sub(M);
    const [m, n] = reduced.shape.slice(-2) as [number, number];
    const tall = m < n ? reduced.mH : reduced;
    const Q = approximateBasis(tall, q ?? 6, niter);
    const [U, S, Vh] = operator('aten', 'linalg_svd').call([Q.mH.matmul(tall), false]) as Factors;
    const [left, right] = [Q.matmul(U), Vh.mH];
    return m < n ? [right, S, left] : [left, S, right];
  });
}

export interface PcaLowrankOptions {
  /** Number of components, a little more than what is wanted. @default min(6, m, n) */
  readonly q?: number | null;
  /** Subtract the mean of each column. @default true */
  readonly center?: boolean;
  /** Subspace iterations. @default 2 */
  readonly niter?: number;
}

/** The principal components of rows `A` (B, m, n): U (B, m, q), S (B, q), V (B, n, q); `A` times V are the coordinates. */
export function pcaLowrank(A: Tensor, options: PcaLowrankOptions = {}): Factors {
  const { q, center, niter } = resolveOptions<Required<PcaLowrankOptions>>(
    'pcaLowrank',
    { q: null, center: true, niter: 2 },
    options,
  );
  requireMatrices('pcaLowrank', A);
  const most = Math.min(...A.shape.slice(-2));
  const count = q ?? Math.min(6, most);
  if (!(count >= 0 && count <= most))
    throw new InputError(`pcaLowrank: expected q from 0 to ${most}, the smaller side, found ${count}`);
  if (!(niter >= 0)) throw new InputError(`pcaLowrank: expected niter of at least 0, found ${niter}`);
  return scoped(() => svdLowrank(center ? A.sub(A.mean([-2], true)) : A, { q: count, niter }));
}

function requireMatrices(owner: string, A: unknown): asserts A is Tensor {
  if (!(A instanceof Tensor) || A.ndim < 2)
    throw new DTypeError(
      `${owner}: expected a matrix or a batch of matrices, found ${A instanceof Tensor ? `[${A.shape.join(', ')}]` : typeof A}`,
    );
}
