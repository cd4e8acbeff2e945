/**
 * The transformer of DETR (Carion et al. 2020, section 3.2 and figure 10): the encoder reads the map of the backbone, the
 * decoder asks Q queries of what it gives, the memory. In contrast to Vaswani et al. 2017 (arXiv 1706.03762) the position
 * encodings are added to queries and keys in every layer. They say where to look, not what is found, so values go without.
 *
 * Shapes: B images, S positions of the map, Q queries, D width, nh heads of width hd.
 */
import { functional, LayerNorm, Linear, Module, ModuleList } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { activation } from '../activations';
import { initializeWeights } from '../initialize';
import { throughLayers, type Recording } from '../forward';
import type { ModelFactory } from '../pretrained';
import type { DetrConfig } from './config';

/** What an attention takes; N queries, S keys with their values. */
export interface AttentionInput {
  /** (B, N, D) */
  readonly query: Tensor;
  /** (B, S, D) */
  readonly key: Tensor;
  /** (B, S, D) */
  readonly value: Tensor;
  /** (B, 1, 1, S), true for the keys that take part; all do when it is absent. */
  readonly mask?: Tensor;
}

/** Attention in `nh` heads: (B, N, D). */
class DetrAttention extends Module {
  readonly #config: DetrConfig;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly q_proj: Linear;
  readonly out_proj: Linear;

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

  /** @param list which list of the recording gets the weights, (B, nh, N, S) */
  forward(
    { query, key, value, mask }: AttentionInput,
    recording?: Recording,
    list: 'attentions' | 'crossAttentions' = 'attentions',
  ): Tensor {
    const { attnImplementation, attentionDropout } = this.#config;
    const [q, k, v] = [
      this.#heads(this.q_proj, query),
      this.#heads(this.k_proj, key),
      this.#heads(this.v_proj, value),
    ] as const;
    const dropoutP = this.training ? attentionDropout : 0;
    if (attnImplementation !== 'eager' && !recording?.wantsAttentions)
      // One operator that never holds the (N, S) weights of all heads.
      return this.#project(torch.scaledDotProductAttention(q, k, v, { attnMask: mask, dropoutP }));
    const weights = functional.dropout(attentionWeights(q, k, mask), { p: dropoutP });
    recording?.add(list, weights);
    return this.#project(weights.matmul(v));
  }

  /** (B, nh, N, hd) -> (B, N, D) */
  #project(mixed: Tensor): Tensor {
    return this.out_proj.forward(mixed.transpose(1, 2).flatten(2));
  }

  #heads(layer: Linear, tokens: Tensor): Tensor {
    return layer.forward(tokens).unflatten(2, [this.numHeads, -1]).transpose(1, 2); // (B, N, D) -> (B, nh, N, hd)
  }
}

/** The weight of each key for each query: (B, nh, N, hd), (B, nh, S, hd) -> (B, nh, N, S) */
function attentionWeights(query: Tensor, key: Tensor, mask: Tensor | undefined): Tensor {
  const scores = query.matmul(key.transpose(2, 3)).mul(query.shape[3]! ** -0.5); // (B, nh, N, S)
  if (!mask) return torch.softmax(scores, -1);
  // As transformers: by -Infinity an image that is all padding would have NaN for weights.
  return torch.softmax(scores.maskedFill(mask.logicalNot(), torch.finfo(scores.dtype).min), -1);
}

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

  /** (B, N, D) and its positions, of the same shape or (1, N, D) -> (B, N, D) */
  protected attendSelf(tokens: Tensor, pos: Tensor, mask?: Tensor, recording?: Recording): Tensor {
    const withPos = tokens.add(pos);
    const change = this.self_attn.forward({ query: withPos, key: withPos, value: tokens, mask }, recording);
    return this.addAndNorm(tokens, change, this.self_attn_layer_norm);
  }

  protected addAndNorm(tokens: Tensor, change: Tensor, norm: LayerNorm): Tensor {
    return norm.forward(tokens.add(this.#drop(change, this.#config.dropout)));
  }

  /** The layers are the subclass's, since the decoder has others between them and `self_attn`: (B, N, D) -> (B, N, D). */
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

/** The map among itself: (B, S, D) -> (B, S, D). */
class DetrEncoderLayer extends DetrLayer {
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
  forward(src: Tensor, pos: Tensor, mask?: Tensor, recording?: Recording): Tensor {
    const output = this.mlp(this.attendSelf(src, pos, mask, recording), this.fc1, this.fc2, this.final_layer_norm);
    return this.training && output.dtype === 'float16' ? output.clamp(-LARGEST_HALF, LARGEST_HALF) : output;
  }
}

/** What the decoder layers read of the image. */
export interface Memory {
  /** (B, S, D), the output of the encoder. */
  readonly memory: Tensor;
  /** (B, S, D), the same with the position encodings added. */
  readonly memoryWithPos: Tensor;
  /** (B, 1, 1, S), true where the image is; absent when it is everywhere. */
  readonly mask: Tensor | undefined;
}

/** Queries among themselves, then queries over the memory: (B, Q, D) -> (B, Q, D). */
class DetrDecoderLayer extends DetrLayer {
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

  /** @param queryPos (1, Q, D), what tells the queries apart */
  forward(tgt: Tensor, queryPos: Tensor, { memory, memoryWithPos, mask }: Memory, recording?: Recording): Tensor {
    const queries = this.attendSelf(tgt, queryPos, undefined, recording);
    const input = { query: queries.add(queryPos), key: memoryWithPos, value: memory, mask };
    const change = this.encoder_attn.forward(input, recording, 'crossAttentions');
    const attended = this.addAndNorm(queries, change, this.encoder_attn_layer_norm);
    return this.mlp(attended, this.fc1, this.fc2, this.final_layer_norm);
  }
}

/** The encoder layers, one after the other: (B, S, D) -> (B, S, D). */
export class DetrEncoder extends Module {
  readonly #dropout: number;
  readonly layers: ModuleList<DetrEncoderLayer>;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super();
    this.#dropout = config.dropout;
    this.layers = new ModuleList(
      Array.from({ length: config.encoderLayers }, () => new DetrEncoderLayer(config, factory)),
    );
    // As in transformers, where this is a pretrained model of its own: it draws its weights before DetrModel draws the rest.
    if (factory?.device !== 'meta') initializeWeights(this, config.initStd);
  }

  forward(src: Tensor, pos: Tensor, mask?: Tensor, recording?: Recording): Tensor {
    const input = functional.dropout(src, { p: this.#dropout, training: this.training });
    return throughLayers(this.layers, input, recording, (layer, current) =>
      layer.forward(current, pos, mask, recording),
    );
  }
}

/** The decoder layers, one after the other, and the normalisation that they share. */
export class DetrDecoder extends Module {
  readonly #config: DetrConfig;
  readonly layers: ModuleList<DetrDecoderLayer>;
  readonly layernorm: LayerNorm;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super();
    this.#config = config;
    this.layers = new ModuleList(
      Array.from({ length: config.decoderLayers }, () => new DetrDecoderLayer(config, factory)),
    );
    this.layernorm = new LayerNorm(config.dModel, factory);
    // As in transformers, where this is a pretrained model of its own: it draws its weights before DetrModel draws the rest.
    if (factory?.device !== 'meta') initializeWeights(this, config.initStd);
  }

  /**
   * The normalised output of each layer when there are auxiliary losses, else of the last alone; all (B, Q, D).
   *
   * The authors normalise a copy of what goes on to the next layer. transformers, with `auxiliaryLoss`, hands the
   * normalised one on, and so normalises the last output twice.
   */
  forward(tgt: Tensor, queryPos: Tensor, memory: Memory, recording?: Recording): Tensor[] {
    const { auxiliaryLoss, hasAuxiliaryLoss } = this.#config;
    const outputs: Tensor[] = [];
    const states = [tgt];
    let current = tgt;
    for (const layer of this.layers) {
      current = layer.forward(current, queryPos, memory, recording);
      states.push(current);
      const normalised = hasAuxiliaryLoss ? this.layernorm.forward(current) : current;
      if (auxiliaryLoss) current = normalised;
      outputs.push(normalised);
    }
    if (!hasAuxiliaryLoss || auxiliaryLoss) outputs[outputs.length - 1] = this.layernorm.forward(current);
    // As transformers has them: before the shared normalisation, but for the last.
    for (const state of [...states.slice(0, -1), outputs.at(-1)!]) recording?.add('hiddenStates', state);
    return hasAuxiliaryLoss ? outputs : outputs.slice(-1);
  }
}
