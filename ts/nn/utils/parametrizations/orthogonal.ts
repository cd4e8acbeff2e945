import { InputError, ShapeError } from '../../../errors';
import * as torch from '../../../tensor';
import type { Tensor } from '../../../tensor';
import { Module } from '../../module';
import { resolveOptions } from '../../options';
import { parameterOf, registerParametrization, type Parametrization } from '../parametrize';
import { requireModule } from '../../require-module';

const maps = ['matrix_exp', 'cayley', 'householder'] as const;
/** How an orthogonal matrix is made of any. */
export type OrthogonalMap = (typeof maps)[number];

export interface OrthogonalOptions {
  /** From the original to the orthogonal matrix; null for `'matrix_exp'` where it is square, else `'householder'`. @default null */
  readonly orthogonalMap?: OrthogonalMap | null;
  /** Hold the start apart as `base`, so that training moves around it (Lezcano 2019, arXiv 1909.09501). @default true */
  readonly useTrivialization?: boolean;
}

const defaults: Required<OrthogonalOptions> = { orthogonalMap: null, useTrivialization: true };

class Orthogonal extends Module implements Parametrization {
  readonly shape: readonly number[];
  /** (…, n, n), n the longer side: the matrix to start from */
  declare base: Tensor | null;

  constructor(
    weight: Tensor,
    readonly orthogonalMap: OrthogonalMap,
    readonly useTrivialization: boolean,
  ) {
    super();
    this.shape = weight.shape;
    if (useTrivialization) this.registerBuffer('base', null);
  }

  forward(original: Tensor): Tensor {
    const [rows, columns] = original.shape.slice(-2) as [number, number];
    const tall = rows < columns ? original.mT : original;
    const unbased = this.orthogonalMap === 'householder' ? reflections(tall) : rotation(this.orthogonalMap, tall);
    const made = this.useTrivialization && this.base ? this.base.matmul(unbased) : unbased;
    return rows < columns ? made.mT : made;
  }

  rightInverse(value: Tensor): Tensor {
    if (value.shape.join() !== this.shape.join())
      throw new ShapeError(`orthogonal expects [${this.shape.join(', ')}], got [${value.shape.join(', ')}].`);
    const [rows, columns] = value.shape.slice(-2) as [number, number];
    const tall = rows < columns ? value.mT : value;
    if (this.useTrivialization) {
      this.registerBuffer('base', completed(tall));
      const start = torch.zerosLike(value);
      start.diagonal(0, -2, -1).fill_(-1);
      return start;
    }
    if (this.orthogonalMap !== 'householder') return value; // these maps have no inverse of their own
    const [reflectors, tau] = torch.geqrf(tall);
    const diagonal = reflectors.diagonal(0, -2, -1);
    diagonal.copy_(torch.where(tau.eq(0), diagonal.sign().neg(), diagonal.sign()));
    return rows < columns ? reflectors.mT : reflectors;
  }
}

/** The exponential, or the Cayley transform, of the skew-symmetric matrix of X: (…, n, k). */
function rotation(map: OrthogonalMap, x: Tensor): Tensor {
  const [n, k] = x.shape.slice(-2) as [number, number];
  const lower = torch.pad(x.tril(), [0, n - k]); // (…, n, k) -> (…, n, n)
  const skew = lower.sub(lower.mH);
  const half = skew.mul(0.5);
  const identity = torch.eye(n, { dtype: x.dtype, device: x.device });
  const square =
    map === 'matrix_exp' ? torch.matrixExp(skew) : torch.linalgSolve(identity.sub(half), identity.add(half));
  return square.narrow(-1, 0, k);
}

/** The product of the Householder reflections below the diagonal of X, with the signs on it: (…, n, k). */
function reflections(x: Tensor): Tensor {
  const vectors = x.tril(-1);
  const tau = vectors.square().sum([-2]).add(1).reciprocal().mul(2);
  const signs = x.diagonal(0, -2, -1).to('int32').unsqueeze(-2); // (…, k) -> (…, 1, k)
  return torch.linalgHouseholderProduct(vectors, tau).mul(signs);
}

/** An orthogonal (…, n, n) whose first columns are those of (…, n, k), made orthogonal where they are not. */
function completed(tall: Tensor): Tensor {
  const [n, k] = tall.shape.slice(-2) as [number, number];
  if (n === k) return isOrthogonal(tall) ? tall.clone() : orthogonalized(tall);
  const { dtype, device } = tall;
  return orthogonalized(torch.cat([tall, torch.randn([...tall.shape.slice(0, -2), n, n - k], { dtype, device })], -1));
}

function orthogonalized(matrix: Tensor): Tensor {
  const [factors, tau] = torch.geqrf(matrix);
  return torch.linalgHouseholderProduct(factors, tau).mul(factors.diagonal(0, -2, -1).sgn().unsqueeze(-2)); // R's diagonal >= 0
}

function isOrthogonal(q: Tensor): boolean {
  const [n, k] = q.shape.slice(-2) as [number, number];
  const eps = 10 * n * (q.dtype === 'float64' ? Number.EPSILON : 2 ** -23);
  const identity = torch.eye(k, { dtype: q.dtype, device: q.device });
  return q.mH.matmul(q).sub(identity).abs().le(identity.mul(1e-5).add(eps)).all().item() === true;
}

/** Keeps a matrix, or a batch of matrices, orthogonal while it is trained: columns where it is tall, rows where it is wide. */
export function orthogonal<T extends Module>(module: T, name = 'weight', options: OrthogonalOptions = {}): T {
  requireModule('orthogonal', 'module', module);
  const { orthogonalMap, useTrivialization } = resolveOptions('orthogonal', defaults, options);
  const weight = parameterOf(module, name);
  if (weight.ndim < 2)
    throw new ShapeError(`orthogonal expects a matrix or a batch of them, got [${weight.shape.join(', ')}].`);
  const map = orthogonalMap ?? (weight.shape.at(-2) === weight.shape.at(-1) ? 'matrix_exp' : 'householder');
  if (!maps.includes(map))
    throw new InputError(`orthogonal: orthogonalMap must be one of ${maps.join(', ')}, got '${String(map)}'.`);
  return registerParametrization(module, name, new Orthogonal(weight, map, useTrivialization));
}
