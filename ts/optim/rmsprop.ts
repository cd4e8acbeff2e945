/* RMSprop (Hinton's lecture 6e of 2012; centered as in Graves 2013, arXiv 1308.0850), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, scalarState, type GradientOptions } from './parameter-batches';
import { checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `RMSpropOptions`. */
export interface RMSpropGroup extends ParamGroup {
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  centered: boolean;
  maximize: boolean;
}

export interface RMSpropOptions extends GradientOptions {
  /** @default 0.01 */
  readonly lr?: number;
  /** Memory of the running mean of the squared gradient, at least 0. @default 0.99 */
  readonly alpha?: number;
  /** Added to the root of the mean square. @default 1e-8 */
  readonly eps?: number;
  /** Part of the last step that the next one keeps, at least 0. @default 0 */
  readonly momentum?: number;
  /** Divide by an estimate of the gradient's variance instead of its mean square. @default false */
  readonly centered?: boolean;
}

const defaults: Required<RMSpropOptions> = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
  maximize: false,
};

/** Steps by the gradient over the root of the running mean of its square. */
export class RMSprop extends Optimizer<RMSpropGroup> {
  constructor(...args: Arguments<[params: ParamsInput<RMSpropGroup>], RMSpropOptions, 'RMSprop'>) {
    const { params, ...options } = bindOptions('RMSprop', defaults, args);
    super(params, options);
  }

  protected check({ lr, alpha, eps, weightDecay, momentum }: RMSpropGroup): void {
    for (const [name, value] of Object.entries({ lr, alpha, eps, weightDecay, momentum }))
      checkRange('RMSprop', name, value, 0);
  }

  protected fillState(state: ParamState, param: Tensor, { momentum, centered }: RMSpropGroup): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['square_avg'] ??= torch.zerosLike(param);
    if (momentum > 0) state['momentum_buffer'] ??= torch.zerosLike(param);
    if (centered) state['grad_avg'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: RMSpropGroup): void {
    const { lr, alpha, eps, momentum } = group;
    countSteps(batch);
    const gradients = effectiveGradients(batch, given, group);
    const squares = batch.list('square_avg');
    each.mul_(squares, alpha);
    each.addcmul_(squares, gradients, gradients, 1 - alpha);
    const roots = group.centered ? this.#deviations(batch, gradients, alpha) : each.sqrt(squares);
    each.addScalars_(roots, eps);
    if (momentum === 0) return each.addcdiv_(batch.params, gradients, roots, -lr);
    const buffers = batch.list('momentum_buffer');
    each.mul_(buffers, momentum);
    each.addcdiv_(buffers, gradients, roots);
    each.add_(batch.params, buffers, -lr);
  }

  /** The root of the mean square less the squared mean. */
  #deviations(batch: Batch, gradients: Tensor[], alpha: number): Tensor[] {
    const means = batch.list('grad_avg');
    each.lerp_(means, gradients, 1 - alpha);
    const variances = each.addcmul(batch.list('square_avg'), means, means, -1);
    each.sqrt_(variances);
    return variances;
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
