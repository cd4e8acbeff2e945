/**
 * DETR (Carion et al. 2020, arXiv 2005.12872): a convolutional network sees the image, a transformer reads its map and
 * answers Q queries at once, each with one object or none. It follows transformers 5.18 (modeling_detr.py), under the
 * parameter names of the hub's files. It differs in that the batch normalisations are computed within the convolutions,
 * that what is the same for every image and layer is computed once, and in `authorsAuxiliaryLoss`.
 *
 * Shapes: B images, H x W pixels, h x w cells of the map, S = h w, Q queries, D width of the transformer, K classes.
 */
import { ShapeError } from '../../errors';
import { Conv2d, Embedding } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { PretrainedModel, type ModelFactory } from '../pretrained';
import { readAuthors } from './authors';
import { DetrConvEncoder } from './backbone';
import { DetrConfig } from './config';
import { renameToPublished } from './keys';
import { LearnedPositions, SinePositions } from './positions';
import { DetrDecoder, DetrEncoder } from './transformer';

export interface DetrInput {
  /** (B, C, H, W), normalised as the checkpoint's preprocessor_config.json says, smaller images padded right and below. */
  readonly pixelValues: Tensor;
  /** (B, H, W), 1 where the image is and 0 where it was padded; absent when images fill the batch. */
  readonly pixelMask?: Tensor;
}

export interface DetrModelOutput {
  /** (B, Q, D) */
  readonly lastHiddenState: Tensor;
  /** The normalised outputs of the decoder layers, (B, Q, D) each; only the last without auxiliary losses. */
  readonly decoderOutputs: readonly Tensor[];
  /** (B, S, D) */
  readonly encoderLastHiddenState: Tensor;
}

/** What the model and the detector share. */
export abstract class DetrPretrainedModel extends PretrainedModel<DetrConfig> {
  /** What its options are read into. */
  static readonly configClass = DetrConfig;
  /** The authors' own checkpoints. */
  static readonly readFile = readAuthors;

  get backboneName(): string {
    return 'model';
  }

  override get initializerRange(): number {
    return this.config.initStd;
  }
}

/** Backbone, encoder and decoder: (B, C, H, W) -> (B, Q, D). */
export class DetrModel extends DetrPretrainedModel {
  readonly backbone: DetrConvEncoder;
  readonly position_embedding: SinePositions | LearnedPositions;
  readonly query_position_embeddings: Embedding;
  readonly input_projection: Conv2d;
  readonly encoder: DetrEncoder;
  readonly decoder: DetrDecoder;

  constructor(config: DetrConfig, factory: ModelFactory = {}) {
    super(config);
    const { dModel, numQueries, positionEmbeddingType } = config;
    this.backbone = new DetrConvEncoder(config, factory);
    this.position_embedding =
      positionEmbeddingType === 'sine' ? new SinePositions(dModel) : new LearnedPositions(dModel, factory);
    this.query_position_embeddings = new Embedding(numQueries, dModel, factory);
    this.input_projection = new Conv2d(this.backbone.channels, dModel, 1, factory);
    this.encoder = new DetrEncoder(config, factory);
    this.decoder = new DetrDecoder(config, factory);
    this.postInit();
  }

  /** The heads of a detector. */
  override get ignoredKeys(): RegExp {
    return /^(class_labels_classifier|bbox_predictor)\./;
  }

  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    renameToPublished(state, prefix);
  }

  /** Keeps all parameters of the backbone. */
  freezeBackbone(): void {
    this.backbone.requiresGrad_(false);
  }

  /** Lets all parameters of the backbone train, its stem and first stage too; the paper's are `backbone.trainStages([2, 3, 4])`. */
  unfreezeBackbone(): void {
    this.backbone.requiresGrad_(true);
  }

  /** @throws ShapeError when images and mask do not fit each other or the model */
  forward({ pixelValues, pixelMask }: DetrInput): DetrModelOutput {
    const { dtype, device } = this.input_projection.weight;
    const { features, mask } = this.backbone.forward(pixelValues.to(dtype), padding(pixelValues, pixelMask));
    const [batch, , height, width] = features.shape as [number, number, number, number];
    const tokens = this.#project(features);
    const pos = this.position_embedding.forward({ height, width, mask, dtype, device });
    const attentionMask = mask?.view([batch, 1, 1, height * width]); // (B, h, w) -> (B, 1, 1, S)
    const encoded = this.encoder.forward(tokens, pos, attentionMask);

    const tgt = torch.zeros([batch, this.config.numQueries, this.config.dModel], { dtype, device });
    const queryPos = this.query_position_embeddings.weight.unsqueeze(0); // (1, Q, D)
    const memory = { features: encoded, withPos: encoded.add(pos), mask: attentionMask };
    const decoderOutputs = this.decoder.forward(tgt, queryPos, memory);
    return { lastHiddenState: decoderOutputs.at(-1)!, decoderOutputs, encoderLastHiddenState: encoded };
  }

  /** (B, C, h, w) -> (B, S, D) */
  #project(features: Tensor): Tensor {
    const { weight, bias } = this.input_projection;
    // The order in memory decides which elements a seed drops: that of Python.
    if (this.training) return this.input_projection.forward(features.contiguous()).flatten(2).transpose(1, 2);
    return torch.linear(features.permute([0, 2, 3, 1]).flatten(1, 2), weight.flatten(1), bias);
  }
}

/** The mask, unless it has nothing to hide: attention without a mask is faster. */
function padding({ shape }: Tensor, mask: Tensor | undefined): Tensor | undefined {
  if (!mask) return undefined;
  const [batch, , height, width] = shape;
  const expected = [batch, height, width].join(', ');
  if (mask.shape.join(', ') !== expected)
    throw new ShapeError(`pixelMask: expected [${expected}], found [${mask.shape.join(', ')}].`);
  return mask.all().item() ? undefined : mask;
}
