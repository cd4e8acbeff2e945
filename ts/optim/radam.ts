/* RAdam (Liu et al. 2019, arXiv 1908.03265), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, scalarState, type GradientOptions } from './parameter-batches';
import { requireBetas, checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `RAdamOptions`. */
export interface RAdamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  decoupledWeightDecay: boolean;
  maximize: boolean;
}

export interface RAdamOptions extends GradientOptions {
  /** @default 0.001 */
  readonly lr?: number;
  /** Memory of the running means of the gradient and of its square, each in [0, 1). @default [0.9, 0.999] */
  readonly betas?: readonly [number, number];
  /** Added to the root of the mean square. @default 1e-8 */
  readonly eps?: number;
  /** Shrink the parameters by `lr * weightDecay` instead of adding to the gradient. @default false */
  readonly decoupledWeightDecay?: boolean;
}

const defaults: Required<RAdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  decoupledWeightDecay: false,
  maximize: false,
};

/** Adam that follows the plain mean until the mean square rests on enough steps, and by degrees after. */
export class RAdam extends Optimizer<RAdamGroup> {
  constructor(...args: Arguments<[params: ParamsInput<RAdamGroup>], RAdamOptions, 'RAdam'>) {
    const { params, ...options } = bindOptions('RAdam', defaults, args);
    super(params, options);
  }

  protected check({ lr, betas, eps, weightDecay }: RAdamGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay })) checkRange('RAdam', name, value, 0);
    requireBetas('RAdam', betas);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['exp_avg'] ??= torch.zerosLike(param);
    state['exp_avg_sq'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: RAdamGroup): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
      decoupledWeightDecay: decoupled,
      maximize,
    } = group;
    const steps = countSteps(batch);
    const gradients = effectiveGradients(batch, given, decoupled ? { maximize } : group);
    if (decoupled && weightDecay !== 0) each.mul_(batch.params, 1 - lr * weightDecay);
    const [means, squares] = [batch.list('exp_avg'), batch.list('exp_avg_sq')];
    each.lerp_(means, gradients, 1 - beta1);
    each.mul_(squares, beta2);
    each.addcmul_(squares, gradients, gradients, 1 - beta2);

    // The factor on the mean: either `adaptive / (root + eps)` or `plain`; the other one is 0.
    const rates = steps.map((step) => -lr / (1 - beta1 ** step));
    const parts = steps.map((step) => rectification(step, beta2));
    const adaptive = steps.map((step, i) => rates[i]! * parts[i]! * Math.sqrt(1 - beta2 ** step));
    const unrectified = rates.map((rate, i) => (parts[i] === 0 ? rate : 0));
    const factors = each.sqrt(squares);
    each.addScalars_(factors, eps);
    each.reciprocal_(factors);
    each.mul_(factors, adaptive);
    each.addScalars_(factors, unrectified);
    each.addcmul_(batch.params, means, factors);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}

/** How far the mean square is to be trusted after so many steps, 0 to 1; 0 while its variance is not known. */
function rectification(step: number, beta2: number): number {
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  if (length <= 5) return 0;
  return Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
}
