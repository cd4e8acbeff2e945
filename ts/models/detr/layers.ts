import { functional, LayerNorm, Linear, Module } from '../../nn';
import type { Tensor } from '../../tensor';
import { activation } from '../activations';
import type { ModelFactory } from '../pretrained';
import { DetrAttention } from './attention';
import type { DetrConfig } from './config';

/** What an encoder and a decoder layer share: attention over their own tokens, an MLP, each added and then normalised. */
abstract class DetrLayer extends Module {
  readonly #config: DetrConfig;
  readonly #activate: (input: Tensor) => Tensor;
  readonly self_attn: DetrAttention;
  readonly self_attn_layer_norm: LayerNorm;

  protected constructor(config: DetrConfig, numHeads: number, factory?: ModelFactory) {
    super();
    this.#config = config;
    this.#activate = activation(config.activationFunction);
    this.self_attn = new DetrAttention(config, numHeads, factory);
    this.self_attn_layer_norm = new LayerNorm(config.dModel, factory);
  }

  /** Tokens among themselves; their places count for where to look, not for what is found: (B, N, D). */
  protected attendSelf(tokens: Tensor, positions: Tensor, mask?: Tensor): Tensor {
    const withPos = tokens.add(positions);
    return this.addAndNorm(
      tokens,
      this.self_attn.forward({ query: withPos, key: withPos, value: tokens, mask }),
      this.self_attn_layer_norm,
    );
  }

  protected addAndNorm(tokens: Tensor, change: Tensor, norm: LayerNorm): Tensor {
    return norm.forward(tokens.add(this.#drop(change, this.#config.dropout)));
  }

  protected mlp(tokens: Tensor, fc1: Linear, fc2: Linear, norm: LayerNorm): Tensor {
    const hidden = this.#drop(this.#activate(fc1.forward(tokens)), this.#config.activationDropout);
    return this.addAndNorm(tokens, fc2.forward(hidden), norm);
  }

  #drop(tokens: Tensor, p: number): Tensor {
    return functional.dropout(tokens, { p, training: this.training });
  }
}

/** The largest number that float16 holds, less the margin of transformers. */
const LARGEST_HALF = 65504 - 1000;

/** Features among themselves: (B, S, D) -> (B, S, D). */
export class DetrEncoderLayer extends DetrLayer {
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly final_layer_norm: LayerNorm;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super(config, config.encoderAttentionHeads, factory);
    this.fc1 = new Linear(config.dModel, config.encoderFfnDim, factory);
    this.fc2 = new Linear(config.encoderFfnDim, config.dModel, factory);
    this.final_layer_norm = new LayerNorm(config.dModel, factory);
  }

  /** @param mask (B, 1, 1, S), true where the image is */
  forward(features: Tensor, positions: Tensor, mask?: Tensor): Tensor {
    const output = this.mlp(this.attendSelf(features, positions, mask), this.fc1, this.fc2, this.final_layer_norm);
    return this.training && output.dtype === 'float16' ? output.clamp(-LARGEST_HALF, LARGEST_HALF) : output;
  }
}

/** What the decoder layers read of the image. */
export interface Memory {
  /** (B, S, D), the features that the encoder gives. */
  readonly features: Tensor;
  /** (B, S, D), the features with their places added. */
  readonly withPos: Tensor;
  /** (B, 1, 1, S), true where the image is; absent when it is everywhere. */
  readonly mask: Tensor | undefined;
}

/** Queries among themselves, then queries over the image: (B, Q, D) -> (B, Q, D). */
export class DetrDecoderLayer extends DetrLayer {
  readonly encoder_attn: DetrAttention;
  readonly encoder_attn_layer_norm: LayerNorm;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly final_layer_norm: LayerNorm;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super(config, config.decoderAttentionHeads, factory);
    this.encoder_attn = new DetrAttention(config, config.decoderAttentionHeads, factory);
    this.encoder_attn_layer_norm = new LayerNorm(config.dModel, factory);
    this.fc1 = new Linear(config.dModel, config.decoderFfnDim, factory);
    this.fc2 = new Linear(config.decoderFfnDim, config.dModel, factory);
    this.final_layer_norm = new LayerNorm(config.dModel, factory);
  }

  /** @param positions (1, Q, D), what tells the queries apart */
  forward(queries: Tensor, positions: Tensor, { features, withPos, mask }: Memory): Tensor {
    const query = this.attendSelf(queries, positions);
    const found = this.encoder_attn.forward({ query: query.add(positions), key: withPos, value: features, mask });
    return this.mlp(
      this.addAndNorm(query, found, this.encoder_attn_layer_norm),
      this.fc1,
      this.fc2,
      this.final_layer_norm,
    );
  }
}
