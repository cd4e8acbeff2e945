import type { Tensor } from '../../tensor';
import { Module } from '../../nn';
import { PretrainedModel } from '../pretrained';
import type { ResNetFactory } from './block';
import { ResNetConfig } from './config';
import { ResNet } from './network';

export interface BackboneOutput {
  /** One map for each of `config.outFeatures`, (B, C, H, W). */
  readonly featureMaps: readonly Tensor[];
}

/**
 * A ResNet that returns the maps of chosen stages. It reads hub folders of transformers (the backbone, or a classifier
 * whose head is left aside) and of timm, and keeps the names of transformers.
 */
export class ResNetBackbone extends PretrainedModel<ResNetConfig> {
  /** What its options are read into. */
  static readonly configClass = ResNetConfig;
  readonly #network: ResNet;

  constructor(config: ResNetConfig, factory: ResNetFactory = {}) {
    super(config);
    this.#network = new ResNet(config.shape, factory);
    this.postInit();
  }

  get backboneName(): string {
    return 'resnet';
  }

  /** The head of a classifier. */
  override get ignoredKeys(): RegExp {
    return /^(classifier|fc)\./;
  }

  /** Channels of each map. */
  get channels(): number[] {
    return this.#network.channels;
  }

  protected override members(): Iterable<readonly [string, Module]> {
    return this.#network.layers();
  }

  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    this.#network.upgradeState(state, prefix);
  }

  /** Computes faster without autograd, for a second copy of the weights; with false as before. */
  optimizeForInference(enabled = true): this {
    this.#network.optimizeForInference(enabled);
    return this;
  }

  /** @throws ShapeError when the pixels are not (B, numChannels, H, W) */
  forward({ pixelValues }: { readonly pixelValues: Tensor }): BackboneOutput {
    return { featureMaps: this.#network.forward(pixelValues) };
  }
}
