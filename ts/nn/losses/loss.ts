import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
  Reduction,
} from '../functional/losses';
import { Module } from '../module';
import { resolveOptions } from '../options';

/** A function of an input and a target. */
abstract class Loss extends Module {
  abstract readonly reduction: Reduction;
  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

/** Mean of `(x - y)²`; any shape. */
export class MSELoss extends Loss {
  readonly reduction: Reduction;

  constructor(options: LossOptions = {}) {
    super();
    ({ reduction: this.reduction } = resolveOptions<Required<LossOptions>>('MSELoss', { reduction: 'mean' }, options));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, this);
  }
}

/** Mean of `|x - y|`; any shape. */
export class L1Loss extends Loss {
  readonly reduction: Reduction;

  constructor(options: LossOptions = {}) {
    super();
    ({ reduction: this.reduction } = resolveOptions<Required<LossOptions>>('L1Loss', { reduction: 'mean' }, options));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, this);
  }
}

export interface SmoothL1LossOptions extends LossOptions {
  /** Distance at which the square turns into a line; at least 0. @default 1 */
  readonly beta?: number;
}

/** Mean of `(x - y)² / 2β` near zero and `|x - y| - β/2` beyond `beta`; any shape. */
export class SmoothL1Loss extends Loss {
  readonly reduction: Reduction;
  readonly beta: number;

  constructor(options: SmoothL1LossOptions = {}) {
    super();
    const defaults: Required<SmoothL1LossOptions> = { reduction: 'mean', beta: 1 };
    ({ reduction: this.reduction, beta: this.beta } = resolveOptions('SmoothL1Loss', defaults, options));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, this);
  }
}

export interface HuberLossOptions extends LossOptions {
  /** Distance at which the square turns into a line; above 0. @default 1 */
  readonly delta?: number;
}

/** Mean of `(x - y)² / 2` near zero and `δ (|x - y| - δ/2)` beyond `delta`; any shape. */
export class HuberLoss extends Loss {
  readonly reduction: Reduction;
  readonly delta: number;

  constructor(options: HuberLossOptions = {}) {
    super();
    const defaults: Required<HuberLossOptions> = { reduction: 'mean', delta: 1 };
    ({ reduction: this.reduction, delta: this.delta } = resolveOptions('HuberLoss', defaults, options));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, this);
  }
}

/** Binary cross entropy of probabilities; any shape. Prefer `BCEWithLogitsLoss`, which does not overflow. */
export class BCELoss extends Loss {
  readonly reduction: Reduction;
  declare weight: Tensor | null;

  constructor(options: BinaryCrossEntropyOptions = {}) {
    super();
    const defaults: Required<BinaryCrossEntropyOptions> = { reduction: 'mean', weight: null };
    const { reduction, weight } = resolveOptions('BCELoss', defaults, options);
    this.reduction = reduction;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(input, target, this);
  }
}

/** Binary cross entropy of logits with targets between 0 and 1, averaged over all elements; any shape. */
export class BCEWithLogitsLoss extends Loss {
  readonly reduction: Reduction;
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;

  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super();
    const defaults: Required<BinaryCrossEntropyWithLogitsOptions> = { reduction: 'mean', weight: null, posWeight: null };
    const { reduction, weight, posWeight } = resolveOptions('BCEWithLogitsLoss', defaults, options);
    this.reduction = reduction;
    this.registerBuffer('weight', weight);
    this.registerBuffer('pos_weight', posWeight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropyWithLogits(input, target, {
      weight: this.weight,
      posWeight: this.pos_weight,
      reduction: this.reduction,
    });
  }
}

/** The negative of log-probabilities (B, K, *) at class numbers (B, *). */
export class NLLLoss extends Loss {
  readonly reduction: Reduction;
  readonly ignoreIndex: number;
  declare weight: Tensor | null;

  constructor(options: NLLOptions = {}) {
    super();
    const defaults: Required<NLLOptions> = { reduction: 'mean', weight: null, ignoreIndex: -100 };
    const { reduction, weight, ignoreIndex } = resolveOptions('NLLLoss', defaults, options);
    this.reduction = reduction;
    this.ignoreIndex = ignoreIndex;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.nllLoss(input, target, this);
  }
}

/** Cross entropy of logits (B, K, *) with class numbers (B, *), or with probabilities of the same shape. */
export class CrossEntropyLoss extends Loss {
  readonly reduction: Reduction;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  declare weight: Tensor | null;

  constructor(options: CrossEntropyOptions = {}) {
    super();
    const defaults: Required<CrossEntropyOptions> = { reduction: 'mean', weight: null, ignoreIndex: -100, labelSmoothing: 0 };
    const { reduction, weight, ignoreIndex, labelSmoothing } = resolveOptions('CrossEntropyLoss', defaults, options);
    this.reduction = reduction;
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.crossEntropy(input, target, this);
  }
}
