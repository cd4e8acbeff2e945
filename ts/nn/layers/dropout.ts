import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { Module } from '../module';
import { requireProbability, bindOptions, type Positional } from '../options';
import * as repr from '../python-repr';

export interface DropoutOptions {
  /** Probability of an element (or channel) to be dropped. @default 0.5 */
  readonly p?: number;
  /** Write into the input. @default false */
  readonly inplace?: boolean;
}

const defaults: Required<DropoutOptions> = { p: 0.5, inplace: false };

abstract class DropoutNd extends Module {
  readonly p: number;
  readonly inplace: boolean;

  constructor(...given: Positional<DropoutOptions, 'Dropout'>) {
    super();
    const { p, inplace } = bindOptions(new.target.name, defaults, given, 'Dropout');
    requireProbability(new.target.name, p);
    this.p = p;
    this.inplace = inplace;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return `p=${repr.float(this.p)}, inplace=${repr.bool(this.inplace)}`;
  }
}

/** While training, zeroes elements with probability `p` and divides the others by `1 - p`; any shape. */
export class Dropout extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.dropout(input, this);
  }
}

/** While training, zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, L), or (C, L). */
export class Dropout1d extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.dropout1d(input, this);
  }
}

/** While training, zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, H, W). */
export class Dropout2d extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.dropout2d(input, this);
  }
}

/** While training, zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, D, H, W). */
export class Dropout3d extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.dropout3d(input, this);
  }
}

/** While training, drops elements such that mean and variance stay, as `SELU` needs it (Klambauer et al. 2017, arXiv 1706.02515). */
export class AlphaDropout extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.alphaDropout(input, this);
  }
}

/** `AlphaDropout` of whole channels: (B, C, *). */
export class FeatureAlphaDropout extends DropoutNd {
  forward(input: Tensor): Tensor {
    return F.featureAlphaDropout(input, this);
  }
}
