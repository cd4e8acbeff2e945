import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { CTCOptions, GaussianNLLOptions, KLDivOptions, PoissonNLLOptions, Reduction } from '../functional';
import { Module } from '../module';
import { resolveOptions, bindOptions, type Positional } from '../options';
import { Loss } from './loss';

/** Kullback-Leibler divergence of probabilities `target` from log-probabilities `input`; any shape. */
export class KLDivLoss extends Loss {
  readonly reduction: Reduction | 'batchmean';
  readonly logTarget: boolean;

  constructor(...given: Positional<KLDivOptions, 'KLDivLoss'>) {
    super();
    const defaults: Required<KLDivOptions> = { reduction: 'mean', logTarget: false };
    ({ reduction: this.reduction, logTarget: this.logTarget } = bindOptions('KLDivLoss', defaults, given));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.klDiv(input, target, this);
  }
}

/** Connectionist temporal classification: log-probabilities (T, B, K), class numbers (B, S), and their lengths (B). */
export class CTCLoss extends Module {
  readonly blank: number;
  readonly zeroInfinity: boolean;
  readonly reduction: Reduction;

  constructor(...given: Positional<CTCOptions, 'CTCLoss'>) {
    super();
    const defaults: Required<CTCOptions> = { blank: 0, zeroInfinity: false, reduction: 'mean' };
    const { blank, zeroInfinity, reduction } = bindOptions('CTCLoss', defaults, given);
    this.blank = blank;
    this.zeroInfinity = zeroInfinity;
    this.reduction = reduction;
  }

  forward(
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Tensor | readonly number[],
    targetLengths: Tensor | readonly number[],
  ): Tensor {
    return F.ctcLoss(logProbs, targets, inputLengths, targetLengths, this);
  }
}

/** Negative log-likelihood of counts under Poisson distributions, of rates or their logarithms; any shape. */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;
  readonly reduction: Reduction;

  constructor(...given: Positional<PoissonNLLOptions, 'PoissonNLLLoss'>) {
    super();
    const defaults: Required<PoissonNLLOptions> = { logInput: true, full: false, eps: 1e-8, reduction: 'mean' };
    const { logInput, full, eps, reduction } = bindOptions('PoissonNLLLoss', defaults, given);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
    this.reduction = reduction;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.poissonNllLoss(input, target, this);
  }
}

/** Negative log-likelihood under normal distributions of given means and variances; any shape. */
export class GaussianNLLLoss extends Module {
  readonly full: boolean;
  readonly eps: number;
  readonly reduction: Reduction;

  constructor(options: GaussianNLLOptions = {}) {
    super();
    const defaults: Required<GaussianNLLOptions> = { full: false, eps: 1e-6, reduction: 'mean' };
    const { full, eps, reduction } = resolveOptions('GaussianNLLLoss', defaults, options);
    this.full = full;
    this.eps = eps;
    this.reduction = reduction;
  }

  forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    return F.gaussianNllLoss(input, target, variance, this);
  }
}
