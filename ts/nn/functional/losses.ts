import { InputError, ShapeError } from '../../errors';
import type { Tensor } from '../../tensor';
import { requireTensor, requireTensors, bindOptions, type Positional } from '../options';

/** What becomes of the losses of the elements: kept, averaged, or summed. */
export type Reduction = 'none' | 'mean' | 'sum';

export interface LossOptions {
  /** What becomes of the losses of the elements. @default 'mean' */
  readonly reduction?: Reduction;
}

const reductions = { none: 0, mean: 1, sum: 2 } as const satisfies Record<Reduction, number>;

/** ATen's number of a reduction. */
export function reductionCode(reduction: Reduction = 'mean'): number {
  if (!Object.hasOwn(reductions, reduction))
    throw new InputError(`reduction must be 'none', 'mean' or 'sum', got '${String(reduction)}'.`);
  return reductions[reduction];
}

/** Losses of elements, reduced. */
export function reduce(losses: Tensor, reduction: Reduction = 'mean'): Tensor {
  const code = reductionCode(reduction);
  return code === reductions.none ? losses : code === reductions.mean ? losses.mean() : losses.sum();
}

export function requireSameShape(owner: string, input: Tensor, target: Tensor, name = 'target'): void {
  if (input.shape.join() === target.shape.join()) return;
  throw new ShapeError(
    `${owner}: ${name} [${target.shape.join(', ')}] must have the shape of input [${input.shape.join(', ')}].`,
  );
}

import * as torch from '../../tensor';

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** Factor on the loss of each element, broadcast to the input. @default null */
  readonly weight?: Tensor | null;
}

export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Factor on the positive part of each class, broadcast to the input. @default null */
  readonly posWeight?: Tensor | null;
}

/** `-(y log p + (1 - y) log(1 - p))` of probabilities `input`, same shape as `target`. */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  ...given: Positional<BinaryCrossEntropyOptions, 'binaryCrossEntropy'>
): Tensor {
  requireTensors('binaryCrossEntropy', { input, target });
  const defaults: Required<BinaryCrossEntropyOptions> = { weight: null, reduction: 'mean' };
  const { weight, reduction } = bindOptions('binaryCrossEntropy', defaults, given);
  requireSameShape('binaryCrossEntropy', input, target);
  if (weight !== null) requireTensor('binaryCrossEntropy', 'weight', weight);
  return torch.binaryCrossEntropy(input, target, {
    weight: weight?.expandAs(input) ?? null,
    reduction: reductionCode(reduction),
  });
}

/** `binaryCrossEntropy(sigmoid(input), target)` without overflow: logits and targets of one shape. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  ...given: Positional<BinaryCrossEntropyWithLogitsOptions, 'binaryCrossEntropyWithLogits'>
): Tensor {
  requireTensors('binaryCrossEntropyWithLogits', { input, target });
  const defaults: Required<BinaryCrossEntropyWithLogitsOptions> = { weight: null, posWeight: null, reduction: 'mean' };
  const { weight, posWeight, reduction } = bindOptions('binaryCrossEntropyWithLogits', defaults, given);
  requireSameShape('binaryCrossEntropyWithLogits', input, target);
  return torch.binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction: reductionCode(reduction) });
}

export interface NLLOptions extends LossOptions {
  /** (K): factor on each class. @default null */
  readonly weight?: Tensor | null;
  /** Targets of this number add nothing to loss and gradient. @default -100 */
  readonly ignoreIndex?: number;
}

export interface CrossEntropyOptions extends NLLOptions {
  /** Part of the target spread evenly over the classes, 0 to 1. @default 0 */
  readonly labelSmoothing?: number;
}

/** The negative of `input` (B, K, *), log-probabilities, at the class numbers `target` (B, *). */
export function nllLoss(input: Tensor, target: Tensor, ...given: Positional<NLLOptions, 'nllLoss'>): Tensor {
  requireTensors('nllLoss', { input, target });
  const defaults: Required<NLLOptions> = { weight: null, ignoreIndex: -100, reduction: 'mean' };
  const { weight, ignoreIndex, reduction } = bindOptions('nllLoss', defaults, given);
  return torch.nllLossNd(input, target, { weight, reduction: reductionCode(reduction), ignoreIndex });
}

/** Cross entropy of logits `input` (B, K, *) with class numbers (B, *), or with probabilities of the input's shape. */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  ...given: Positional<CrossEntropyOptions, 'crossEntropy'>
): Tensor {
  requireTensors('crossEntropy', { input, target });
  const defaults: Required<CrossEntropyOptions> = {
    weight: null,
    ignoreIndex: -100,
    labelSmoothing: 0,
    reduction: 'mean',
  };
  const { weight, ignoreIndex, labelSmoothing, reduction } = bindOptions('crossEntropy', defaults, given);
  return torch.crossEntropyLoss(input, target, {
    weight,
    reduction: reductionCode(reduction),
    ignoreIndex,
    labelSmoothing,
  });
}

export interface WeightedLossOptions extends LossOptions {
  /** Factor on the loss of each element, of the input's shape; the mean is then divided by the sum of the factors. @default null */
  readonly weight?: Tensor | null;
}

/** `(x - y)²` */
export function mseLoss(input: Tensor, target: Tensor, ...given: Positional<WeightedLossOptions, 'mseLoss'>): Tensor {
  requireTensors('mseLoss', { input, target });
  const { weight, reduction } = bindOptions<Required<WeightedLossOptions>>(
    'mseLoss',
    { weight: null, reduction: 'mean' },
    given,
  );
  if (weight !== null) return weighted('mseLoss', input, input.sub(target).square(), weight, reduction);
  return torch.mseLoss(input, target, { reduction: reductionCode(reduction) });
}

/** `|x - y|` */
export function l1Loss(input: Tensor, target: Tensor, ...given: Positional<WeightedLossOptions, 'l1Loss'>): Tensor {
  requireTensors('l1Loss', { input, target });
  const { weight, reduction } = bindOptions<Required<WeightedLossOptions>>(
    'l1Loss',
    { weight: null, reduction: 'mean' },
    given,
  );
  if (weight !== null) return weighted('l1Loss', input, input.sub(target).abs(), weight, reduction);
  return torch.l1Loss(input, target, { reduction: reductionCode(reduction) });
}

/** The losses of elements times their factors, reduced. */
function weighted(owner: string, input: Tensor, losses: Tensor, weight: Tensor, reduction: Reduction): Tensor {
  requireTensor(owner, 'weight', weight);
  requireSameShape(owner, input, weight, 'weight');
  const scaled = losses.mul(weight);
  return reduction === 'mean' ? scaled.sum().div(weight.sum()) : reduce(scaled, reduction);
}

export interface SmoothL1Options extends LossOptions {
  /** Difference below which the loss is quadratic. @default 1 */
  readonly beta?: number;
}

/** `(x - y)² / 2β` where `|x - y| < β`, `|x - y| - β/2` beyond; `beta` 0 is `l1Loss`. */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<SmoothL1Options, 'smoothL1Loss'>
): Tensor {
  requireTensors('smoothL1Loss', { input, target });
  const { beta, reduction } = bindOptions<Required<SmoothL1Options>>(
    'smoothL1Loss',
    { beta: 1, reduction: 'mean' },
    given,
  );
  if (beta === 0) return l1Loss(input, target, { reduction });
  return torch.smoothL1Loss(input, target, { reduction: reductionCode(reduction), beta });
}

export interface HuberOptions extends WeightedLossOptions {
  /** Difference below which the loss is quadratic. @default 1 */
  readonly delta?: number;
}

/** `(x - y)² / 2` where `|x - y| < δ`, `δ (|x - y| - δ/2)` beyond. With a `weight` the mean is over the elements, as in PyTorch. */
export function huberLoss(input: Tensor, target: Tensor, ...given: Positional<HuberOptions, 'huberLoss'>): Tensor {
  requireTensors('huberLoss', { input, target });
  const defaults: Required<HuberOptions> = { delta: 1, weight: null, reduction: 'mean' };
  const { delta, weight, reduction } = bindOptions('huberLoss', defaults, given);
  if (weight === null) return torch.huberLoss(input, target, { reduction: reductionCode(reduction), delta });
  requireTensor('huberLoss', 'weight', weight);
  requireSameShape('huberLoss', input, weight, 'weight');
  return reduce(torch.huberLoss(input, target, { reduction: reductionCode('none'), delta }).mul(weight), reduction);
}
