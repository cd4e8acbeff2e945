import { Linear, Module, ModuleList } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { rectified } from '../activations';
import type { HubOptions } from '../hub';
import type { ModelFactory } from '../pretrained';
import { loadResNetWeights } from '../resnet';
import type { DetrConfig } from './config';
import { setLoss, type LossDict } from './criterion';
import type { LayerOutputs } from './matcher';
import { DetrModel, DetrPretrainedModel, type DetrInput } from './model';
import type { DetrLabels } from './targets';

export interface DetectionInput extends DetrInput {
  /** What there is to find, one entry an image. */
  readonly labels?: readonly DetrLabels[];
  /** What the losses of boxes are divided by; several processes pass the mean of theirs. @default objects in the batch, at least 1 */
  readonly numBoxes?: number;
}

export interface QueryOutput {
  /** (B, Q, K + 1), "no object" last */
  readonly logits: Tensor;
  /** (B, Q, 4), centre x and y, width and height, relative to the image without its padding */
  readonly predBoxes: Tensor;
}

/** What a detector gives: logits and boxes of every query, with labels the loss too. */
export interface DetectionOutput extends QueryOutput {
  /** What the decoder layers before the last say, with labels and auxiliary losses. */
  readonly auxiliaryOutputs?: readonly QueryOutput[];
  /** A number, when labels were given. */
  readonly loss?: Tensor;
  readonly lossDict?: LossDict;
}

/** Linear layers with ReLU between them: (*, D) -> (*, 4). */
export class DetrBoxHead extends Module {
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
    return last.forward(rectified(second.forward(rectified(first.forward(tokens)))));
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
  forward({ labels, numBoxes, ...input }: DetectionInput): DetectionOutput {
    if (!labels) return this.#predictsOnly ? torch.noGrad(() => this.#predict(input)) : this.#predict(input);
    const { decoderOutputs } = this.model.forward(input);
    const outputs = this.#heads(torch.stack([...decoderOutputs])); // L of (B, Q, D) -> (L, B, Q, D)
    const { loss, lossDict } = setLoss(atLeastFloat32(outputs), labels, this.config, numBoxes);
    const layers = Array.from({ length: decoderOutputs.length }, (_, layer) => ofLayer(outputs, layer));
    const { logits, predBoxes } = layers.pop()!;
    return { loss, lossDict, logits, predBoxes, ...(this.config.hasAuxiliaryLoss && { auxiliaryOutputs: layers }) };
  }

  #predict(input: DetrInput): QueryOutput {
    const { logits, boxes } = this.#heads(this.model.forward(input).lastHiddenState);
    return { logits, predBoxes: boxes };
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
