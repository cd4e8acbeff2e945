import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type {
  DistanceFunction,
  LossOptions,
  MarginOptions,
  MultiMarginOptions,
  MultilabelSoftMarginOptions,
  Reduction,
  TripletMarginOptions,
  TripletMarginWithDistanceOptions,
} from '../functional';
import { Module } from '../module';
import { resolveOptions, bindOptions, type Positional } from '../options';
import { Loss } from './loss';

/** A loss of two inputs and a target, by a margin. */
abstract class PairLoss extends Module {
  readonly margin: number;
  readonly reduction: Reduction;

  constructor(...given: Positional<MarginOptions, 'MarginRankingLoss'>) {
    super();
    const defaults: Required<MarginOptions> = { margin: 0, reduction: 'mean' };
    ({ margin: this.margin, reduction: this.reduction } = bindOptions(
      new.target.name,
      defaults,
      given,
      'MarginRankingLoss',
    ));
  }

  abstract override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor;
}

/** Pulls vectors of target 1 together and those of target -1 apart, by their cosine: (B, D), (B, D), (B). */
export class CosineEmbeddingLoss extends PairLoss {
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosineEmbeddingLoss(input1, input2, target, this);
  }
}

/** Target 1 asks for the first input above the second by the margin, -1 for the reverse; one shape. */
export class MarginRankingLoss extends PairLoss {
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.marginRankingLoss(input1, input2, target, this);
  }
}

/** A distance where the target is 1, what it lacks to the margin where it is -1; any shape. */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number;
  readonly reduction: Reduction;

  constructor(...given: Positional<MarginOptions, 'HingeEmbeddingLoss'>) {
    super();
    const defaults: Required<MarginOptions> = { margin: 1, reduction: 'mean' };
    ({ margin: this.margin, reduction: this.reduction } = bindOptions('HingeEmbeddingLoss', defaults, given));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.hingeEmbeddingLoss(input, target, this);
  }
}

/** `log(1 + exp(-y x))` of targets 1 and -1; any shape. */
export class SoftMarginLoss extends Loss {
  readonly reduction: Reduction;

  constructor(...given: Positional<LossOptions, 'SoftMarginLoss'>) {
    super();
    ({ reduction: this.reduction } = bindOptions<Required<LossOptions>>(
      'SoftMarginLoss',
      { reduction: 'mean' },
      given,
    ));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.softMarginLoss(input, target, this);
  }
}

/** Asks that the score of the right class exceeds each other one by the margin: scores (B, K), class numbers (B). */
export class MultiMarginLoss extends Loss {
  readonly p: number;
  readonly margin: number;
  readonly reduction: Reduction;
  declare weight: Tensor | null;

  constructor(...given: Positional<MultiMarginOptions, 'MultiMarginLoss'>) {
    super();
    const defaults: Required<MultiMarginOptions> = { p: 1, margin: 1, weight: null, reduction: 'mean' };
    const { p, margin, weight, reduction } = bindOptions('MultiMarginLoss', defaults, given);
    this.p = p;
    this.margin = margin;
    this.reduction = reduction;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multiMarginLoss(input, target, this);
  }
}

/** The margin loss of several classes a sample: scores (B, K), int64 class numbers (B, K) ended by -1. */
export class MultiLabelMarginLoss extends Loss {
  readonly reduction: Reduction;

  constructor(...given: Positional<LossOptions, 'MultiLabelMarginLoss'>) {
    super();
    const defaults: Required<LossOptions> = { reduction: 'mean' };
    ({ reduction: this.reduction } = bindOptions('MultiLabelMarginLoss', defaults, given));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelMarginLoss(input, target, this);
  }
}

/** Binary cross entropy of logits, averaged over the classes: (B, K) and targets (B, K). */
export class MultiLabelSoftMarginLoss extends Loss {
  readonly reduction: Reduction;
  declare weight: Tensor | null;

  constructor(...given: Positional<MultilabelSoftMarginOptions, 'MultiLabelSoftMarginLoss'>) {
    super();
    const defaults: Required<MultilabelSoftMarginOptions> = { weight: null, reduction: 'mean' };
    const { weight, reduction } = bindOptions('MultiLabelSoftMarginLoss', defaults, given);
    this.reduction = reduction;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelSoftMarginLoss(input, target, this);
  }
}

/** Asks that the negative is further from the anchor than the positive, by the margin: three times (B, D). */
export class TripletMarginLoss extends Module {
  readonly margin: number;
  readonly p: number;
  readonly eps: number;
  readonly swap: boolean;
  readonly reduction: Reduction;

  constructor(...given: Positional<TripletMarginOptions, 'TripletMarginLoss'>) {
    super();
    const defaults: Required<TripletMarginOptions> = { margin: 1, p: 2, eps: 1e-6, swap: false, reduction: 'mean' };
    const { margin, p, eps, swap, reduction } = bindOptions('TripletMarginLoss', defaults, given);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
    this.reduction = reduction;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return F.tripletMarginLoss(anchor, positive, negative, this);
  }
}

/** `TripletMarginLoss` with a distance of one's own. */
export class TripletMarginWithDistanceLoss extends Module {
  readonly distanceFunction: DistanceFunction | null;
  readonly margin: number;
  readonly swap: boolean;
  readonly reduction: Reduction;

  constructor(options: TripletMarginWithDistanceOptions = {}) {
    super();
    const defaults: Required<TripletMarginWithDistanceOptions> = {
      distanceFunction: null,
      margin: 1,
      swap: false,
      reduction: 'mean',
    };
    const { distanceFunction, margin, swap, reduction } = resolveOptions(
      'TripletMarginWithDistanceLoss',
      defaults,
      options,
    );
    this.distanceFunction = distanceFunction;
    this.margin = margin;
    this.swap = swap;
    this.reduction = reduction;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return F.tripletMarginWithDistanceLoss(anchor, positive, negative, this);
  }
}
