/** Losses that ask for a distance, or an order, by a margin. */
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions, requireTensors, bindOptions, type Positional } from '../options';
import { reduce, reductionCode, requireSameShape, type LossOptions } from './losses';

export interface MarginOptions extends LossOptions {
  /** What the difference has to exceed. @default 0 */
  readonly margin?: number;
}

/** `1 - cos(x, y)` where the target is 1, `max(0, cos(x, y) - margin)` where it is -1: (B, D), (B, D), (B) -> (B). */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  ...given: Positional<MarginOptions, 'cosineEmbeddingLoss'>
): Tensor {
  const defaults: Required<MarginOptions> = { margin: 0, reduction: 'mean' };
  const { margin, reduction } = bindOptions('cosineEmbeddingLoss', defaults, given);
  return torch.cosineEmbeddingLoss(input1, input2, target, { margin, reduction: reductionCode(reduction) });
}

/** `max(0, -y (x1 - x2) + margin)`: target 1 asks for `input1` above `input2`, -1 for the reverse; one shape. */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  ...given: Positional<MarginOptions, 'marginRankingLoss'>
): Tensor {
  const defaults: Required<MarginOptions> = { margin: 0, reduction: 'mean' };
  const { margin, reduction } = bindOptions('marginRankingLoss', defaults, given);
  return torch.marginRankingLoss(input1, input2, target, { margin, reduction: reductionCode(reduction) });
}

/** `x` where the target is 1, `max(0, margin - x)` where it is -1; `margin` is 1 unless given. */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<MarginOptions, 'hingeEmbeddingLoss'>
): Tensor {
  const defaults: Required<MarginOptions> = { margin: 1, reduction: 'mean' };
  const { margin, reduction } = bindOptions('hingeEmbeddingLoss', defaults, given);
  return torch.hingeEmbeddingLoss(input, target, { margin, reduction: reductionCode(reduction) });
}

/** `log(1 + exp(-y x))` of targets 1 and -1, of the input's shape. */
export function softMarginLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<LossOptions, 'softMarginLoss'>
): Tensor {
  const { reduction } = bindOptions<Required<LossOptions>>('softMarginLoss', { reduction: 'mean' }, given);
  return torch.softMarginLoss(input, target, { reduction: reductionCode(reduction) });
}

export interface MultiMarginOptions extends LossOptions {
  /** Power of each difference, 1 or 2. @default 1 */
  readonly p?: number;
  /** What the score of the right class has to exceed the others by. @default 1 */
  readonly margin?: number;
  /** (K): factor on each class. @default null */
  readonly weight?: Tensor | null;
}

/** `mean over k ≠ y of max(0, margin - x_y + x_k)^p`: scores (B, K), class numbers (B) -> (B). */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<MultiMarginOptions, 'multiMarginLoss'>
): Tensor {
  const defaults: Required<MultiMarginOptions> = { p: 1, margin: 1, weight: null, reduction: 'mean' };
  const { p, margin, weight, reduction } = bindOptions('multiMarginLoss', defaults, given);
  return torch.multiMarginLoss(input, target, { p, margin, weight, reduction: reductionCode(reduction) });
}

/** The margin loss of several classes a sample: scores (B, K), int64 class numbers (B, K) ended by -1 -> (B). */
export function multilabelMarginLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<LossOptions, 'multilabelMarginLoss'>
): Tensor {
  const { reduction } = bindOptions<Required<LossOptions>>('multilabelMarginLoss', { reduction: 'mean' }, given);
  return torch.multilabelMarginLoss(input, target, { reduction: reductionCode(reduction) });
}

export interface MultilabelSoftMarginOptions extends LossOptions {
  /** (K): factor on each class. @default null */
  readonly weight?: Tensor | null;
}

/** Binary cross entropy of logits, averaged over the classes: (B, K) and targets (B, K) -> (B). */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<MultilabelSoftMarginOptions, 'multilabelSoftMarginLoss'>
): Tensor {
  requireTensors('multilabelSoftMarginLoss', { input, target });
  const defaults: Required<MultilabelSoftMarginOptions> = { weight: null, reduction: 'mean' };
  const { weight, reduction } = bindOptions('multilabelSoftMarginLoss', defaults, given);
  requireSameShape('multilabelSoftMarginLoss', input, target);
  const positive = target.mul(torch.logSigmoid(input));
  const negative = torch.rsub(target, 1).mul(torch.logSigmoid(input.neg()));
  const losses = positive.add(negative).neg();
  return reduce((weight === null ? losses : losses.mul(weight)).mean([-1]), reduction);
}

/** The distance of two batches of vectors: (B, D), (B, D) -> (B). */
export type DistanceFunction = (x1: Tensor, x2: Tensor) => Tensor;

interface TripletBase extends LossOptions {
  /** How much further the negative has to be than the positive. @default 1 */
  readonly margin?: number;
  /** Take the distance of positive and negative where it is the smaller one (Balntas et al. 2016). @default false */
  readonly swap?: boolean;
}

export interface TripletMarginOptions extends TripletBase {
  /** Order of the norm of differences. @default 2 */
  readonly p?: number;
  /** Added to each difference. @default 1e-6 */
  readonly eps?: number;
}

/** `max(0, d(anchor, positive) - d(anchor, negative) + margin)`: three times (B, D) -> (B). */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  ...given: Positional<TripletMarginOptions, 'tripletMarginLoss'>
): Tensor {
  const defaults: Required<TripletMarginOptions> = { margin: 1, p: 2, eps: 1e-6, swap: false, reduction: 'mean' };
  const { margin, p, eps, swap, reduction } = bindOptions('tripletMarginLoss', defaults, given);
  return torch.tripletMarginLoss(anchor, positive, negative, {
    margin,
    p,
    eps,
    swap,
    reduction: reductionCode(reduction),
  });
}

export interface TripletMarginWithDistanceOptions extends TripletBase {
  /** The distance; null for the Euclidean one. @default null */
  readonly distanceFunction?: DistanceFunction | null;
}

/** `tripletMarginLoss` with a distance of one's own. */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginWithDistanceOptions = {},
): Tensor {
  const defaults: Required<TripletMarginWithDistanceOptions> = {
    distanceFunction: null,
    margin: 1,
    swap: false,
    reduction: 'mean',
  };
  const { distanceFunction, margin, swap, reduction } = resolveOptions(
    'tripletMarginWithDistanceLoss',
    defaults,
    options,
  );
  const distance = distanceFunction ?? ((x1, x2) => torch.pairwiseDistance(x1, x2));
  const near = distance(anchor, positive);
  const far = distance(anchor, negative);
  const furthest = swap ? far.minimum(distance(positive, negative)) : far;
  return reduce(near.sub(furthest).add(margin).clampMin(0), reduction);
}
