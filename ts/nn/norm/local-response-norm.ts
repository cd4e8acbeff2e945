import type { Tensor } from '../../tensor';
import { localResponseNorm, type LocalResponseNormOptions } from '../functional';
import { Module } from '../module';
import { requireSizes, bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';

const defaults: Required<LocalResponseNormOptions> = { alpha: 1e-4, beta: 0.75, k: 1 };

/** Divides by a power of the mean square of `size` neighbouring channels: (B, C, *) (Krizhevsky et al. 2012). */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(...args: Arguments<[size: number], LocalResponseNormOptions, 'LocalResponseNorm'>) {
    super();
    const { size, alpha, beta, k } = bindOptions('LocalResponseNorm', defaults, args);
    requireSizes('LocalResponseNorm', { size }, 1);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this);
  }

  override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${repr.float(alpha)}, beta=${repr.float(beta)}, k=${repr.float(k)}`;
  }
}
