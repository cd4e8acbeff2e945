import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { bindOptions, type Positional } from '../options';

export interface CosineSimilarityOptions {
  /** Dimension along which vectors lie. @default 1 */
  readonly dim?: number;
  /** Least product of norms to divide by. @default 1e-8 */
  readonly eps?: number;
}

/** The cosine of the angle of vectors along `dim`: (B, D), (B, D) -> (B). */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(...given: Positional<CosineSimilarityOptions, 'CosineSimilarity'>) {
    super();
    const defaults: Required<CosineSimilarityOptions> = { dim: 1, eps: 1e-8 };
    ({ dim: this.dim, eps: this.eps } = bindOptions('CosineSimilarity', defaults, given));
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return torch.cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}

export interface PairwiseDistanceOptions {
  /** Order of the norm. @default 2 */
  readonly p?: number;
  /** Added to each difference. @default 1e-6 */
  readonly eps?: number;
  /** Keep the last dimension, of size 1. @default false */
  readonly keepdim?: boolean;
}

/** The norm of the difference of vectors: (B, D), (B, D) -> (B), or (B, 1) with `keepdim`. */
export class PairwiseDistance extends Module {
  readonly p: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(...given: Positional<PairwiseDistanceOptions, 'PairwiseDistance'>) {
    super();
    const defaults: Required<PairwiseDistanceOptions> = { p: 2, eps: 1e-6, keepdim: false };
    ({ p: this.p, eps: this.eps, keepdim: this.keepdim } = bindOptions('PairwiseDistance', defaults, given));
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return torch.pairwiseDistance(x1, x2, this.p, this.eps, this.keepdim);
  }
}
