import { functional, Linear, Module } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { ModelFactory } from '../pretrained';
import type { DetrConfig } from './config';

/** What looks, what it looks at, and what it finds there. */
export interface AttentionInput {
  /** (B, N, D) */
  readonly query: Tensor;
  /** (B, S, D) */
  readonly key: Tensor;
  /** (B, S, D) */
  readonly value: Tensor;
  /** (B, 1, 1, S), true where may be looked; everywhere when absent. */
  readonly mask?: Tensor;
}

/** Attention in `nh` heads of width `hd` (Vaswani et al. 2017, arXiv 1706.03762): (B, N, D). */
export class DetrAttention extends Module {
  readonly #config: DetrConfig;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly q_proj: Linear;
  readonly out_proj: Linear;
  /** Sees the weights of attention, (B, nh, N, S), which are then computed apart. */
  watch: ((weights: Tensor) => void) | undefined;

  constructor(
    config: DetrConfig,
    readonly numHeads: number,
    factory?: ModelFactory,
  ) {
    super();
    this.#config = config;
    const { dModel } = config;
    this.k_proj = new Linear(dModel, dModel, factory);
    this.v_proj = new Linear(dModel, dModel, factory);
    this.q_proj = new Linear(dModel, dModel, factory);
    this.out_proj = new Linear(dModel, dModel, factory);
  }

  forward({ query, key, value, mask }: AttentionInput): Tensor {
    const { attnImplementation, attentionDropout } = this.#config;
    const heads = [
      this.#heads(this.q_proj, query),
      this.#heads(this.k_proj, key),
      this.#heads(this.v_proj, value),
    ] as const;
    const dropoutP = this.training ? attentionDropout : 0;
    const isEager = attnImplementation === 'eager' || this.watch !== undefined;
    const mixed = isEager
      ? eagerAttention(...heads, mask, dropoutP, this.watch)
      : fusedAttention(...heads, mask, dropoutP);
    return this.out_proj.forward(mixed.transpose(1, 2).flatten(2)); // (B, nh, N, hd) -> (B, N, D)
  }

  #heads(layer: Linear, tokens: Tensor): Tensor {
    return layer.forward(tokens).unflatten(2, [this.numHeads, -1]).transpose(1, 2); // (B, N, D) -> (B, nh, N, hd)
  }
}

/** One operator that never holds the (N, S) scores of all heads. */
function fusedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask: Tensor | undefined,
  dropoutP: number,
): Tensor {
  return torch.scaledDotProductAttention(query, key, value, { attnMask, dropoutP });
}

/** The same, written out. */
function eagerAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | undefined,
  dropoutP: number,
  watch?: (weights: Tensor) => void,
): Tensor {
  const scores = query.matmul(key.transpose(2, 3)).mul(query.shape[3]! ** -0.5); // (B, nh, N, S)
  const masked = mask ? scores.maskedFill(mask.logicalNot(), -Infinity) : scores;
  const weights = torch.softmax(masked, -1);
  watch?.(weights);
  return functional.dropout(weights, { p: dropoutP }).matmul(value);
}
