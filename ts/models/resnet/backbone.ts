import { statSync } from 'node:fs';
import { InputError } from '../../errors';
import { Module } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { HubOptions } from '../hub';
import { PretrainedModel } from '../pretrained';
import { openSource } from '../source';
import { readWeights, weightFiles } from '../weights';
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

  override get backboneName(): string {
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

  /** See {@link ResNet.optimizeForInference}. */
  optimizeForInference(enabled = true): this {
    this.#network.optimizeForInference(enabled);
    return this;
  }

  /**
   * @param pixelValues (B, C, H, W), of any type
   * @throws ShapeError when they are not (B, numChannels, H, W)
   */
  forward({ pixelValues }: { readonly pixelValues: Tensor }): BackboneOutput {
    return { featureMaps: this.#network.forward(pixelValues) };
  }
}

/** The classifier behind the network, under the names of torchvision, timm and transformers. */
const HEAD = /^(fc|classifier)\./;
/** What stands before the names where the network is part of a model. */
const PREFIX = /^((module|_orig_mod)\.)*(resnet\.|backbone\.0\.body\.)?/;

/**
 * Gives a ResNet the weights of a file (`.pth` of torchvision, `.safetensors`), of a folder, or of a repository of the hub,
 * trained for classification as a rule: the classifier is left aside. Names of torchvision, timm and transformers are read.
 *
 * @throws InputError when there are no such weights, or they are those of another network
 */
export async function loadResNetWeights(network: ResNet, name: string, options: HubOptions = {}): Promise<void> {
  const isFile = statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  const files = isFile ? [name] : await weightFiles(openSource(name, options));
  torch.scope(() => {
    const tensors = readWeights(files);
    const state = [...tensors]
      .map(([key, tensor]) => [key.replace(PREFIX, ''), tensor] as const)
      .filter(([key]) => !HEAD.test(key));
    try {
      network.loadStateDict(Object.fromEntries(state));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        `${name}: expected the weights of this ResNet (${network.shape.depths.join(', ')} blocks), found others. ${error.message}`,
        { cause: error },
      );
    }
  });
}
