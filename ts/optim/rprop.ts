/* Resilient backpropagation (Riedmiller and Braun 1993), as torch.optim computes it. */
import { InputError } from '../errors';
import { bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, scalarState } from './parameter-batches';
import { checkRange, requirePair } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `RpropOptions`. */
export interface RpropGroup extends ParamGroup {
  etas: readonly [number, number];
  stepSizes: readonly [number, number];
  maximize: boolean;
}

export interface RpropOptions {
  /** Size of the first step of every element, at least 0. @default 0.01 */
  readonly lr?: number;
  /** Factors on the step of an element whose gradient has turned, below 1, and has not, above 1. @default [0.5, 1.2] */
  readonly etas?: readonly [number, number];
  /** Smallest and largest step. @default [1e-6, 50] */
  readonly stepSizes?: readonly [number, number];
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

const defaults: Required<RpropOptions> = { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false };

/** Steps by the sign of the gradient, with a step size for every element. For full batches. */
export class Rprop extends Optimizer<RpropGroup> {
  constructor(...args: Arguments<[params: ParamsInput<RpropGroup>], RpropOptions, 'Rprop'>) {
    const { params, ...options } = bindOptions('Rprop', defaults, args);
    super(params, options);
  }

  protected check({ lr, etas, stepSizes }: RpropGroup): void {
    checkRange('Rprop', 'lr', lr, 0);
    requirePair('Rprop', 'etas', etas);
    requirePair('Rprop', 'stepSizes', stepSizes);
    const [down, up] = etas;
    if (!(down > 0 && down < 1 && up > 1))
      throw new InputError(`Rprop: etas must be between 0 and 1, and above 1, got ${String(down)} and ${String(up)}.`);
  }

  protected fillState(state: ParamState, param: Tensor, { lr }: RpropGroup): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['prev'] ??= torch.zerosLike(param);
    state['step_size'] ??= torch.fullLike(param, lr, { requiresGrad: false });
  }

  protected update(batch: Batch, given: Tensor[], group: RpropGroup): void {
    const {
      etas: [down, up],
      stepSizes: [least, most],
    } = group;
    countSteps(batch);
    const gradients = effectiveGradients(batch, given, group);
    const [previous, sizes] = [batch.list('prev'), batch.list('step_size')];
    const turns = each.mul(gradients, previous);
    each.sign_(turns);

    // The parabola through (-1, down), (0, 1) and (1, up).
    const factors = each.mul(turns, (up + down) / 2 - 1);
    each.addScalars_(factors, (up - down) / 2);
    each.mul_(factors, turns);
    each.addScalars_(factors, 1);
    each.mul_(sizes, factors);
    each.clampMin_(sizes, least);
    each.clampMax_(sizes, most);

    // Where the gradient has turned the element waits for a step.
    const moves = each.clampMax(turns, 0);
    each.addScalars_(moves, 1);
    each.copy_(previous, gradients);
    each.mul_(previous, moves);
    each.addcmul_(batch.params, each.sign(previous), sizes, -1);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}
