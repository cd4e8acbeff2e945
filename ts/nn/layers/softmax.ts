import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { softmin } from '../functional';
import { expected, bindOptions, type Arguments, type NoOptions, type Positional } from '../options';
import { Activation } from './activation';

/** PyTorch guesses a dimension that is left out by the input's, and warns; here it has to be said. */
function requireDim(owner: string, dim: unknown): void {
  if (!Number.isInteger(dim))
    throw expected(owner, 'the dimension to normalise along', dim, `write new ${owner}(-1) for the last one`);
}

/** Exponentials along `dim`, divided by their sum */
export class Softmax extends Activation {
  readonly dim: number;

  constructor(...args: Arguments<[dim: number], NoOptions, 'Softmax'>) {
    super();
    const { dim } = bindOptions('Softmax', {}, args);
    this.dim = dim;
    requireDim('Softmax', dim);
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
  readonly dim: number;

  constructor(...args: Arguments<[dim: number], NoOptions, 'Softmax'>) {
    super();
    const { dim } = bindOptions('LogSoftmax', {}, args, 'Softmax');
    this.dim = dim;
    requireDim('LogSoftmax', dim);
  }

  forward(input: Tensor): Tensor {
    return torch.logSoftmax(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The softmax of `-x` along `dim` */
export class Softmin extends Activation {
  readonly dim: number;

  constructor(...args: Arguments<[dim: number], NoOptions, 'Softmax'>) {
    super();
    const { dim } = bindOptions('Softmin', {}, args, 'Softmax');
    this.dim = dim;
    requireDim('Softmin', dim);
  }

  forward(input: Tensor): Tensor {
    return softmin(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The softmax over the channels: (B, C, H, W) or (C, H, W) */
export class Softmax2d extends Activation {
  forward(input: Tensor): Tensor {
    if (input.ndim !== 3 && input.ndim !== 4)
      throw new ShapeError(`Softmax2d expects (B, C, H, W) or (C, H, W), got [${input.shape.join(', ')}].`);
    return torch.softmax(input, -3);
  }
}

export interface GLUOptions {
  /** Dimension to split in two halves. @default -1 */
  readonly dim?: number;
}

/** `a σ(b)` of the two halves of the input along `dim` (Dauphin et al. 2016, arXiv 1612.08083) */
export class GLU extends Activation {
  readonly dim: number;

  constructor(...given: Positional<GLUOptions, 'GLU'>) {
    super();
    this.dim = bindOptions<Required<GLUOptions>>('GLU', { dim: -1 }, given).dim;
  }

  forward(input: Tensor): Tensor {
    return torch.glu(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
