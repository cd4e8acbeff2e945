/**
 * DETR (Carion et al. 2020, arXiv 2005.12872): a convolutional network sees the image, a transformer reads its map and
 * predicts from Q object queries at once, each one object or none. It follows transformers 5.18 (modeling_detr.py), under the
 * parameter names of the hub's files. It differs in that the batch normalisations are computed within the convolutions,
 * that what is the same for every image and layer is computed once, and in `authorsAuxiliaryLoss`.
 *
 * Shapes: B images, H x W pixels, h x w cells of the map, S = h w, Q queries, D width of the transformer, K classes.
 */
import { InputError, ShapeError } from '../../errors';
import { Conv2d, Embedding, init, Linear, Module, ModuleList } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { reluInPlace } from '../activations';
import type { HubOptions } from '../hub';
import { Recording, requirePixels, type OutputOptions } from '../forward';
import { PretrainedModel, type ModelFactory } from '../pretrained';
import { loadResNetWeights } from '../resnet';
import { renameKeys } from '../weights';
import { readDetrPth } from './authors';
import { DetrConvEncoder } from './backbone';
import { DetrConfig } from './config';
import { detectionLoss, type DetectionLoss, type DetectionTotals, type LossDict } from './criterion';
import { PUBLISHED } from './keys';
import type { DetrLabels, LayerOutputs } from './matcher';
import { LearnedPositions, SinePositions } from './position-encoding';
import { DetrDecoder, DetrEncoder } from './transformer';

/** What a DETR takes. */
export interface DetrInput extends OutputOptions {
  /** (B, C, H, W), normalised as the checkpoint's preprocessor_config.json says, smaller images padded right and below. */
  readonly pixelValues: Tensor;
  /** (B, H, W), 1 where the image is and 0 where it was padded; absent when images fill the batch. */
  readonly pixelMask?: Tensor;
}

/** What a forward pass of DETR hands out of its inside, layer by layer, when it is asked to. */
export interface DetrRecorded {
  /** With `outputHiddenStates`: what goes into the encoder, then what each of its layers gives, (B, S, D) each. */
  readonly encoderHiddenStates?: readonly Tensor[];
  /** With `outputAttentions`: how much each position of the map takes of each, (B, nh, S, S). */
  readonly encoderAttentions?: readonly Tensor[];
  /** With `outputHiddenStates`: what goes into each layer of the decoder, and last its normalised output, (B, Q, D) each. */
  readonly decoderHiddenStates?: readonly Tensor[];
  /** With `outputAttentions`: how much each query takes of each, (B, nh, Q, Q). */
  readonly decoderAttentions?: readonly Tensor[];
  /** With `outputAttentions`: how much each query takes of each position of the map, (B, nh, Q, S). */
  readonly crossAttentions?: readonly Tensor[];
}

/** What the model without its heads gives. */
export interface DetrModelOutput extends DetrRecorded {
  /** (B, Q, D) */
  readonly lastHiddenState: Tensor;
  /** The normalised outputs of the decoder layers, (B, Q, D) each; only the last without auxiliary losses. */
  readonly decoderOutputs: readonly Tensor[];
  /** (B, S, D) */
  readonly encoderLastHiddenState: Tensor;
}

/** What the model and the detector share. */
abstract class DetrPretrainedModel extends PretrainedModel<DetrConfig> {
  /** What its options are read into. */
  static readonly configClass = DetrConfig;
  /** The authors' own checkpoints. */
  static readonly readFile = readDetrPth;

  override get backboneName(): string {
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
    renameKeys(state, prefix, PUBLISHED);
  }

  /** Freezes all parameters of the backbone. */
  freezeBackbone(): void {
    this.backbone.requiresGrad_(false);
  }

  /** Lets all parameters of the backbone train, its stem and first stage too; the paper's are `backbone.trainStages([2, 3, 4])`. */
  unfreezeBackbone(): void {
    this.backbone.requiresGrad_(true);
  }

  /** @throws ShapeError when images and mask do not fit each other or the model */
  forward({ pixelValues, pixelMask, ...asked }: DetrInput): DetrModelOutput {
    requirePixels(pixelValues, this.config.backboneShape.numChannels);
    const { dtype, device } = this.input_projection.weight;
    const { features, mask } = this.backbone.forward(pixelValues.to(dtype), neededMask(pixelValues, pixelMask));
    const [batch, , height, width] = features.shape as [number, number, number, number];
    const src = this.#project(features);
    const pos = this.position_embedding.forward({ height, width, mask, dtype, device });
    const attentionMask = mask?.view([batch, 1, 1, height * width]); // (B, h, w) -> (B, 1, 1, S)
    const [encoding, decoding] = [Recording.for(asked, this.config), Recording.for(asked, this.config)];
    const memory = this.encoder.forward(src, pos, attentionMask, encoding);

    const tgt = torch.zeros([batch, this.config.numQueries, this.config.dModel], { dtype, device });
    const queryPos = this.query_position_embeddings.weight.unsqueeze(0); // (1, Q, D)
    const encoded = { memory, memoryWithPos: memory.add(pos), mask: attentionMask };
    const decoderOutputs = this.decoder.forward(tgt, queryPos, encoded, decoding);
    return {
      lastHiddenState: decoderOutputs.at(-1)!,
      decoderOutputs,
      encoderLastHiddenState: memory,
      ...recordedOf(encoding, decoding),
    };
  }

  /** (B, C, h, w) -> (B, S, D) */
  #project(features: Tensor): Tensor {
    const { weight, bias } = this.input_projection;
    // Dropout draws in the order of memory. For the same seed to drop the same elements as in Python, training keeps Python's layout.
    if (this.training) return this.input_projection.forward(features.contiguous()).flatten(2).transpose(1, 2);
    return torch.linear(features.permute([0, 2, 3, 1]).flatten(1, 2), weight.flatten(1), bias);
  }
}

function recordedOf(encoding: Recording | undefined, decoding: Recording | undefined): DetrRecorded {
  if (!encoding || !decoding) return {};
  const [encoder, decoder] = [encoding.take(), decoding.take()];
  return {
    ...(encoder.hiddenStates && {
      encoderHiddenStates: encoder.hiddenStates,
      decoderHiddenStates: decoder.hiddenStates,
    }),
    ...(encoder.attentions && {
      encoderAttentions: encoder.attentions,
      decoderAttentions: decoder.attentions,
      crossAttentions: decoder.crossAttentions,
    }),
  };
}

/** The mask, unless no pixel is padded: attention without a mask is faster. @throws ShapeError when it does not fit the images */
function neededMask({ shape }: Tensor, mask: Tensor | undefined): Tensor | undefined {
  if (!mask) return undefined;
  const [batch, , height, width] = shape;
  const expected = [batch, height, width].join(', ');
  if (mask.shape.join(', ') !== expected)
    throw new ShapeError(`pixelMask: expected [${expected}], found [${mask.shape.join(', ')}].`);
  // Of bytes, `all` gives a byte, by which torch.compile cannot choose.
  return (mask.dtype === 'uint8' ? mask.to('bool') : mask).all().item() ? undefined : mask;
}

export interface DetectionInput extends DetrInput {
  /** What there is to find, one entry an image. */
  readonly labels?: readonly DetrLabels[];
  /** What the losses of boxes are divided by; several processes pass the mean of theirs. @default objects in the batch, at least 1 */
  readonly numBoxes?: number;
  /** In place of `numBoxes`: what all losses are divided by, see `detectionTotals`. @default those of the batch */
  readonly totals?: DetectionTotals;
  /** Give `auxiliaryOutputs` without labels, too, for {@link DetrForObjectDetection.loss}. @default false */
  readonly outputAuxiliary?: boolean;
}

export interface QueryOutput {
  /** (B, Q, K + 1), "no object" last */
  readonly logits: Tensor;
  /** (B, Q, 4), centre x and y, width and height, relative to the image without its padding */
  readonly predBoxes: Tensor;
}

/** What a detector gives: logits and boxes of every query, with labels the loss too. */
export interface DetectionOutput extends QueryOutput, DetrRecorded {
  /** What the decoder layers before the last say, with `outputAuxiliary`, or with labels and auxiliary losses. */
  readonly auxiliaryOutputs?: readonly QueryOutput[];
  /** A number, when labels were given. */
  readonly loss?: Tensor;
  readonly lossDict?: LossDict;
}

/** Linear layers with ReLU between them: (*, D) -> (*, 4). */
class DetrBoxHead extends Module {
  readonly layers: ModuleList<Linear>;

  constructor(width: number, factory?: ModelFactory) {
    super();
    this.layers = new ModuleList([
      new Linear(width, width, factory),
      new Linear(width, width, factory),
      new Linear(width, 4, factory),
    ]);
  }

  forward(tokens: Tensor): Tensor {
    const [first, second, last] = [...this.layers] as [Linear, Linear, Linear];
    return last.forward(reluInPlace(second.forward(reluInPlace(first.forward(tokens)))));
  }
}

/**
 * DETR with its two heads: (B, C, H, W) -> (B, Q, K + 1) and (B, Q, 4).
 *
 * With a backbone under timm's names, stages 2 to 4 of it train, as in the paper. Under transformers' own names none does,
 * which is what transformers 5.18 does with them; `model.backbone.trainStages([2, 3, 4])` is the paper's choice.
 */
export class DetrForObjectDetection extends DetrPretrainedModel {
  readonly model: DetrModel;
  readonly class_labels_classifier: Linear;
  readonly bbox_predictor: DetrBoxHead;
  #predictsOnly = false;

  constructor(config: DetrConfig, factory: ModelFactory = {}) {
    super(config);
    this.model = new DetrModel(config, factory);
    this.class_labels_classifier = new Linear(config.dModel, config.numLabels + 1, factory);
    this.bbox_predictor = new DetrBoxHead(config.dModel, factory);
    this.postInit();
  }

  override get headKeys(): RegExp {
    return /^(class_labels_classifier|bbox_predictor)\./;
  }

  /**
   * Predicts faster on the CPU, for a second copy of the backbone's weights; predictions then have no gradient. Training goes
   * on as before, and weights that it changed are packed anew. With false the copy is freed.
   */
  optimizeForInference(enabled = true): this {
    this.model.backbone.model.optimizeForInference(enabled);
    this.#predictsOnly = enabled;
    return this;
  }

  /**
   * Gives the backbone the weights of a ResNet trained for classification, the start of a training from scratch: a file of
   * torchvision's (`.pth`) or timm's kind, a folder, or a repository of the hub.
   *
   * @throws InputError when there are none, or they are those of another network
   */
  loadBackbone(name: string, options: HubOptions = {}): Promise<void> {
    return loadResNetWeights(this.model.backbone.model, name, options);
  }

  /** @throws ShapeError, InputError when images, mask and labels do not fit each other or the model */
  forward({ labels, numBoxes, totals, outputAuxiliary = false, ...input }: DetectionInput): DetectionOutput {
    if (!labels && !outputAuxiliary)
      return this.#predictsOnly ? torch.noGrad(() => this.#predict(input)) : this.#predict(input);
    const {
      decoderOutputs,
      lastHiddenState: _last,
      encoderLastHiddenState: _memory,
      ...recorded
    } = this.model.forward(input);
    const outputs = this.#heads(torch.stack([...decoderOutputs])); // L of (B, Q, D) -> (L, B, Q, D)
    const losses = labels && detectionLoss(atLeastFloat32(outputs), labels, this.config, totals ?? numBoxes);
    const layers = Array.from({ length: decoderOutputs.length }, (_, layer) => ofLayer(outputs, layer));
    const { logits, predBoxes } = layers.pop()!;
    const auxiliary = (outputAuxiliary || this.config.hasAuxiliaryLoss) && { auxiliaryOutputs: layers };
    return { ...losses, logits, predBoxes, ...auxiliary, ...recorded };
  }

  /**
   * The loss of what {@link forward}, or that of the model compiled, gave with `outputAuxiliary`: the same as with labels in one call.
   * @throws ShapeError, InputError when labels are not those of the batch, or cannot be, and when auxiliary outputs are missing
   */
  loss(
    { auxiliaryOutputs, ...last }: DetectionOutput,
    labels: readonly DetrLabels[],
    numBoxes?: number,
  ): DetectionLoss {
    if (!auxiliaryOutputs && this.config.hasAuxiliaryLoss)
      throw new InputError(
        'loss: expected auxiliaryOutputs, whose losses the configuration asks for, found none; pass outputAuxiliary: true to forward.',
      );
    const layers = [...(auxiliaryOutputs ?? []), last];
    const outputs = {
      logits: torch.stack(layers.map(({ logits }) => logits)),
      boxes: torch.stack(layers.map(({ predBoxes }) => predBoxes)),
    };
    return detectionLoss(atLeastFloat32(outputs), labels, this.config, numBoxes);
  }

  #predict(input: DetrInput): DetectionOutput {
    const {
      lastHiddenState,
      decoderOutputs: _all,
      encoderLastHiddenState: _memory,
      ...recorded
    } = this.model.forward(input);
    const { logits, boxes } = this.#heads(lastHiddenState);
    return { logits, predBoxes: boxes, ...recorded };
  }

  /** (*, Q, D) -> (*, Q, K + 1) and (*, Q, 4) */
  #heads(tokens: Tensor): LayerOutputs {
    return {
      logits: this.class_labels_classifier.forward(tokens),
      boxes: this.bbox_predictor.forward(tokens).sigmoid(),
    };
  }
}

function ofLayer({ logits, boxes }: LayerOutputs, layer: number): QueryOutput {
  return { logits: logits.select(0, layer), predBoxes: boxes.select(0, layer) };
}

/** Half precision is too coarse for sums over queries. */
function atLeastFloat32({ logits, boxes }: LayerOutputs): LayerOutputs {
  const dtype = logits.dtype === 'float64' ? 'float64' : 'float32';
  return { logits: logits.to(dtype), boxes: boxes.to(dtype) };
}

/**
 * Gives everything behind the backbone the starting values of the authors' code (facebookresearch/detr: Xavier's uniform for
 * the matrices of the transformer, a standard normal for the queries, PyTorch's defaults for projection and heads).
 * transformers starts all of it from small normal numbers, from which the queries take long to become different.
 */
export function initializeAsPaper({ model, class_labels_classifier, bbox_predictor }: DetrForObjectDetection): void {
  torch.noGrad(() => {
    for (const layer of [model.input_projection, class_labels_classifier, ...bbox_predictor.layers])
      layer.resetParameters();
    for (const part of [model.encoder, model.decoder]) {
      for (const parameter of part.parameters()) if (parameter.ndim > 1) init.xavierUniform_(parameter);
    }
    init.normal_(model.query_position_embeddings.weight, 0, 1);
  });
}
