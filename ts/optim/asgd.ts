/* Averaged stochastic gradient descent (Polyak and Juditsky 1992; the rates are Bottou's), as torch.optim computes it. */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Device, Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, effectiveGradients, scalarState, type GradientOptions } from './parameter-batches';
import { checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `ASGDOptions`. */
export interface ASGDGroup extends ParamGroup {
  lambd: number;
  alpha: number;
  t0: number;
  weightDecay: number;
  maximize: boolean;
}

export interface ASGDOptions extends GradientOptions {
  /** @default 0.01 */
  readonly lr?: number;
  /** Decay: of the parameters, and of the learning rate. @default 1e-4 */
  readonly lambd?: number;
  /** Power of the decay of the learning rate, `lr / (1 + lambd * lr * t) ** alpha`. @default 0.75 */
  readonly alpha?: number;
  /** Number of the step from which the average in the state (`ax`) is one; before, it follows the parameters. @default 1e6 */
  readonly t0?: number;
}

const defaults: Required<ASGDOptions> = {
  lr: 1e-2,
  lambd: 1e-4,
  alpha: 0.75,
  t0: 1e6,
  weightDecay: 0,
  maximize: false,
};

/** Gradient descent that keeps the average of the parameters in its state (`ax`). */
export class ASGD extends Optimizer<ASGDGroup> {
  protected override readonly scalars = ['step', 'eta', 'mu'];

  constructor(...args: Arguments<[params: ParamsInput<ASGDGroup>], ASGDOptions, 'ASGD'>) {
    const { params, ...options } = bindOptions('ASGD', defaults, args);
    super(params, options);
  }

  protected check({ lr, weightDecay }: ASGDGroup): void {
    checkRange('ASGD', 'lr', lr, 0);
    checkRange('ASGD', 'weightDecay', weightDecay, 0);
  }

  /** The rates of each parameter meet it on its device. */
  protected override scalarDevice(param: Tensor): Device {
    return param.device;
  }

  protected fillState(state: ParamState, param: Tensor, { lr }: ASGDGroup): void {
    state['step'] ??= scalarState(0, param.device);
    state['eta'] ??= scalarState(lr, param.device);
    state['mu'] ??= scalarState(1, param.device);
    state['ax'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, given: Tensor[], group: ASGDGroup): void {
    const { params } = batch;
    const [steps, rates, weights, averages] = ['step', 'eta', 'mu', 'ax'].map((name) => batch.list(name)) as Tensor[][];
    each.addScalars_(steps!, 1);
    const pull = each.add(effectiveGradients(batch, given, group), params, group.lambd);
    each.mul_(pull, rates!);
    each.add_(params, pull, -1);
    const distances = each.add(params, averages!, -1);
    each.mul_(distances, weights!);
    each.add_(averages!, distances);
    this.#prepareNext(steps!, rates!, weights!, group);
  }

  /** The rate of the next step, `lr / (1 + lambd lr t)^alpha`, and its weight in the average, `1 / max(1, t - t0)`. */
  #prepareNext(steps: Tensor[], rates: Tensor[], weights: Tensor[], { lr, lambd, alpha, t0 }: ASGDGroup): void {
    const next = each.mul(steps, lambd * lr);
    each.addScalars_(next, 1);
    each.pow_(next, -alpha);
    each.mul_(next, lr);
    each.copy_(rates, next);
    const after = each.addScalars(steps, -t0);
    each.clampMin_(after, 1);
    each.reciprocal_(after);
    each.copy_(weights, after);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
