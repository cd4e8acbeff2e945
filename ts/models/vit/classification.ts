import { Identity, Linear } from '../../nn';
import type { Tensor } from '../../tensor';
import { classificationLoss } from '../classification-loss';
import type { ModelFactory } from '../pretrained';
import type { ViTConfig } from './config';
import { ViTModel, ViTPretrainedModel, type ViTInput } from './model';

export interface ClassificationInput extends ViTInput {
  /** Class numbers (B), or marks (B, K) for each of several labels; which of the two, `config.problemType` says. */
  readonly labels?: Tensor;
}

export interface ClassificationOutput {
  /** (B, K) */
  readonly logits: Tensor;
  /** A number, when labels were given. */
  readonly loss?: Tensor;
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
  forward({ labels, ...input }: ClassificationInput): ClassificationOutput {
    const { lastHiddenState } = this.vit.forward(input);
    const logits = this.classifier.forward(lastHiddenState.select(1, 0)); // (B, 1 + N, D) -> (B, K)
    return labels ? { logits, loss: classificationLoss(logits, labels, this.config) } : { logits };
  }
}
