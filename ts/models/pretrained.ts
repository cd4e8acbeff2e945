/**
 * The base of all models that come from and go to hub folders (`config.json`, `model.safetensors`), as transformers'
 * PreTrainedModel is. It knows no model.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { InputError } from '../errors';
import { replaceFile } from '../native/replace-file';
import { Module } from '../nn';
import * as torch from '../tensor';
import type { FactoryOptions as ModelFactory } from '../nn/options';
import type { Tensor } from '../tensor';
import type { Copier } from '../nn/deep-copy';
import { configOf, PretrainedConfig, readConfig } from './config';
import { initializeWeights } from './initialize';
import { loadPretrained, type LoadableModel, type LoadOptions, type ModelClass } from './load';
import { WEIGHTS_FILE } from './weights';

export type { ModelFactory };

/** A model with a configuration, in the layout of the hub. */
export abstract class PretrainedModel<Config extends PretrainedConfig = PretrainedConfig>
  extends Module
  implements LoadableModel<Config>
{
  protected constructor(readonly config: Config) {
    super();
    if (!(config instanceof PretrainedConfig)) {
      const name = new.target.name;
      throw new InputError(
        `new ${name}: expected a configuration, found ${inspect(config, { depth: 0 })}; ${name}.fromConfig takes its options.`,
      );
    }
  }

  /**
   * A model with the weights of a hub folder, or of a repository of the hub (`org/name`), in evaluation mode. Options of
   * the configuration stand over the file: another `numLabels` gives a new head, and says so.
   * @throws InputError when files are absent or damaged, or do not belong together
   */
  static fromPretrained<Model extends PretrainedModel<Config>, Config extends PretrainedConfig, Options extends object>(
    this: ModelClass<Model, Config, Options>,
    name: string,
    options: Options & LoadOptions = {} as Options,
  ): Promise<Model> {
    return loadPretrained(this, name, options);
  }

  /** A model with random weights, from a configuration, its options, or the content of a config.json. */
  static fromConfig<Model extends PretrainedModel<Config>, Config extends PretrainedConfig, Options extends object>(
    this: ModelClass<Model, Config, Options>,
    config: Config | Options | Readonly<Record<string, unknown>>,
    factory: ModelFactory = {},
  ): Model {
    return new this(configOf(this.configClass, config), factory);
  }

  /** @internal a model of the same configuration with copies of the tensors */
  override deepCopy(copy: Copier, made: (result: object) => void): this {
    const result = this.blank(this.config);
    made(result);
    result.loadStateDict(copy({ ...this.stateDict({ keepVars: true }) }), { assign: true });
    const trains = this.parameters().map(({ requiresGrad }) => requiresGrad);
    for (const [i, parameter] of result.parameters().entries()) parameter.requiresGrad_(trains[i]);
    return result.train(this.training);
  }

  /**
   * @internal a model of this class with shapes and no values, on the meta device, for weights to be put into. A class whose
   * constructor takes more than configuration and factory makes it with what this model was made with.
   */
  blank(config: Config): this {
    return new (classOf(this))(config, { device: 'meta' });
  }

  /** The field that holds the backbone in models with a head, and so the prefix of its keys; empty where there is none. */
  get backboneName(): string {
    return '';
  }

  /** Keys that checkpoints of this model may hold and that it does not use. */
  get ignoredKeys(): RegExp | undefined {
    return undefined;
  }

  /** Keys that may be absent or of another size: the head, which then starts from random weights. */
  get headKeys(): RegExp | undefined {
    return undefined;
  }

  /**
   * Turns a checkpoint's tensor into one of the wanted shape, where there is a right way to.
   * @param found the configuration of the checkpoint, before the caller's options
   */
  adapt(_key: string, _tensor: Tensor, _shape: readonly number[], _found: Config): Tensor | undefined {
    return undefined;
  }

  /**
   * Depth of a parameter, for learning rates that fall from layer to layer: 0 for what reads the input, 1 for the first of
   * `config.layerCount` layers, and one more than all of them for what lies behind. It goes by the names `layer.<n>`, `layers.<n>`,
   * `blocks.<n>` and `embeddings`: a model whose layers have others overrides it.
   */
  depthOf(key: string): number {
    const layer = /(?:^|\.)(?:layers?|blocks?)\.(\d+)\./.exec(key)?.[1];
    if (layer !== undefined) return Number(layer) + 1;
    return /(?:^|\.)(?:patch_)?embed(?:ding)?s?\./.test(key) ? 0 : this.config.layerCount + 1;
  }

  /** Standard deviation of the weights that training starts from. */
  get initializerRange(): number {
    return 0.02;
  }

  /** Gives the parameters their starting values; the last line of every model's constructor. */
  protected postInit(): void {
    if (this.parameters()[0]?.device !== 'meta') initializeWeights(this, this.initializerRange);
  }

  /**
   * Writes `config.json` and `model.safetensors` with the published key names into `folder`, made when absent. Each file
   * is whole or not there, the weights before the configuration. `preprocessor_config.json` is not the model's to write,
   * but the processor's.
   */
  savePretrained(folder: string): void {
    makeFolder(folder);
    torch.safetensors.save(this.stateDict(), join(folder, WEIGHTS_FILE), { format: 'pt' });
    const own = { architectures: [this.constructor.name], dtype: this.parameters()[0]?.dtype };
    replaceFile(join(folder, 'config.json'), this.config.toText(own));
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError(
      `Expected a folder to save to, found that ${folder} cannot be made (${(error as NodeJS.ErrnoException).code}).`,
      { cause: error },
    );
  }
}

/**
 * A model with other options that shares the weights of `model`.
 * @param pick gives the tensor that stands for one of `model`, where it is another
 */
export function withConfig<Model extends PretrainedModel>(
  model: Model,
  options: object,
  pick = (_key: string, tensor: Tensor): Tensor => tensor,
): Model {
  const config = readConfig(classOf(model).configClass, model.config.toJSON(), options);
  return torch.scope(() => {
    const changed = model.blank(config);
    const state = Object.entries(model.stateDict()).map(([key, tensor]) => [key, pick(key, tensor)]);
    changed.loadStateDict(Object.fromEntries(state) as Record<string, Tensor>, { assign: true });
    const trains = new Map(model.namedParameters());
    for (const [key, parameter] of changed.namedParameters()) parameter.requiresGrad_(trains.get(key)!.requiresGrad);
    return changed.train(model.training);
  });
}

function classOf<Model extends PretrainedModel<PretrainedConfig>>(
  model: Model,
): ModelClass<Model, PretrainedConfig, object> {
  return model.constructor as unknown as ModelClass<Model, PretrainedConfig, object>;
}
