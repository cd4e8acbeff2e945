import { LayerNorm, Linear, Module, ModuleList } from '../../nn';
import type { Tensor } from '../../tensor';
import { activation } from '../activations';
import type { ModelFactory } from '../pretrained';
import { ViTAttention, ViTOutput } from './attention';
import type { ViTConfig } from './config';

/** The widening half of the MLP: (B, N, D) -> (B, N, intermediate). */
export class ViTIntermediate extends Module {
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

  forward(tokens: Tensor): Tensor {
    const attended = this.attention.forward(this.layernorm_before.forward(tokens)).add(tokens);
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

  forward(tokens: Tensor): Tensor {
    let current = tokens;
    for (const layer of this.layer) {
      const next = layer.forward(current);
      // Not at the end of this forward: without a backward pass to come, two of them are enough at a time.
      if (current !== tokens) current.dispose();
      current = next;
    }
    return current;
  }
}
