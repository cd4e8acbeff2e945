/**
 * The parts of the Vision Transformer: patches that become tokens, and blocks of self-attention and an MLP, each on normalised
 * tokens and added to what came in.
 *
 * Shapes: B images, C channels, H x W pixels, N patches or tokens, D width of a token, nh heads of width hd.
 */
import { ShapeError } from '../../errors';
import { Conv2d, Dropout, functional, init, Module, Parameter, LayerNorm, Linear, ModuleList } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { heightWidth } from '../fields';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';
import type { ViTConfig } from './config';
import { activation } from '../activations';
import { throughLayers, type Recording } from '../forward';

/** Cuts an image into patches and projects each: (B, C, H, W) -> (B, N, D). */
class ViTPatchEmbeddings extends Module {
  readonly projection: Conv2d;

  constructor({ numChannels, hiddenSize, patchSize }: ViTConfig, factory?: ModelFactory) {
    super();
    const kernel = [...heightWidth(patchSize)];
    this.projection = new Conv2d(numChannels, hiddenSize, kernel, { stride: kernel, ...factory });
  }

  forward(pixelValues: Tensor): Tensor {
    return this.projection.forward(pixelValues).flatten(2).transpose(1, 2); // (B, C, H, W) -> (B, N, D)
  }
}

/** Patches, the class token before them, and the position embeddings. */
export class ViTEmbeddings extends Module implements SelfInitializing {
  readonly #config: ViTConfig;
  /** (1, 1, D) */
  declare cls_token: Parameter;
  readonly patch_embeddings: ViTPatchEmbeddings;
  /** (1, 1 + N, D) */
  declare position_embeddings: Parameter;
  readonly dropout: Dropout;

  constructor(config: ViTConfig, factory: ModelFactory = {}) {
    super();
    const { hiddenSize, numPatches, hiddenDropoutProb } = config;
    this.#config = config;
    this.cls_token = new Parameter(torch.randn([1, 1, hiddenSize], factory));
    this.patch_embeddings = new ViTPatchEmbeddings(config, factory);
    this.position_embeddings = new Parameter(torch.randn([1, 1 + numPatches, hiddenSize], factory));
    this.dropout = new Dropout(hiddenDropoutProb);
  }

  /** (B, C, H, W) -> (B, 1 + N, D) */
  forward(pixelValues: Tensor, interpolatePosEncoding: boolean): Tensor {
    const [batch, , height, width] = pixelValues.shape as [number, number, number, number];
    if (!interpolatePosEncoding) this.#requireSize(height, width);
    const patches = this.patch_embeddings.forward(pixelValues); // (B, N, D)
    const tokens = torch.cat([this.cls_token.expand([batch, -1, -1]), patches], 1); // (B, 1 + N, D)
    return this.dropout.forward(tokens.add(this.#positions(height, width)));
  }

  #requireSize(height: number, width: number): void {
    const [expectedHeight, expectedWidth] = heightWidth(this.#config.imageSize);
    if (height === expectedHeight && width === expectedWidth) return;
    throw new ShapeError(
      `pixelValues: expected images of ${expectedHeight}x${expectedWidth}, found ${height}x${width}; resize them, or pass interpolatePosEncoding: true.`,
    );
  }

  /** The position embeddings for an image of this size: (1, 1 + N, D). */
  #positions(height: number, width: number): Tensor {
    const [patchHeight, patchWidth] = heightWidth(this.#config.patchSize);
    const grid = [Math.floor(height / patchHeight), Math.floor(width / patchWidth)] as const;
    return interpolatePositions(this.position_embeddings, this.#config.grid, grid);
  }

  initializeWeights(range: number, needsInit: (parameter: Parameter) => boolean): void {
    for (const parameter of [this.position_embeddings, this.cls_token]) {
      if (needsInit(parameter)) init.truncNormal_(parameter, 0, range);
    }
  }
}

/**
 * Position embeddings for another grid of patches, by bicubic interpolation as transformers and DINO do it; the class
 * token keeps its own: (1, 1 + h w, D) -> (1, 1 + h' w', D). The same tensor when the grid stays.
 */
export function interpolatePositions(
  positions: Tensor,
  from: readonly [number, number],
  to: readonly [number, number],
): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return positions;
  const width = positions.shape[2]!;
  const patches = positions
    .narrow(1, 1, positions.shape[1]! - 1)
    .reshape([1, ...from, width])
    .permute([0, 3, 1, 2]); // (1, h w, D) -> (1, D, h, w)
  const resized = functional.interpolate(patches, { size: to, mode: 'bicubic', alignCorners: false });
  const tokens = resized.permute([0, 2, 3, 1]).reshape([1, -1, width]); // (1, D, h', w') -> (1, h' w', D)
  return torch.cat([positions.narrow(1, 0, 1), tokens], 1);
}

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
    return throughLayers(this.layer, tokens, recording, (layer, current) => layer.forward(current, recording));
  }
}
