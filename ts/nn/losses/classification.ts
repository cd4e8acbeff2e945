import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  NLLOptions,
  Reduction,
} from '../functional';
import { resolveOptions } from '../options';
import { Loss } from './loss';

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
