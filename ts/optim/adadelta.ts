/* Adadelta (Zeiler 2012, arXiv 1212.5701), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, scalarState, type GradientOptions } from './parameter-batches';
import { checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `AdadeltaOptions`. */
export interface AdadeltaGroup extends ParamGroup {
  rho: number;
  eps: number;
  weightDecay: number;
  maximize: boolean;
}

export interface AdadeltaOptions extends GradientOptions {
  /** Factor on the step that the method finds by itself. @default 1 */
  readonly lr?: number;
  /** Memory of the running means of squared gradients and steps, 0 to 1. @default 0.9 */
  readonly rho?: number;
  /** Added to both means before their roots. @default 1e-6 */
  readonly eps?: number;
}

const defaults: Required<AdadeltaOptions> = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };

/** Steps by the gradient, scaled from the root mean square of past gradients to that of past steps. */
export class Adadelta extends Optimizer<AdadeltaGroup> {
  constructor(...args: Arguments<[params: ParamsInput<AdadeltaGroup>], AdadeltaOptions, 'Adadelta'>) {
    const { params, ...options } = bindOptions('Adadelta', defaults, args);
    super(params, options);
  }

  protected check({ lr, rho, eps, weightDecay }: AdadeltaGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay })) checkRange('Adadelta', name, value, 0);
    if (rho !== 1) checkRange('Adadelta', 'rho', rho, 0, 1);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['square_avg'] ??= torch.zerosLike(param);
    state['acc_delta'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: AdadeltaGroup): void {
    const { lr, rho, eps } = group;
    countSteps(batch);
    const gradients = effectiveGradients(batch, given, group);
    const [squares, accumulated] = [batch.list('square_avg'), batch.list('acc_delta')];
    each.mul_(squares, rho);
    each.addcmul_(squares, gradients, gradients, 1 - rho);
    const roots = each.addScalars(squares, eps);
    each.sqrt_(roots);
    const deltas = each.addScalars(accumulated, eps);
    each.sqrt_(deltas);
    each.div_(deltas, roots);
    each.mul_(deltas, gradients);
    each.mul_(accumulated, rho);
    each.addcmul_(accumulated, deltas, deltas, 1 - rho);
    each.add_(batch.params, deltas, -lr);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
