import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { bindOptions, type Positional } from '../options';
import type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  NLLOptions,
  Reduction,
} from '../functional';
import { Loss } from './loss';

/** Binary cross entropy of probabilities; any shape. Prefer `BCEWithLogitsLoss`, which does not overflow. */
export class BCELoss extends Loss {
  readonly reduction: Reduction;
  declare weight: Tensor | null;

  constructor(...given: Positional<BinaryCrossEntropyOptions, 'BCELoss'>) {
    super();
    const defaults: Required<BinaryCrossEntropyOptions> = { reduction: 'mean', weight: null };
    const { reduction, weight } = bindOptions('BCELoss', defaults, given);
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

  constructor(...given: Positional<BinaryCrossEntropyWithLogitsOptions, 'BCEWithLogitsLoss'>) {
    super();
    const defaults: Required<BinaryCrossEntropyWithLogitsOptions> = {
      reduction: 'mean',
      weight: null,
      posWeight: null,
    };
    const { reduction, weight, posWeight } = bindOptions('BCEWithLogitsLoss', defaults, given);
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

  constructor(...given: Positional<NLLOptions, 'NLLLoss'>) {
    super();
    const defaults: Required<NLLOptions> = { reduction: 'mean', weight: null, ignoreIndex: -100 };
    const { reduction, weight, ignoreIndex } = bindOptions('NLLLoss', defaults, given);
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

  constructor(...given: Positional<CrossEntropyOptions, 'CrossEntropyLoss'>) {
    super();
    const defaults: Required<CrossEntropyOptions> = {
      reduction: 'mean',
      weight: null,
      ignoreIndex: -100,
      labelSmoothing: 0,
    };
    const { reduction, weight, ignoreIndex, labelSmoothing } = bindOptions('CrossEntropyLoss', defaults, given);
    this.reduction = reduction;
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
    this.registerBuffer('weight', weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.crossEntropy(input, target, this);
  }
}
