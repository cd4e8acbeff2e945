/**
 * The Vision Transformer of Dosovitskiy et al. 2020 (arXiv 2010.11929): an image cut into patches, read by a transformer
 * as a sentence. It follows transformers 5.18 (modeling_vit.py) operator by operator, under the parameter names of the
 * hub's files. It differs in that images and patches need not be square, and position embeddings are interpolated already
 * when weights are loaded for another image size.
 *
 * Shapes: B images, C channels, H x W pixels, N patches, D width of a token, nh heads of width hd, K labels.
 */
import { checkOptions } from '../../options';
import { Identity, LayerNorm, Linear, Module } from '../../nn';
import type { Tensor } from '../../tensor';
import { activation } from '../activations';
import { classificationLoss, type ClassificationInput, type ClassificationOutput } from '../classification';
import { Recording, requirePixels, type OutputOptions } from '../forward';
import { PretrainedModel, type ModelFactory } from '../pretrained';
import { renameKeys, type KeyRule } from '../weights';
import { ViTConfig } from './config';
import { interpolatePositions, ViTEmbeddings, ViTEncoder } from './layers';

/**
 * From the names that transformers 5 uses in memory to those of the files on the hub, which every version reads and writes
 * (transformers 5.18, conversion_mapping.py, "ViTModel").
 */
const PUBLISHED: readonly KeyRule[] = [
  [/^layers\.(\d+)\./, 'encoder.layer.$1.'],
  [/^(encoder\.layer\.\d+)\.attention\.q_proj\./, '$1.attention.attention.query.'],
  [/^(encoder\.layer\.\d+)\.attention\.k_proj\./, '$1.attention.attention.key.'],
  [/^(encoder\.layer\.\d+)\.attention\.v_proj\./, '$1.attention.attention.value.'],
  [/^(encoder\.layer\.\d+)\.attention\.o_proj\./, '$1.attention.output.dense.'],
  [/^(encoder\.layer\.\d+)\.mlp\.fc1\./, '$1.intermediate.dense.'],
  [/^(encoder\.layer\.\d+)\.mlp\.fc2\./, '$1.output.dense.'],
];

/** What a ViT takes. */
export interface ViTInput extends OutputOptions {
  /** (B, C, H, W), normalised as the checkpoint's preprocessor_config.json says. */
  readonly pixelValues: Tensor;
  /** Takes images of any size, by interpolating the position embeddings. @default false */
  readonly interpolatePosEncoding?: boolean;
}

export interface ViTModelOutput {
  /** (B, 1 + N, D), the class token first. */
  readonly lastHiddenState: Tensor;
  /** (B, poolerOutputSize), when the model has a pooler. */
  readonly poolerOutput?: Tensor;
  /** With `outputHiddenStates`: the embeddings, then the output of each layer before the last normalisation, (B, 1 + N, D) each. */
  readonly hiddenStates?: readonly Tensor[];
  /** With `outputAttentions`: how much each token takes of each, layer by layer, (B, nh, 1 + N, 1 + N). */
  readonly attentions?: readonly Tensor[];
}

/** What the backbone and every model around it share. */
abstract class ViTPretrainedModel extends PretrainedModel<ViTConfig> {
  /** What its options are read into. */
  static readonly configClass = ViTConfig;

  override get backboneName(): string {
    return 'vit';
  }

  override get initializerRange(): number {
    return this.config.initializerRange;
  }

  /** Position embeddings of another image size. */
  override adapt(key: string, tensor: Tensor, shape: readonly number[], found: ViTConfig): Tensor | undefined {
    const { grid } = found;
    const fits =
      key.endsWith('embeddings.position_embeddings') &&
      tensor.shape[1] === 1 + found.numPatches &&
      tensor.shape[2] === shape[2];
    return fits ? interpolatePositions(tensor, grid, this.config.grid) : undefined;
  }
}

/** The class token through a linear layer and an activation: (B, 1 + N, D) -> (B, poolerOutputSize). */
class ViTPooler extends Module {
  readonly #activate: (input: Tensor) => Tensor;
  readonly dense: Linear;

  constructor({ hiddenSize, poolerOutputSize, poolerAct }: ViTConfig, factory?: ModelFactory) {
    super();
    this.#activate = activation(poolerAct);
    this.dense = new Linear(hiddenSize, poolerOutputSize ?? hiddenSize, factory);
  }

  forward(tokens: Tensor): Tensor {
    return this.#activate(this.dense.forward(tokens.select(1, 0))); // (B, 1 + N, D) -> (B, D)
  }
}

export interface ViTModelOptions extends ModelFactory {
  /** With the layer that `poolerOutput` comes from. @default true */
  readonly addPoolingLayer?: boolean;
}

/** The backbone: (B, C, H, W) -> (B, 1 + N, D). */
export class ViTModel extends ViTPretrainedModel {
  readonly embeddings: ViTEmbeddings;
  readonly encoder: ViTEncoder;
  readonly layernorm: LayerNorm;
  readonly pooler: ViTPooler | null;

  constructor(config: ViTConfig, options: ViTModelOptions = {}) {
    super(config);
    checkOptions('ViTModel', options, ['addPoolingLayer', 'device', 'dtype']);
    const { addPoolingLayer = true, ...factory } = options;
    this.embeddings = new ViTEmbeddings(config, factory);
    this.encoder = new ViTEncoder(config, factory);
    this.layernorm = new LayerNorm(config.hiddenSize, { eps: config.layerNormEps, ...factory });
    this.pooler = addPoolingLayer ? new ViTPooler(config, factory) : null;
    this.postInit();
  }

  /** Many checkpoints were saved without a pooler, and many models do not use it. */
  override get headKeys(): RegExp {
    return /^pooler\./;
  }

  override get ignoredKeys(): RegExp {
    return /^(embeddings\.mask_token$|classifier\.)/;
  }

  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    renameKeys(state, prefix, PUBLISHED);
  }

  /** @internal with a pooler where this model has one */
  override blank(config: ViTConfig): this {
    const modelClass = this.constructor as new (config: ViTConfig, options: ViTModelOptions) => this;
    return new modelClass(config, { addPoolingLayer: this.pooler !== null, device: 'meta' });
  }

  forward({ pixelValues, interpolatePosEncoding = false, ...asked }: ViTInput): ViTModelOutput {
    requirePixels(pixelValues, this.config.numChannels);
    const { dtype } = this.embeddings.patch_embeddings.projection.weight;
    const embedded = this.embeddings.forward(pixelValues.to(dtype), interpolatePosEncoding);
    const recording = Recording.for(asked, this.config);
    const lastHiddenState = this.layernorm.forward(this.encoder.forward(embedded, recording));
    const { hiddenStates, attentions } = recording?.take() ?? {};
    return {
      lastHiddenState,
      ...(this.pooler && { poolerOutput: this.pooler.forward(lastHiddenState) }),
      ...(hiddenStates && { hiddenStates }),
      ...(attentions && { attentions }),
    };
  }
}

/** A linear layer over the class token: (B, C, H, W) -> (B, K). */
export class ViTForImageClassification extends ViTPretrainedModel {
  readonly vit: ViTModel;
  readonly classifier: Linear | Identity;

  constructor(config: ViTConfig, factory: ModelFactory = {}) {
    super(config);
    this.vit = new ViTModel(config, { ...factory, addPoolingLayer: false });
    this.classifier = config.numLabels > 0 ? new Linear(config.hiddenSize, config.numLabels, factory) : new Identity();
    this.postInit();
  }

  override get headKeys(): RegExp {
    return /^classifier\./;
  }

  /** The pooler of a bare backbone, and what masked image modelling adds. */
  override get ignoredKeys(): RegExp {
    return /^(vit\.pooler\.|vit\.embeddings\.mask_token$|decoder\.)/;
  }

  /** @throws ShapeError when images or labels are not of the configured size */
  forward({ labels, ...input }: ViTInput & ClassificationInput): ClassificationOutput {
    const { lastHiddenState, poolerOutput: _none, ...recorded } = this.vit.forward(input);
    const logits = this.classifier.forward(lastHiddenState.select(1, 0)); // (B, 1 + N, D) -> (B, K)
    return { logits, ...(labels && { loss: classificationLoss(logits, labels, this.config) }), ...recorded };
  }
}
