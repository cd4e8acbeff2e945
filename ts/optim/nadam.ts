/* NAdam (Dozat 2016, "Incorporating Nesterov Momentum into Adam"), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import {
  type Batch,
  countSteps,
  effectiveGradients,
  readScalars,
  scalarState,
  type GradientOptions,
} from './parameter-batches';
import { requireBetas, checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `NAdamOptions`. */
export interface NAdamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  momentumDecay: number;
  decoupledWeightDecay: boolean;
  maximize: boolean;
}

export interface NAdamOptions extends GradientOptions {
  /** @default 0.002 */
  readonly lr?: number;
  /** Memory of the running means of the gradient and of its square, each in [0, 1). @default [0.9, 0.999] */
  readonly betas?: readonly [number, number];
  /** Added to the root of the mean square. @default 1e-8 */
  readonly eps?: number;
  /** How fast the momentum warms up, at least 0. @default 0.004 */
  readonly momentumDecay?: number;
  /** Shrink the parameters by `lr * weightDecay` instead of adding to the gradient. @default false */
  readonly decoupledWeightDecay?: boolean;
}

const defaults: Required<NAdamOptions> = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  momentumDecay: 4e-3,
  decoupledWeightDecay: false,
  maximize: false,
};

/** Adam with Nesterov's look ahead: the momentum of the next step counts already. */
export class NAdam extends Optimizer<NAdamGroup> {
  protected override readonly scalars = ['step', 'mu_product'];

  constructor(...args: Arguments<[params: ParamsInput<NAdamGroup>], NAdamOptions, 'NAdam'>) {
    const { params, ...options } = bindOptions('NAdam', defaults, args);
    super(params, options);
  }

  protected check({ lr, betas, eps, weightDecay, momentumDecay }: NAdamGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay, momentumDecay }))
      checkRange('NAdam', name, value, 0);
    requireBetas('NAdam', betas);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['mu_product'] ??= scalarState(1, this.scalarDevice(param));
    state['exp_avg'] ??= torch.zerosLike(param);
    state['exp_avg_sq'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: NAdamGroup): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
      momentumDecay,
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
    const roots = each.sqrt(squares);
    each.div_(
      roots,
      steps.map((step) => Math.sqrt(1 - beta2 ** step)),
    );
    each.addScalars_(roots, eps);

    const momentum = (step: number): number => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    each.mul_(batch.list('mu_product'), steps.map(momentum));
    const products = readScalars(batch.list('mu_product'));
    const now = steps.map((step, i) => (-lr * (1 - momentum(step))) / (1 - products[i]!));
    const ahead = steps.map((step, i) => (-lr * momentum(step + 1)) / (1 - products[i]! * momentum(step + 1)));
    each.addcdiv_(batch.params, gradients, roots, now);
    each.addcdiv_(batch.params, means, roots, ahead);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
