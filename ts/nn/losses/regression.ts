import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { LossOptions, Reduction } from '../functional';
import { bindOptions, type Positional } from '../options';
import { Loss } from './loss';

/** Mean of `(x - y)²`; any shape. */
export class MSELoss extends Loss {
  readonly reduction: Reduction;

  constructor(...given: Positional<LossOptions, 'MSELoss'>) {
    super();
    ({ reduction: this.reduction } = bindOptions<Required<LossOptions>>('MSELoss', { reduction: 'mean' }, given));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, this);
  }
}

/** Mean of `|x - y|`; any shape. */
export class L1Loss extends Loss {
  readonly reduction: Reduction;

  constructor(...given: Positional<LossOptions, 'L1Loss'>) {
    super();
    ({ reduction: this.reduction } = bindOptions<Required<LossOptions>>('L1Loss', { reduction: 'mean' }, given));
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

  constructor(...given: Positional<SmoothL1LossOptions, 'SmoothL1Loss'>) {
    super();
    const defaults: Required<SmoothL1LossOptions> = { reduction: 'mean', beta: 1 };
    ({ reduction: this.reduction, beta: this.beta } = bindOptions('SmoothL1Loss', defaults, given));
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

  constructor(...given: Positional<HuberLossOptions, 'HuberLoss'>) {
    super();
    const defaults: Required<HuberLossOptions> = { reduction: 'mean', delta: 1 };
    ({ reduction: this.reduction, delta: this.delta } = bindOptions('HuberLoss', defaults, given));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, this);
  }
}
