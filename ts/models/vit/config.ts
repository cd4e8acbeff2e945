import { InputError } from '../../errors';
import { ACTIVATION_NAMES } from '../activations';
import { modelConfig, type ConfigOptions } from '../config';
import { amount, count, flag, imageSize, oneOf, optional, patchGrid, probability, type FieldTable } from '../fields';
import { outputFields } from '../forward';

/** The options of a ViT; names and defaults are those of transformers 5.18 (configuration_vit.py), a ViT-B/16 for 224x224. */
const fields = {
  ...outputFields,
  /** D: width of a token. */
  hiddenSize: count(768),
  /** Layers of the encoder. */
  numHiddenLayers: count(12),
  /** nh: heads of an attention. */
  numAttentionHeads: count(12),
  /** hd: width of a head; `hiddenSize / numAttentionHeads` when left out. */
  headDim: optional(count(64)),
  /** Width of the hidden layer of the MLP. */
  intermediateSize: count(3072),
  /** Activation function of the MLPs. */
  hiddenAct: oneOf(ACTIVATION_NAMES, 'gelu'),
  /** Dropout probability behind the embeddings, each attention and each MLP. */
  hiddenDropoutProb: probability(0),
  /** Dropout probability of the attention weights. */
  attentionProbsDropoutProb: probability(0),
  /** Standard deviation of the weights that training starts from. */
  initializerRange: amount(0.02),
  /** Added to the variance in LayerNorm. 1e-12 here and 1e-6 in timm's ViTs: with the wrong one the logits differ. */
  layerNormEps: amount(1e-12),
  /** Pixels, `[height, width]` when not square. */
  imageSize: imageSize(224),
  /** Pixels, `[height, width]` when not square. */
  patchSize: imageSize(16),
  /** Channels of the images. */
  numChannels: count(3),
  /** Whether query, key and value have a bias. */
  qkvBias: flag(true),
  /** Kept for the file: only masked image modelling reads it. */
  encoderStride: count(16),
  /** Width of `poolerOutput`; `hiddenSize` when left out. */
  poolerOutputSize: optional(count(768)),
  /** Activation function of the pooler, in models that have one. */
  poolerAct: oneOf(ACTIVATION_NAMES, 'tanh'),
} satisfies FieldTable;

/** What a `ViTConfig` is made from; what is left out has transformers' default. */
export type ViTOptions = ConfigOptions<typeof fields>;

/** The options of a Vision Transformer (Dosovitskiy et al. 2020, arXiv 2010.11929). */
export class ViTConfig extends modelConfig('vit', fields) {
  /** @throws InputError for an unknown option, or a value that it cannot have */
  constructor(options: ViTOptions = {}, where = 'ViTConfig') {
    super(options, where);
    const { hiddenSize, numAttentionHeads, headDim } = this;
    this.poolerOutputSize ??= hiddenSize;
    if (headDim === undefined && hiddenSize % numAttentionHeads !== 0) {
      throw new InputError(
        `${where}: expected hiddenSize to be a multiple of numAttentionHeads (${numAttentionHeads}), found ${hiddenSize}.`,
      );
    }
    patchGrid(this, where);
  }

  override get layerCount(): number {
    return this.numHiddenLayers;
  }

  /** Rows and columns of patches. */
  get grid(): readonly [number, number] {
    return patchGrid(this);
  }

  /** Patches of an image, N. */
  get numPatches(): number {
    return this.grid[0] * this.grid[1];
  }

  /** Width of one attention head: `headDim`, or the model's width shared out. */
  get headWidth(): number {
    return this.headDim ?? this.hiddenSize / this.numAttentionHeads;
  }
}
