import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { Module } from '../module';
import { resolveOptions } from '../options';
import * as repr from '../python-repr';

export interface InplaceOptions {
  /** Write the result into the input. @default false */
  readonly inplace?: boolean;
}

/** An activation without options. */
abstract class Activation extends Module {
  abstract override forward(input: Tensor): Tensor;
}

/** An activation that can write into its input. */
abstract class InplaceActivation extends Activation {
  readonly inplace: boolean;

  constructor(options: InplaceOptions = {}) {
    super();
    this.inplace = resolveOptions<Required<InplaceOptions>>(new.target.name, { inplace: false }, options).inplace;
  }

  override extraRepr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/** `max(0, x)` */
export class ReLU extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.relu(input, this);
  }
}

/** `min(max(0, x), 6)` */
export class ReLU6 extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.relu6(input, this);
  }
}

/** `x σ(x)`, also called swish */
export class SiLU extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.silu(input, this);
  }
}

/** `x tanh(softplus(x))` */
export class Mish extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.mish(input, this);
  }
}

/** `x relu6(x + 3) / 6`; prints no options, as PyTorch's */
export class Hardswish extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.hardswish(input, this);
  }

  override extraRepr(): string {
    return '';
  }
}

/** `tanh(x)` */
export class Tanh extends Activation {
  forward(input: Tensor): Tensor {
    return torch.tanh(input);
  }
}

/** `1 / (1 + exp(-x))` */
export class Sigmoid extends Activation {
  forward(input: Tensor): Tensor {
    return torch.sigmoid(input);
  }
}

/** `x σ(1.702 x)`, the approximation of GELU that CLIP was trained with */
export class QuickGELU extends Activation {
  forward(input: Tensor): Tensor {
    return F.quickGelu(input);
  }
}

export interface GELUOptions {
  /** `'none'` for the exact `x Φ(x)`, `'tanh'` for its approximation. @default 'none' */
  readonly approximate?: 'none' | 'tanh';
}

/** `x Φ(x)` with the normal distribution's Φ (Hendrycks and Gimpel 2016, arXiv 1606.08415) */
export class GELU extends Activation {
  readonly approximate: 'none' | 'tanh';

  constructor(options: GELUOptions = {}) {
    super();
    this.approximate = resolveOptions<Required<GELUOptions>>('GELU', { approximate: 'none' }, options).approximate;
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

  constructor(options: LeakyReLUOptions = {}) {
    super();
    const defaults: Required<LeakyReLUOptions> = { negativeSlope: 0.01, inplace: false };
    ({ negativeSlope: this.negativeSlope, inplace: this.inplace } = resolveOptions('LeakyReLU', defaults, options));
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

  constructor(options: ELUOptions = {}) {
    super();
    const defaults: Required<ELUOptions> = { alpha: 1, inplace: false };
    ({ alpha: this.alpha, inplace: this.inplace } = resolveOptions('ELU', defaults, options));
  }

  forward(input: Tensor): Tensor {
    return F.elu(input, this);
  }

  override extraRepr(): string {
    return `alpha=${repr.float(this.alpha)}${this.inplace ? ', inplace=True' : ''}`;
  }
}

/** Exponentials along `dim`, divided by their sum */
export class Softmax extends Activation {
  constructor(readonly dim: number) {
    super();
  }

  forward(input: Tensor): Tensor {
    return torch.softmax(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The logarithm of the softmax along `dim`, without overflow */
export class LogSoftmax extends Activation {
  constructor(readonly dim: number) {
    super();
  }

  forward(input: Tensor): Tensor {
    return torch.logSoftmax(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
