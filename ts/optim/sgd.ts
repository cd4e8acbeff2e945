/* Stochastic gradient descent with momentum, as torch.optim computes it (Sutskever et al. 2013 for Nesterov's form). */
import { InputError } from '../errors';
import { bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import { keep, type Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, effectiveGradients, type GradientOptions, usesFused, type FusedGroup } from './parameter-batches';
import { checkRange } from './validate';

/** Parameters with the options of their own; see `SGDOptions`. */
export interface SGDGroup extends ParamGroup, FusedGroup {
  weightDecay: number;
  maximize: boolean;
  momentum: number;
  dampening: number;
  nesterov: boolean;
}

export interface SGDOptions extends GradientOptions {
  /** @default 0.001 */
  readonly lr?: number;
  /** Part of the last step that the next one keeps, at least 0. @default 0 */
  readonly momentum?: number;
  /** Part of the gradient that the momentum leaves out. @default 0 */
  readonly dampening?: number;
  /** Look ahead by the momentum; needs momentum, and no dampening. @default false */
  readonly nesterov?: boolean;
  /** Step by libtorch's fused kernel; null where the device has one. @default null */
  readonly fused?: boolean | null;
}

const defaults: Required<SGDOptions> = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
  fused: null,
};

const { aten } = torch.ops;

/** Steps against the gradient, or against its running sum. */
export class SGD extends Optimizer<SGDGroup> {
  constructor(...args: Arguments<[params: ParamsInput<SGDGroup>], SGDOptions, 'SGD'>) {
    const { params, ...options } = bindOptions('SGD', defaults, args);
    super(params, options);
  }

  protected check({ lr, momentum, weightDecay, nesterov, dampening }: SGDGroup): void {
    checkRange('SGD', 'lr', lr, 0);
    checkRange('SGD', 'momentum', momentum, 0);
    checkRange('SGD', 'weightDecay', weightDecay, 0);
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new InputError(`SGD: nesterov needs a momentum and zero dampening, got ${momentum} and ${dampening}.`);
    }
  }

  /** Sparse ones add up as dense ones do. */
  protected override checkGradient(): void {}

  /** The momentum starts as the first gradient, so `update` makes it. */
  protected fillState(): void {}

  protected update(batch: Batch, gradients: Tensor[], group: SGDGroup): void {
    const first = group.momentum !== 0 && batch.states[0]!['momentum_buffer'] === undefined;
    if (usesFused(batch, group)) this.#fused(batch, gradients, group, first);
    else this.#foreach(batch, gradients, group, first);
    // From the next step on these parameters have a state, and belong to another batch.
    if (first) this.forgetBatches(group);
  }

  #fused(batch: Batch, gradients: Tensor[], group: SGDGroup, first: boolean): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    if (first)
      setMomentum(
        batch,
        batch.params.map((param) => torch.emptyLike(param)),
      );
    aten._fused_sgd_.default(batch.params, gradients, momentum === 0 ? [] : batch.list('momentum_buffer'), {
      lr,
      momentum,
      dampening,
      weight_decay: weightDecay,
      nesterov,
      maximize,
      is_first_step: first,
    });
  }

  #foreach(batch: Batch, given: Tensor[], group: SGDGroup, first: boolean): void {
    const { lr, momentum, dampening, nesterov } = group;
    let gradients = effectiveGradients(batch, given, group);
    if (momentum !== 0) {
      if (first) {
        setMomentum(
          batch,
          gradients.map((gradient) => gradient.clone()),
        );
      } else {
        each.mul_(batch.list('momentum_buffer'), momentum);
        each.add_(batch.list('momentum_buffer'), gradients, 1 - dampening);
      }
      const buffers = batch.list('momentum_buffer');
      gradients = nesterov ? each.add(gradients, buffers, momentum) : buffers;
    }
    each.add_(batch.params, gradients, -lr);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, differentiable: false };
  }
}

function setMomentum({ states }: Pick<Batch, 'states'>, buffers: readonly Tensor[]): void {
  for (const [i, state] of states.entries()) state['momentum_buffer'] = keep(buffers[i]!);
}
