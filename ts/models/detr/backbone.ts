import { functional, Module } from '../../nn';
import type { Tensor } from '../../tensor';
import { initializeWeights } from '../initialize';
import type { ModelFactory } from '../pretrained';
import { ResNet } from '../resnet';
import type { DetrConfig } from './config';

/** What the backbone made of a batch of images. */
export interface FeatureMap {
  /** (B, C, h, w) */
  readonly features: Tensor;
  /** (B, h, w), true where the image is; absent when images fill the batch. */
  readonly mask: Tensor | undefined;
}

/** A ResNet under the names of the hub's files; its batch normalisations are frozen unless `trainBatchNorm` is set. */
export class DetrConvEncoder extends Module {
  readonly #model: ResNet;

  constructor({ backboneShape, trainBatchNorm = false }: DetrConfig, factory?: ModelFactory) {
    super();
    this.#model = new ResNet(backboneShape, { ...factory, frozenBatchNorm: !trainBatchNorm });
    // In transformers the backbone is a pretrained model of its own, which draws its weights before the layers behind it are made:
    // the same seed gives the same numbers only in that order.
    if (factory?.device !== 'meta') initializeWeights(this, 0.02);
    this.#freezeAsPublished();
  }

  /** The network itself. */
  get model(): ResNet {
    return this.#model;
  }

  /** Channels of the map. */
  get channels(): number {
    return this.#model.channels[0]!;
  }

  /** Lets the parameters of the given stages train (0 is the stem) and freezes those of all others. */
  trainStages(stages: readonly number[]): void {
    for (let stage = 0; stage <= this.#model.shape.depths.length; stage++) {
      for (const module of this.#model.stage(stage)) module.requiresGrad_(stages.includes(stage));
    }
  }

  /**
   * The paper trains stages 2 to 4. transformers means to do so too, but under its own names, where a comparison of names
   * fails, it trains none.
   */
  #freezeAsPublished(): void {
    this.trainStages(this.#model.shape.keyStyle === 'torchvision' ? [2, 3, 4] : []);
  }

  protected override members(): Iterable<readonly [string, Module]> {
    return [['conv_encoder.model', this.#model]];
  }

  /** Images (B, C, H, W) and mask (B, H, W) -> map (B, C', h, w) and mask (B, h, w) */
  forward(pixels: Tensor, pixelMask: Tensor | undefined): FeatureMap {
    const [features] = this.#model.forward(pixels) as [Tensor];
    if (!pixelMask) return { features, mask: undefined };
    const size = features.shape.slice(2);
    const mask = functional.interpolate(pixelMask.unsqueeze(0).to('float32'), { size }).to('bool').squeeze(0); // (B, H, W) -> (B, h, w)
    return { features, mask };
  }
}
