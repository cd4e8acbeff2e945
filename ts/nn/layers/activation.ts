import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { Module } from '../module';
import { bindOptions, type Positional } from '../options';

export interface InplaceOptions {
  /** Write the result into the input. @default false */
  readonly inplace?: boolean;
}

/** An activation without options. */
export abstract class Activation extends Module {
  abstract override forward(input: Tensor): Tensor;
}

/** An activation that can write into its input. */
abstract class InplaceActivation extends Activation {
  readonly inplace: boolean;

  constructor(...given: Positional<InplaceOptions, 'InplaceActivation'>) {
    super();
    this.inplace = bindOptions<Required<InplaceOptions>>(
      new.target.name,
      { inplace: false },
      given,
      'InplaceActivation',
    ).inplace;
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

/** `relu6(x + 3) / 6`; prints no options, as PyTorch's */
export class Hardsigmoid extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this);
  }

  override extraRepr(): string {
    return '';
  }
}

/** The exponential linear unit whose outputs tend to zero mean and unit variance (Klambauer et al. 2017, arXiv 1706.02515) */
export class SELU extends InplaceActivation {
  forward(input: Tensor): Tensor {
    return F.selu(input, this);
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

/** `log σ(x)`, without overflow */
export class LogSigmoid extends Activation {
  forward(input: Tensor): Tensor {
    return torch.logSigmoid(input);
  }
}

/** `x / (1 + |x|)` */
export class Softsign extends Activation {
  forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

/** `x - tanh(x)` */
export class Tanhshrink extends Activation {
  forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
