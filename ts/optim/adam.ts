/*
 * Adam (Kingma and Ba 2014, arXiv 1412.6980), AMSGrad (Reddi et al. 2019, arXiv 1904.09237) and AdamW (Loshchilov and
 * Hutter 2017, arXiv 1711.05101), as torch.optim computes them.
 */
import * as torch from '../tensor';
import { bindOptions, type Arguments } from '../nn/options';
import type { Device, Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import {
  type Batch,
  effectiveGradients,
  scalarState,
  type GradientOptions,
  usesFused,
  type FusedGroup,
} from './parameter-batches';
import { requireBetas, checkRange } from './validate';
import type { OptimizerStateDict, ParamState } from './state-dict';

/** Parameters with the options of their own; see `AdamOptions`. */
export interface AdamGroup extends ParamGroup, FusedGroup {
  weightDecay: number;
  maximize: boolean;
  betas: readonly [number, number];
  eps: number;
  amsgrad: boolean;
  decoupledWeightDecay: boolean;
}

export interface AdamWOptions extends GradientOptions {
  /** @default 0.001 */
  readonly lr?: number;
  /** Memory of the running means of the gradient and of its square, each in [0, 1). @default [0.9, 0.999] */
  readonly betas?: readonly [number, number];
  /** Added to the root of the mean square. @default 1e-8 */
  readonly eps?: number;
  /** Adam: added to the gradient as `weightDecay * param`; AdamW: parameters shrink by `lr * weightDecay`. @default 0, AdamW 0.01 */
  readonly weightDecay?: number;
  /** Divide by the largest mean square so far. @default false */
  readonly amsgrad?: boolean;
  /** Step by libtorch's fused kernel; null where the device has one. @default null */
  readonly fused?: boolean | null;
}

export interface AdamOptions extends AdamWOptions {
  /** Shrink the parameters by `lr * weightDecay` instead of adding to the gradient: AdamW's way. @default false */
  readonly decoupledWeightDecay?: boolean;
}

const { aten } = torch.ops;

abstract class AdamBase extends Optimizer<AdamGroup> {
  protected check({ lr, betas, eps, weightDecay }: AdamGroup): void {
    const owner = this.constructor.name;
    checkRange(owner, 'lr', lr, 0);
    requireBetas(owner, betas);
    checkRange(owner, 'eps', eps, 0);
    checkRange(owner, 'weightDecay', weightDecay, 0);
  }

  /** The fused kernels of a device read the steps there. */
  protected override scalarDevice(param: Tensor): Device {
    return param.device;
  }

  protected fillState(state: ParamState, param: Tensor, { amsgrad }: AdamGroup): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    state['exp_avg'] ??= torch.zerosLike(param);
    state['exp_avg_sq'] ??= torch.zerosLike(param);
    if (amsgrad) state['max_exp_avg_sq'] ??= torch.zerosLike(param);
  }

  protected update(batch: Batch, gradients: Tensor[], group: AdamGroup): void {
    each.addScalars_(batch.list('step'), 1);
    if (usesFused(batch, group)) this.#fused(batch, gradients, group);
    else this.#foreach(batch, gradients, group);
  }

  #fused(batch: Batch, gradients: Tensor[], group: AdamGroup): void {
    const { lr, betas, weightDecay, eps, amsgrad, maximize } = group;
    const kernel = group.decoupledWeightDecay ? aten._fused_adamw_.default : aten._fused_adam_.default;
    kernel(
      batch.params,
      gradients,
      batch.list('exp_avg'),
      batch.list('exp_avg_sq'),
      amsgrad ? batch.list('max_exp_avg_sq') : [],
      batch.list('step'),
      { lr, beta1: betas[0], beta2: betas[1], weight_decay: weightDecay, eps, amsgrad, maximize },
    );
  }

  #foreach(batch: Batch, given: Tensor[], group: AdamGroup): void {
    const {
      lr,
      betas: [beta1, beta2],
      weightDecay,
      eps,
      amsgrad,
      maximize,
      decoupledWeightDecay: decoupled,
    } = group;
    const { params } = batch;
    const [means, squares, steps] = [batch.list('exp_avg'), batch.list('exp_avg_sq'), batch.list('step')];
    const gradients = effectiveGradients(batch, given, decoupled ? { maximize } : group);
    if (decoupled && weightDecay !== 0) each.mul_(params, 1 - lr * weightDecay);
    each.lerp_(means, gradients, 1 - beta1);
    each.mul_(squares, beta2);
    each.addcmul_(squares, gradients, gradients, 1 - beta2);
    if (amsgrad) each.maximum_(batch.list('max_exp_avg_sq'), squares);

    // -lr / (1 - beta1^t) and sqrt(1 - beta2^t), t read on the device so that nothing waits for it.
    const stepSizes = remainders(beta1, steps);
    each.reciprocal_(stepSizes);
    each.mul_(stepSizes, -lr);
    const corrections = remainders(beta2, steps);
    each.sqrt_(corrections);

    const roots = each.sqrt(amsgrad ? batch.list('max_exp_avg_sq') : squares);
    each.div_(roots, corrections);
    each.addScalars_(roots, eps);
    each.div_(roots, stepSizes);
    each.addcdiv_(params, means, roots);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }
}

/** `1 - beta^t` for each step count t, as `-expm1(t log beta)`: the difference itself would lose digits while t is small. */
function remainders(beta: number, steps: Tensor[]): Tensor[] {
  const powers = each.mul(steps, Math.log(beta));
  each.expm1_(powers);
  each.neg_(powers);
  return powers;
}

const defaults: Required<AdamWOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
  fused: null,
};

/** Adam: steps by the running mean of the gradient over the root of that of its square. Weight decay joins the gradient. */
export class Adam extends AdamBase {
  constructor(...args: Arguments<[params: ParamsInput<AdamGroup>], AdamOptions, 'Adam'>) {
    const adamDefaults: Required<AdamOptions> = { ...defaults, decoupledWeightDecay: false };
    const { params, ...options } = bindOptions('Adam', adamDefaults, args);
    super(params, options);
  }
}

/** Adam whose weight decay shrinks the parameters apart from the gradient. */
export class AdamW extends AdamBase {
  constructor(...args: Arguments<[params: ParamsInput<AdamGroup>], AdamWOptions, 'AdamW'>) {
    const { params, ...options } = bindOptions('AdamW', { ...defaults, weightDecay: 1e-2 }, args);
    super(params, { ...options, decoupledWeightDecay: true });
  }

  /** What Adam saved goes on as AdamW. */
  override loadStateDict(saved: OptimizerStateDict): void {
    super.loadStateDict(saved);
    for (const group of this.paramGroups) group.decoupledWeightDecay = true;
  }
}
