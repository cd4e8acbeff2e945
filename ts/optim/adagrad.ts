/* Adagrad (Duchi, Hazan and Singer 2011, JMLR 12), as torch.optim computes it. */
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
  scalarState,
  type GradientOptions,
  usesFused,
  type FusedGroup,
} from './parameter-batches';
import { checkRange } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `AdagradOptions`. */
export interface AdagradGroup extends ParamGroup, FusedGroup {
  lrDecay: number;
  weightDecay: number;
  initialAccumulatorValue: number;
  eps: number;
  maximize: boolean;
}

export interface AdagradOptions extends GradientOptions {
  /** @default 0.01 */
  readonly lr?: number;
  /** Step t goes by `lr / (1 + (t - 1) * lrDecay)`, at least 0. @default 0 */
  readonly lrDecay?: number;
  /** What the sums of squared gradients start from, at least 0. @default 0 */
  readonly initialAccumulatorValue?: number;
  /** Added to the root of the sum. @default 1e-10 */
  readonly eps?: number;
  /** Step by libtorch's fused kernel, which only the CPU has; null there. @default null */
  readonly fused?: boolean | null;
}

const defaults: Required<AdagradOptions> = {
  lr: 1e-2,
  lrDecay: 0,
  eps: 1e-10,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  maximize: false,
  fused: null,
};

/** Steps by the gradient over the root of the sum of all its squares so far. */
export class Adagrad extends Optimizer<AdagradGroup> {
  constructor(...args: Arguments<[params: ParamsInput<AdagradGroup>], AdagradOptions, 'Adagrad'>) {
    const { params, ...options } = bindOptions('Adagrad', defaults, args);
    super(params, options);
    // As in PyTorch, the sums are there, and in the state dict, before the first step.
    for (const group of this.paramGroups) for (const param of group.params) this.stateOf(param, group);
  }

  protected check({ lr, lrDecay, eps, weightDecay, initialAccumulatorValue }: AdagradGroup): void {
    const least0 = { lr, lrDecay, eps, weightDecay, initialAccumulatorValue };
    for (const [name, value] of Object.entries(least0)) checkRange('Adagrad', name, value, 0);
  }

  protected fillState(state: ParamState, param: Tensor, { initialAccumulatorValue }: AdagradGroup): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['sum'] ??= torch.fullLike(param, initialAccumulatorValue, { requiresGrad: false });
  }

  protected update(batch: Batch, given: Tensor[], group: AdagradGroup): void {
    const { lr, lrDecay, eps, weightDecay, maximize } = group;
    const steps = countSteps(batch);
    if (batch.device === 'cpu' && usesFused(batch, group)) {
      const options = { lr, lr_decay: lrDecay, weight_decay: weightDecay, eps, maximize };
      torch.ops.aten._fused_adagrad_.default(batch.params, given, batch.list('sum'), batch.list('step'), options);
      return;
    }
    const gradients = effectiveGradients(batch, given, group);
    const sums = batch.list('sum');
    each.addcmul_(sums, gradients, gradients);
    const roots = each.sqrt(sums);
    each.addScalars_(roots, eps);
    const rates = steps.map((step) => -lr / (1 + (step - 1) * lrDecay));
    each.addcdiv_(batch.params, gradients, roots, rates);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, differentiable: false };
  }
}
