/**
 * The blocks of the Vision Transformer: self-attention and an MLP, each on normalised tokens and added to what came in.
 *
 * Shapes: B images, N tokens, D width of a token, nh heads of width hd.
 */
import { functional, LayerNorm, Linear, Module, ModuleList } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { activation } from '../activations';
import type { Recording } from '../outputs';
import type { ModelFactory } from '../pretrained';
import type { ViTConfig } from './config';

/** Every token looks at every token, in `nh` heads at once: (B, N, D) -> (B, N, nh hd). */
class ViTSelfAttention extends Module {
  readonly #config: ViTConfig;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;

  constructor(config: ViTConfig, factory?: ModelFactory) {
    super();
    this.#config = config;
    const { hiddenSize, numAttentionHeads, headWidth, qkvBias } = config;
    const linear = (): Linear => new Linear(hiddenSize, numAttentionHeads * headWidth, { bias: qkvBias, ...factory });
    this.query = linear();
    this.key = linear();
    this.value = linear();
  }

  forward(tokens: Tensor, recording?: Recording): Tensor {
    const [batch, length] = tokens.shape as [number, number];
    const { numAttentionHeads, headWidth, attentionProbsDropoutProb, attnImplementation } = this.#config;
    const heads = (layer: Linear): Tensor =>
      layer.forward(tokens).view([batch, length, numAttentionHeads, headWidth]).transpose(1, 2); // (B, N, nh hd) -> (B, nh, N, hd)
    const [query, key, value] = [heads(this.query), heads(this.key), heads(this.value)];
    const dropoutP = this.training ? attentionProbsDropoutProb : 0;
    const scale = headWidth ** -0.5;
    const mixed =
      attnImplementation === 'eager' || recording?.wantsAttentions
        ? eagerAttention(query, key, value, scale, dropoutP, recording)
        : torch.scaledDotProductAttention(query, key, value, { dropoutP, scale }); // never holds the (N, N) weights
    return mixed.transpose(1, 2).reshape([batch, length, numAttentionHeads * headWidth]); // (B, nh, N, hd) -> (B, N, nh hd)
  }
}

/** Softmax of query and key, times value, written out. */
function eagerAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  scale: number,
  dropoutP: number,
  recording?: Recording,
): Tensor {
  const scores = query.matmul(key.transpose(2, 3)).mul(scale); // (B, nh, N, N)
  const weights = functional.dropout(torch.softmax(scores, -1, { dtype: 'float32' }).to(query.dtype), { p: dropoutP });
  recording?.add('attentions', weights);
  return weights.matmul(value);
}

/** A linear layer and its dropout, under the names of the hub. */
class ViTOutput extends Module {
  readonly dense: Linear;

  constructor(
    inFeatures: number,
    readonly dropoutProb: number,
    outFeatures: number,
    factory?: ModelFactory,
  ) {
    super();
    this.dense = new Linear(inFeatures, outFeatures, factory);
  }

  forward(tokens: Tensor): Tensor {
    return functional.dropout(this.dense.forward(tokens), { p: this.dropoutProb, training: this.training });
  }
}

/** Self-attention and the projection behind it: (B, N, D) -> (B, N, D). */
class ViTAttention extends Module {
  readonly attention: ViTSelfAttention;
  readonly output: ViTOutput;

  constructor(config: ViTConfig, factory?: ModelFactory) {
    super();
    const { numAttentionHeads, headWidth, hiddenSize, hiddenDropoutProb } = config;
    this.attention = new ViTSelfAttention(config, factory);
    this.output = new ViTOutput(numAttentionHeads * headWidth, hiddenDropoutProb, hiddenSize, factory);
  }

  forward(tokens: Tensor, recording?: Recording): Tensor {
    return this.output.forward(this.attention.forward(tokens, recording));
  }
}

/** The widening half of the MLP: (B, N, D) -> (B, N, intermediate). */
class ViTIntermediate extends Module {
  readonly #activate: (input: Tensor) => Tensor;
  readonly dense: Linear;

  constructor({ hiddenSize, intermediateSize, hiddenAct }: ViTConfig, factory?: ModelFactory) {
    super();
    this.#activate = activation(hiddenAct);
    this.dense = new Linear(hiddenSize, intermediateSize, factory);
  }

  forward(tokens: Tensor): Tensor {
    return this.#activate(this.dense.forward(tokens));
  }
}

/** One block: attention, then MLP, each on normalised tokens and added to what came in: (B, N, D) -> (B, N, D). */
export class ViTLayer extends Module {
  readonly attention: ViTAttention;
  readonly layernorm_before: LayerNorm;
  readonly layernorm_after: LayerNorm;
  readonly intermediate: ViTIntermediate;
  readonly output: ViTOutput;

  constructor(config: ViTConfig, factory?: ModelFactory) {
    super();
    const { hiddenSize, intermediateSize, layerNormEps: eps, hiddenDropoutProb } = config;
    this.attention = new ViTAttention(config, factory);
    this.layernorm_before = new LayerNorm(hiddenSize, { eps, ...factory });
    this.layernorm_after = new LayerNorm(hiddenSize, { eps, ...factory });
    this.intermediate = new ViTIntermediate(config, factory);
    this.output = new ViTOutput(intermediateSize, hiddenDropoutProb, hiddenSize, factory);
  }

  forward(tokens: Tensor, recording?: Recording): Tensor {
    const attended = this.attention.forward(this.layernorm_before.forward(tokens), recording).add(tokens);
    return this.output.forward(this.intermediate.forward(this.layernorm_after.forward(attended))).add(attended);
  }
}

/** The blocks, one after the other: (B, N, D) -> (B, N, D). */
export class ViTEncoder extends Module {
  readonly layer: ModuleList<ViTLayer>;

  constructor(config: ViTConfig, factory?: ModelFactory) {
    super();
    this.layer = new ModuleList(Array.from({ length: config.numHiddenLayers }, () => new ViTLayer(config, factory)));
  }

  forward(tokens: Tensor, recording?: Recording): Tensor {
    recording?.add('hiddenStates', tokens);
    let current = tokens;
    for (const layer of this.layer) {
      const next = layer.forward(current, recording);
      recording?.add('hiddenStates', next);
      // The scope of this forward would free them only at its end; without autograd, which saves them, two at a time are enough.
      if (current !== tokens && !recording?.wantsHiddenStates) current.dispose();
      current = next;
    }
    return current;
  }
}
