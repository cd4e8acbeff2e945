import type { Tensor } from '../../tensor';
import { localResponseNorm, type LocalResponseNormOptions } from '../functional';
import { Module } from '../module';
import { requireSizes } from '../options';
import { bindOptions, type Positional } from '../positions';
import * as repr from '../python-repr';

const defaults: Required<LocalResponseNormOptions> = { alpha: 1e-4, beta: 0.75, k: 1 };

/** Divides by a power of the mean square of `size` neighbouring channels: (B, C, *) (Krizhevsky et al. 2012). */
export class LocalResponseNorm extends Module {
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(
    readonly size: number,
    ...given: Positional<LocalResponseNormOptions, 'LocalResponseNorm'>
  ) {
    super();
    requireSizes('LocalResponseNorm', { size }, 1);
    ({ alpha: this.alpha, beta: this.beta, k: this.k } = bindOptions('LocalResponseNorm', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this);
  }

  override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${repr.float(alpha)}, beta=${repr.float(beta)}, k=${repr.float(k)}`;
  }
}
