import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import * as init from '../init';
import {
  factoryDefaults,
  requireSizes,
  type FactoryOptions,
  bindOptions,
  type Arguments,
  type Positional,
} from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { Activation, type InplaceOptions } from './activation';

export interface GELUOptions {
  /** `'none'` for the exact `x Φ(x)`, `'tanh'` for its approximation. @default 'none' */
  readonly approximate?: 'none' | 'tanh';
}

/** `x Φ(x)` with the normal distribution's Φ (Hendrycks and Gimpel 2016, arXiv 1606.08415) */
export class GELU extends Activation {
  readonly approximate: 'none' | 'tanh';

  constructor(...given: Positional<GELUOptions, 'GELU'>) {
    super();
    this.approximate = bindOptions<Required<GELUOptions>>('GELU', { approximate: 'none' }, given).approximate;
  }

  forward(input: Tensor): Tensor {
    return torch.gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

export interface LeakyReLUOptions extends InplaceOptions {
  /** Slope below zero. @default 0.01 */
  readonly negativeSlope?: number;
}

/** `x` above zero, `negativeSlope x` below */
export class LeakyReLU extends Activation {
  readonly negativeSlope: number;
  readonly inplace: boolean;

  constructor(...given: Positional<LeakyReLUOptions, 'LeakyReLU'>) {
    super();
    const defaults: Required<LeakyReLUOptions> = { negativeSlope: 0.01, inplace: false };
    ({ negativeSlope: this.negativeSlope, inplace: this.inplace } = bindOptions('LeakyReLU', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return F.leakyRelu(input, this);
  }

  override extraRepr(): string {
    return `negative_slope=${repr.float(this.negativeSlope)}${this.inplace ? ', inplace=True' : ''}`;
  }
}

export interface ELUOptions extends InplaceOptions {
  /** The value that large negative inputs tend to is `-alpha`. @default 1 */
  readonly alpha?: number;
}

/** `x` above zero, `alpha (exp(x) - 1)` below */
export class ELU extends Activation {
  readonly alpha: number;
  readonly inplace: boolean;

  constructor(...given: Positional<ELUOptions, 'ELU'>) {
    super();
    const defaults: Required<ELUOptions> = { alpha: 1, inplace: false };
    ({ alpha: this.alpha, inplace: this.inplace } = bindOptions('ELU', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return F.elu(input, this);
  }

  override extraRepr(): string {
    return `alpha=${repr.float(this.alpha)}${this.inplace ? ', inplace=True' : ''}`;
  }
}

/** `x` above zero, `alpha (exp(x / alpha) - 1)` below (Barron 2017, arXiv 1704.07483) */
export class CELU extends Activation {
  readonly alpha: number;
  readonly inplace: boolean;

  constructor(...given: Positional<ELUOptions, 'CELU'>) {
    super();
    const defaults: Required<ELUOptions> = { alpha: 1, inplace: false };
    ({ alpha: this.alpha, inplace: this.inplace } = bindOptions('CELU', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return F.celu(input, this);
  }

  override extraRepr(): string {
    return `alpha=${repr.float(this.alpha)}${this.inplace ? ', inplace=True' : ''}`;
  }
}

export interface HardtanhOptions extends InplaceOptions {
  /** Least value. @default -1 */
  readonly minVal?: number;
  /** Largest value. @default 1 */
  readonly maxVal?: number;
}

/** `x` clamped to `[minVal, maxVal]` */
export class Hardtanh extends Activation {
  readonly minVal: number;
  readonly maxVal: number;
  readonly inplace: boolean;

  constructor(...given: Positional<HardtanhOptions, 'Hardtanh'>) {
    super();
    const defaults: Required<HardtanhOptions> = { minVal: -1, maxVal: 1, inplace: false };
    const { minVal, maxVal, inplace } = bindOptions('Hardtanh', defaults, given);
    this.minVal = minVal;
    this.maxVal = maxVal;
    this.inplace = inplace;
  }

  forward(input: Tensor): Tensor {
    return F.hardtanh(input, this);
  }

  override extraRepr(): string {
    const { minVal, maxVal, inplace } = this;
    return `min_val=${repr.float(minVal)}, max_val=${repr.float(maxVal)}${inplace ? ', inplace=True' : ''}`;
  }
}

/** `x` where it is above `threshold`, `value` elsewhere */
export class Threshold extends Activation {
  readonly threshold: number;
  readonly value: number;
  readonly inplace: boolean;

  constructor(...args: Arguments<[threshold: number, value: number], InplaceOptions, 'Threshold'>) {
    super();
    const defaults: Required<InplaceOptions> = { inplace: false };
    const { threshold, value, inplace } = bindOptions('Threshold', defaults, args);
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }

  forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this);
  }

  override extraRepr(): string {
    const { threshold, value, inplace } = this;
    return `threshold=${threshold}, value=${value}${inplace ? ', inplace=True' : ''}`;
  }
}

export interface SoftplusOptions {
  /** Steepness: the larger, the nearer to ReLU. @default 1 */
  readonly beta?: number;
  /** `beta x` above which the function is `x` itself. @default 20 */
  readonly threshold?: number;
}

/** `log(1 + exp(beta x)) / beta` */
export class Softplus extends Activation {
  readonly beta: number;
  readonly threshold: number;

  constructor(...given: Positional<SoftplusOptions, 'Softplus'>) {
    super();
    const defaults: Required<SoftplusOptions> = { beta: 1, threshold: 20 };
    ({ beta: this.beta, threshold: this.threshold } = bindOptions('Softplus', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return torch.softplus(input, this.beta, this.threshold);
  }

  override extraRepr(): string {
    return `beta=${repr.float(this.beta)}, threshold=${repr.float(this.threshold)}`;
  }
}

export interface ShrinkOptions {
  /** Half the width of the range that becomes zero. @default 0.5 */
  readonly lambd?: number;
}

/** `x` outside of `[-lambd, lambd]`, zero inside */
export class Hardshrink extends Activation {
  readonly lambd: number;

  constructor(...given: Positional<ShrinkOptions, 'Hardshrink'>) {
    super();
    this.lambd = bindOptions<Required<ShrinkOptions>>('Hardshrink', { lambd: 0.5 }, given).lambd;
  }

  forward(input: Tensor): Tensor {
    return torch.hardshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return repr.float(this.lambd);
  }
}

/** `x` moved by `lambd` towards zero, zero where it would cross it */
export class Softshrink extends Activation {
  readonly lambd: number;

  constructor(...given: Positional<ShrinkOptions, 'Softshrink'>) {
    super();
    this.lambd = bindOptions<Required<ShrinkOptions>>('Softshrink', { lambd: 0.5 }, given).lambd;
  }

  forward(input: Tensor): Tensor {
    return torch.softshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return repr.float(this.lambd);
  }
}

export interface RReLUOptions extends InplaceOptions {
  /** Least slope below zero. @default 1/8 */
  readonly lower?: number;
  /** Largest slope below zero. @default 1/3 */
  readonly upper?: number;
}

/** `x` above zero, below it a slope drawn for each element while training, their mean otherwise (Xu et al. 2015, arXiv 1505.00853) */
export class RReLU extends Activation {
  readonly lower: number;
  readonly upper: number;
  readonly inplace: boolean;

  constructor(...given: Positional<RReLUOptions, 'RReLU'>) {
    super();
    const defaults: Required<RReLUOptions> = { lower: 1 / 8, upper: 1 / 3, inplace: false };
    const { lower, upper, inplace } = bindOptions('RReLU', defaults, given);
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }

  forward(input: Tensor): Tensor {
    return F.rrelu(input, this);
  }

  override extraRepr(): string {
    const { lower, upper, inplace } = this;
    return `lower=${repr.float(lower)}, upper=${repr.float(upper)}${inplace ? ', inplace=True' : ''}`;
  }
}

export interface PReLUOptions extends FactoryOptions {
  /** One slope for all, or one for each channel. @default 1 */
  readonly numParameters?: number;
  /** The slope to start from. @default 0.25 */
  readonly init?: number;
}

/** `x` above zero, `weight x` below, with trained slopes: (B, C, *) (He et al. 2015, arXiv 1502.01852) */
export class PReLU extends Activation {
  readonly numParameters: number;
  readonly init: number;
  /** (numParameters) */
  declare weight: Parameter;

  constructor(...given: Positional<PReLUOptions, 'PReLU'>) {
    super();
    const defaults: Required<PReLUOptions> = { numParameters: 1, init: 0.25, ...factoryDefaults };
    const { numParameters, init: start, ...factory } = bindOptions('PReLU', defaults, given);
    requireSizes('PReLU', { numParameters }, 1);
    this.numParameters = numParameters;
    this.init = start;
    this.weight = new Parameter(torch.empty([numParameters], factory));
    this.resetParameters();
  }

  /** Fills `weight` with the `init` that the layer was made with. */
  resetParameters(): void {
    init.constant_(this.weight, this.init);
  }

  forward(input: Tensor): Tensor {
    return torch.prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}
