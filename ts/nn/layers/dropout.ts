import type { Tensor } from '../../tensor';
import { dropout, dropout2d } from '../functional';
import { Module } from '../module';
import { requireProbability, resolveOptions } from '../options';
import * as repr from '../python-repr';

export interface DropoutOptions {
  /** Probability of an element (or channel) to become zero. @default 0.5 */
  readonly p?: number;
  /** Write into the input. @default false */
  readonly inplace?: boolean;
}

const defaults: Required<DropoutOptions> = { p: 0.5, inplace: false };

abstract class DropoutNd extends Module {
  readonly p: number;
  readonly inplace: boolean;

  /** Takes the probability alone, or all options. */
  constructor(options: number | DropoutOptions = {}) {
    super();
    const { p, inplace } = resolveOptions(new.target.name, defaults, typeof options === 'number' ? { p: options } : options);
    requireProbability(new.target.name, p);
    this.p = p;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${repr.float(this.p)}, inplace=${repr.bool(this.inplace)}`;
  }
}

/** While training, zeroes elements with probability `p` and divides the others by `1 - p`; any shape. */
export class Dropout extends DropoutNd {
  forward(input: Tensor): Tensor {
    const { p, training, inplace } = this;
    return dropout(input, { p, training, inplace });
  }
}

/** While training, zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, H, W). */
export class Dropout2d extends DropoutNd {
  forward(input: Tensor): Tensor {
    const { p, training, inplace } = this;
    return dropout2d(input, { p, training, inplace });
  }
}
