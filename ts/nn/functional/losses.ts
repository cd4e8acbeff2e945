import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { reductionCode, requireSameShape, type LossOptions } from './reduction';

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
  { weight = null, reduction }: BinaryCrossEntropyOptions = {},
): Tensor {
  requireSameShape('binaryCrossEntropy', input, target);
  return torch.binaryCrossEntropy(input, target, {
    weight: weight?.expandAs(input) ?? null,
    reduction: reductionCode(reduction),
  });
}

/** `binaryCrossEntropy(sigmoid(input), target)` without overflow: logits and targets of one shape. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight = null, posWeight = null, reduction }: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
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
export function nllLoss(
  input: Tensor,
  target: Tensor,
  { weight = null, ignoreIndex = -100, reduction }: NLLOptions = {},
): Tensor {
  return torch.nllLossNd(input, target, { weight, reduction: reductionCode(reduction), ignoreIndex });
}

/** Cross entropy of logits `input` (B, K, *) with class numbers (B, *), or with probabilities of the input's shape. */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  { weight = null, ignoreIndex = -100, labelSmoothing = 0, reduction }: CrossEntropyOptions = {},
): Tensor {
  return torch.crossEntropyLoss(input, target, { weight, reduction: reductionCode(reduction), ignoreIndex, labelSmoothing });
}

/** `(x - y)²` */
export function mseLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return torch.mseLoss(input, target, { reduction: reductionCode(reduction) });
}

/** `|x - y|` */
export function l1Loss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return torch.l1Loss(input, target, { reduction: reductionCode(reduction) });
}

/** `(x - y)² / 2β` where `|x - y| < β`, `|x - y| - β/2` beyond; `beta` 0 is `l1Loss`. */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  { beta = 1, reduction }: LossOptions & { readonly beta?: number } = {},
): Tensor {
  if (beta === 0) return l1Loss(input, target, { reduction });
  return torch.smoothL1Loss(input, target, { reduction: reductionCode(reduction), beta });
}

/** `(x - y)² / 2` where `|x - y| < δ`, `δ (|x - y| - δ/2)` beyond. */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  { delta = 1, reduction }: LossOptions & { readonly delta?: number } = {},
): Tensor {
  return torch.huberLoss(input, target, { reduction: reductionCode(reduction), delta });
}
