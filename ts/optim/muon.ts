/*
 * Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/; rates for AdamW's as in Liu et al. 2025, arXiv
 * 2502.16982), as torch.optim computes it.
 */
import { InputError } from '../errors';
import { requireSizes, bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import type { Batch } from './parameter-batches';
import { checkRange } from './validate';
import type { ParamState } from './state-dict';
import { expected } from '../options';

/** How the learning rate follows the shape of a matrix; null is 'original'. */
export type AdjustLr = 'original' | 'match_rms_adamw' | null;

/** Parameters with the options of their own; see `MuonOptions`. */
export interface MuonGroup extends ParamGroup {
  weightDecay: number;
  momentum: number;
  nesterov: boolean;
  nsCoefficients: readonly [number, number, number];
  eps: number;
  nsSteps: number;
  adjustLrFn: AdjustLr;
}

export interface MuonOptions {
  /** Learning rate, at least 0. @default 0.001 */
  readonly lr?: number;
  /** Parameters shrink by `lr * weightDecay`, at least 0. @default 0.1 */
  readonly weightDecay?: number;
  /** Memory of the running mean of the gradient, at least 0. @default 0.95 */
  readonly momentum?: number;
  /** Look ahead by the momentum. @default true */
  readonly nesterov?: boolean;
  /** Coefficients of the polynomial that makes a matrix orthogonal. @default [3.4445, -4.775, 2.0315] */
  readonly nsCoefficients?: readonly [number, number, number];
  /** The least norm that a matrix is divided by. @default 1e-7 */
  readonly eps?: number;
  /** How often the polynomial is applied, below 100. @default 5 */
  readonly nsSteps?: number;
  /** Factor on the learning rate: `sqrt(max(1, rows / columns))`, or `0.2 sqrt(max(rows, columns))` to take AdamW's rate. @default null */
  readonly adjustLrFn?: AdjustLr;
}

const defaults: Required<MuonOptions> = {
  lr: 1e-3,
  weightDecay: 0.1,
  momentum: 0.95,
  nesterov: true,
  nsCoefficients: [3.4445, -4.775, 2.0315],
  eps: 1e-7,
  nsSteps: 5,
  adjustLrFn: null,
};

/** Momentum whose step is made nearly orthogonal. For the matrices of hidden layers: give the rest to AdamW. */
export class Muon extends Optimizer<MuonGroup> {
  constructor(...args: Arguments<[params: ParamsInput<MuonGroup>], MuonOptions, 'Muon'>) {
    const { params, ...options } = bindOptions('Muon', defaults, args);
    super(params, options);
  }

  protected check({ params, lr, weightDecay, momentum, nsSteps, adjustLrFn, nsCoefficients }: MuonGroup): void {
    for (const [name, value] of Object.entries({ lr, weightDecay, momentum })) checkRange('Muon', name, value, 0);
    requireSizes('Muon', { nsSteps });
    checkRange('Muon', 'nsSteps', nsSteps, 0, 100);
    if (!Array.isArray(nsCoefficients) || nsCoefficients.length !== 3)
      throw expected('Muon', 'three numbers for nsCoefficients', nsCoefficients, '', InputError);
    if (adjustLrFn !== null && adjustLrFn !== 'original' && adjustLrFn !== 'match_rms_adamw') {
      throw new InputError(
        `Muon: adjustLrFn must be 'original', 'match_rms_adamw' or null, got ${String(adjustLrFn)}.`,
      );
    }
    const other = params.find((param) => param.ndim !== 2);
    if (other)
      throw new InputError(
        `Muon only supports 2D parameters, got one of shape [${other.shape.join(', ')}]: give it to AdamW.`,
      );
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['momentum_buffer'] ??= torch.zerosLike(param);
  }

  protected update({ params, ...batch }: Batch, gradients: Tensor[], group: MuonGroup): void {
    const { lr, weightDecay, momentum, nesterov } = group;
    const means = batch.list('momentum_buffer');
    each.lerp_(means, gradients, 1 - momentum);
    const updates = nesterov ? each.lerp(gradients, means, momentum) : means;
    each.mul_(params, 1 - lr * weightDecay);
    for (const [i, param] of params.entries()) {
      const step = torch.scoped(() => orthogonalize(updates[i]!, group));
      param.add_(step, { alpha: -lr * shapeFactor(param, group.adjustLrFn) });
    }
  }
}

function shapeFactor({ shape: [rows, columns] }: Tensor, adjust: AdjustLr): number {
  if (adjust === 'match_rms_adamw') return 0.2 * Math.sqrt(Math.max(rows!, columns!));
  return Math.sqrt(Math.max(1, rows! / columns!));
}

/**
 * Newton and Schulz's iteration towards the orthogonal factor of `matrix` (rows, columns), in bfloat16. Its singular
 * values end between about 0.5 and 1.5, which serves as well as 1 and takes fewer steps.
 */
function orthogonalize(matrix: Tensor, { nsCoefficients: [a, b, c], nsSteps, eps }: MuonGroup): Tensor {
  const tall = matrix.shape[0]! > matrix.shape[1]!;
  const start = matrix.to({ dtype: 'bfloat16', copy: true });
  let x = tall ? start.t() : start;
  // A spectral norm of at most 1.
  x.div_(torch.norm(x).clamp({ min: eps }));
  for (let step = 0; step < nsSteps; step++) {
    const gram = x.matmul(x.t());
    const polynomial = torch.addmm(gram, gram, gram, { beta: b, alpha: c });
    x = torch.addmm(x, polynomial, x, { beta: a });
  }
  return tall ? x.t() : x;
}
