/* Adamax (Kingma and Ba 2014, arXiv 1412.6980, section 7), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, scalarState, type GradientOptions } from './parameter-batches';
import { requireBetas, checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `AdamaxOptions`. */
export interface AdamaxGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  maximize: boolean;
}

export interface AdamaxOptions extends GradientOptions {
  /** @default 0.002 */
  readonly lr?: number;
  /** Memory of the running mean of the gradient and of its largest absolute value, each in [0, 1). @default [0.9, 0.999] */
  readonly betas?: readonly [number, number];
  /** Added to the absolute gradient. @default 1e-8 */
  readonly eps?: number;
}

const defaults: Required<AdamaxOptions> = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false };

/** Adam with the largest absolute gradient of the recent past in place of the root mean square. */
export class Adamax extends Optimizer<AdamaxGroup> {
  constructor(...args: Arguments<[params: ParamsInput<AdamaxGroup>], AdamaxOptions, 'Adamax'>) {
    const { params, ...options } = bindOptions('Adamax', defaults, args);
    super(params, options);
  }

  protected check({ lr, betas, eps, weightDecay }: AdamaxGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay })) checkRange('Adamax', name, value, 0);
    requireBetas('Adamax', betas);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['exp_avg'] ??= torch.zerosLike(param);
    state['exp_inf'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: AdamaxGroup): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
    } = group;
    const steps = countSteps(batch);
    const gradients = effectiveGradients(batch, given, group);
    const [means, largest] = [batch.list('exp_avg'), batch.list('exp_inf')];
    each.lerp_(means, gradients, 1 - beta1);
    each.mul_(largest, beta2);
    const sizes = each.abs(gradients);
    each.addScalars_(sizes, eps);
    each.maximum_(largest, sizes);
    const rates = steps.map((step) => -lr / (1 - beta1 ** step));
    each.addcdiv_(batch.params, means, largest, rates);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
