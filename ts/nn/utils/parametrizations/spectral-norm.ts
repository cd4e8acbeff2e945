import { InputError } from '../../../errors';
import * as torch from '../../../tensor';
import type { Tensor } from '../../../tensor';
import { normalize } from '../../functional';
import { ConvTransposeNd } from '../../layers/conv-transpose';
import { Module } from '../../module';
import { requireSizes, resolveOptions } from '../../options';
import { parameterOf, registerParametrization, type Parametrization } from '../parametrize';
import { requireModule } from '../../require-module';

export interface SpectralNormOptions {
  /** Steps of the power method at each use while training. @default 1 */
  readonly nPowerIterations?: number;
  /** Least norm to divide by. @default 1e-12 */
  readonly eps?: number;
  /** Dimension of the outputs; null for 1 in transposed convolutions and 0 in all others. @default null */
  readonly dim?: number | null;
}

const defaults: Required<SpectralNormOptions> = { nPowerIterations: 1, eps: 1e-12, dim: null };

class SpectralNorm extends Module implements Parametrization {
  /** (outputs): estimates the left singular vector of the largest singular value */
  declare _u: Tensor | null;
  /** (inputs): estimates the right one */
  declare _v: Tensor | null;

  constructor(
    weight: Tensor,
    readonly nPowerIterations: number,
    readonly dim: number,
    readonly eps: number,
  ) {
    super();
    if (weight.ndim < 2) return;
    torch.noGrad(() =>
      torch.scoped(() => {
        const matrix = matrixOf(this, weight);
        const draw = (size: number): Tensor =>
          torch.empty([size], { dtype: weight.dtype, device: weight.device }).normal_(0, 1);
        const [u, v] = [draw(matrix.shape[0]!), draw(matrix.shape[1]!)];
        this.registerBuffer('_u', unit(this, u));
        this.registerBuffer('_v', unit(this, v));
        iterate(this, matrix, 15);
      }),
    );
  }

  forward(weight: Tensor): Tensor {
    if (weight.ndim < 2) return unit(this, weight);
    const matrix = matrixOf(this, weight);
    if (this.training) iterate(this, matrix, this.nPowerIterations);
    // Copies: the next use changes the vectors in place, and the backward pass of this one still needs them.
    const [u, v] = [this._u!.clone(), this._v!.clone()];
    return weight.div(torch.dot(u, torch.mv(matrix, v)));
  }
}

/** (outputs, inputs · kernel) */
function matrixOf(norm: SpectralNorm, weight: Tensor): Tensor {
  return norm.dim === 0 ? weight.flatten(1) : weight.movedim(norm.dim, 0).flatten(1); // outputs first
}

function unit(norm: SpectralNorm, vector: Tensor): Tensor {
  return normalize(vector, { dim: 0, eps: norm.eps });
}

function iterate(norm: SpectralNorm, matrix: Tensor, steps: number): void {
  const [u, v] = [norm._u!, norm._v!];
  torch.noGrad(() => {
    for (let step = 0; step < steps; step++) {
      u.copy_(unit(norm, torch.mv(matrix, v)));
      v.copy_(unit(norm, torch.mv(matrix.t(), u)));
    }
  });
}

/** Divides a parameter by its largest singular value, estimated along with training (Miyato et al. 2018, arXiv 1802.05957). */
export function spectralNorm<T extends Module>(module: T, name = 'weight', options: SpectralNormOptions = {}): T {
  requireModule('spectralNorm', 'module', module);
  const { nPowerIterations, eps, dim } = resolveOptions('spectralNorm', defaults, options);
  requireSizes('spectralNorm', { nPowerIterations }, 1);
  const weight = parameterOf(module, name);
  const chosen = dim ?? (module instanceof ConvTransposeNd ? 1 : 0);
  if (!(chosen >= -weight.ndim && chosen < weight.ndim))
    throw new InputError(`spectralNorm: dim must be one of the ${weight.ndim} dimensions of "${name}", got ${chosen}.`);
  const outputs = (chosen + weight.ndim) % weight.ndim;
  return registerParametrization(module, name, new SpectralNorm(weight, nPowerIterations, outputs, eps));
}
