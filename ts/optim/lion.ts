/* Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675, algorithm 2). */
import { bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, effectiveGradients } from './parameter-batches';
import { requireBetas, checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `LionOptions`. */
export interface LionGroup extends ParamGroup {
  betas: readonly [number, number];
  weightDecay: number;
  maximize: boolean;
}

export interface LionOptions {
  /** Learning rate, at least 0; the paper advises a third to a tenth of AdamW's. @default 1e-4 */
  readonly lr?: number;
  /** Share of the momentum in the step, and memory of the momentum, each in [0, 1). @default [0.9, 0.99] */
  readonly betas?: readonly [number, number];
  /** Parameters shrink by `lr * weightDecay`, at least 0. @default 0 */
  readonly weightDecay?: number;
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

const defaults: Required<LionOptions> = { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false };

/** Steps by the sign of gradient and momentum together; weight decay shrinks the parameters apart from it. Not in PyTorch. */
export class Lion extends Optimizer<LionGroup> {
  constructor(...args: Arguments<[params: ParamsInput<LionGroup>], LionOptions, 'Lion'>) {
    const { params, ...options } = bindOptions('Lion', defaults, args);
    super(params, options);
  }

  protected check({ lr, betas, weightDecay }: LionGroup): void {
    checkRange('Lion', 'lr', lr, 0);
    checkRange('Lion', 'weightDecay', weightDecay, 0);
    requireBetas('Lion', betas);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['exp_avg'] ??= torch.zerosLike(param);
  }

  protected update(
    batch: Batch,
    given: Tensor[],
    { lr, betas: [beta1, beta2], weightDecay, maximize }: LionGroup,
  ): void {
    const gradients = effectiveGradients(batch, given, { maximize });
    const momenta = batch.list('exp_avg');
    if (weightDecay !== 0) each.mul_(batch.params, 1 - lr * weightDecay);
    const directions = each.lerp(momenta, gradients, 1 - beta1);
    each.sign_(directions);
    each.add_(batch.params, directions, -lr);
    each.lerp_(momenta, gradients, 1 - beta2);
  }
}
