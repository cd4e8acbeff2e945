/**
 * transformers' auto classes: the kind of a model is the `model_type` of its config.json. A model of your own joins with one
 * call, such as `AutoModelForImageClassification.register(MyModel)`; what takes any model of a task then takes it, too.
 */
import { dirname } from 'node:path';
import { InputError } from '../errors';
import { DetectionProcessor } from '../vision/detection-processor';
import { PROCESSOR_FILE, readProcessorFile } from '../vision/processor-config';
import { ImageProcessor } from '../vision/processor';
import type { ImageClassificationModel } from './classification';
import { PretrainedConfig, readConfig, type ConfigClass } from './config';
import { DetrForObjectDetection, DetrModel, type DetectionInput, type DetectionOutput } from './detr';
import type { HubOptions } from './hub';
import { isFile, loadChosen, splitOptions, type LoadOptions, type ModelClass } from './load';
import type { ModelFactory, PretrainedModel } from './pretrained';
import { ResNetBackbone } from './resnet';
import { openSource, type CheckpointSource } from './source';
import { ViTForImageClassification, ViTModel } from './vit';
import { readJson } from './weights';

type Json = Readonly<Record<string, unknown>>;
/** Options of a configuration whose kind is known only when its file is read. */
type AnyOptions = Readonly<Record<string, unknown>>;
type AnyConfigClass = ConfigClass<PretrainedConfig>;
type AnyModelClass<Model extends PretrainedModel> = ModelClass<Model, PretrainedConfig, object>;

/** Classes by the `model_type` that they were registered for. */
class Registry<Entry> {
  readonly #entries = new Map<string, Entry>();

  /** @param owner whose registry it is, for messages */
  constructor(readonly owner: string) {}

  get types(): readonly string[] {
    return [...this.#entries.keys()];
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  add(type: string, entry: Entry): void {
    const known = this.#entries.get(type);
    if (known !== undefined && known !== entry)
      throw new InputError(
        `${this.owner}: expected a model_type that no other model has, found ${JSON.stringify(type)}; give the model one of its own.`,
      );
    this.#entries.set(type, entry);
  }

  /** @param where what names the type, for messages */
  get(type: unknown, where: string): Entry {
    const found = typeof type === 'string' ? this.#entries.get(type) : undefined;
    if (found !== undefined) return found;
    throw new InputError(
      `${where}: expected model_type ${this.types.join(' or ')}, found ${JSON.stringify(type)}: it belongs to another kind of model, or the file that registers it was not imported.`,
    );
  }
}

const configs = new Registry<AnyConfigClass>('AutoConfig');

/** The configuration of any registered kind of model. */
export const AutoConfig = {
  /** Makes a kind of configuration known by its `modelType`; models that are registered bring theirs along. */
  register<Config extends PretrainedConfig, Options extends object>(configClass: ConfigClass<Config, Options>): void {
    configs.add(configClass.modelType, configClass as unknown as AnyConfigClass);
  },

  /** The kinds that are known. */
  get modelTypes(): readonly string[] {
    return configs.types;
  },

  /**
   * The class of a kind.
   * @throws InputError for one that is not registered
   */
  classOf(modelType: string): ConfigClass<PretrainedConfig> {
    return configs.get(modelType, 'AutoConfig');
  },

  /** A configuration of a kind, from its options. */
  forModel(modelType: string, options: AnyOptions = {}): PretrainedConfig {
    return new (AutoConfig.classOf(modelType))(options);
  },

  /**
   * The configuration of a hub folder or of a model of the hub; options of the configuration stand over the file.
   * @throws InputError when there is none, or of a kind that is not registered
   */
  async fromPretrained(name: string, options: AnyOptions & HubOptions = {}): Promise<PretrainedConfig> {
    const { load, overrides } = splitOptions(options);
    const { json, where } = await readConfigFile(openSource(name, load));
    return readConfig(configs.get(json.model_type, where), json, overrides, where);
  },
};

async function readConfigFile(source: CheckpointSource): Promise<{ json: Json; where: string }> {
  const where = await source.find('config.json');
  if (!where) throw source.missing('config.json');
  const json = await readJson(where);
  return { json: typeof json === 'object' && json !== null ? (json as Json) : {}, where };
}

/** Models of one task, of any registered kind. */
export class AutoModelClass<Model extends PretrainedModel> {
  readonly #models: Registry<AnyModelClass<Model>>;

  /**
   * @param fallback the kind that a config.json without `model_type` is taken for
   * @internal
   */
  constructor(
    name: string,
    readonly fallback?: string,
  ) {
    this.#models = new Registry(name);
  }

  /**
   * Makes a model known by the `modelType` of its `configClass`, and the configuration to {@link AutoConfig}.
   * @throws InputError when another model has the same
   */
  register<Own extends Model & PretrainedModel<Config>, Config extends PretrainedConfig, Options extends object>(
    modelClass: ModelClass<Own, Config, Options>,
  ): void {
    AutoConfig.register(modelClass.configClass);
    this.#models.add(modelClass.configClass.modelType, modelClass as unknown as AnyModelClass<Model>);
  }

  /** The kinds that are known. */
  get modelTypes(): readonly string[] {
    return this.#models.types;
  }

  /**
   * A model with the weights of a hub folder or of a model of the hub, in evaluation mode, as `fromPretrained` of its own class.
   * @throws InputError when files are absent or damaged, do not belong together, or are of a kind that is not registered
   */
  fromPretrained(name: string, options: AnyOptions & LoadOptions = {}): Promise<Model> {
    const fileClass = isFile(name) ? this.#models.entries.find(({ readFile }) => readFile !== undefined) : undefined;
    const choose = (json: unknown, where: string): AnyModelClass<Model> =>
      fileClass ?? this.#models.get((json as Json | null)?.['model_type'] ?? this.fallback, where);
    return loadChosen(fileClass, choose, name, options);
  }

  /**
   * A model with random weights.
   * @param config a configuration, or the content of a config.json with its `model_type`
   * @throws InputError for a kind that is not registered
   */
  fromConfig(config: PretrainedConfig | Json, factory: ModelFactory = {}): Model {
    const type = config instanceof PretrainedConfig ? config.modelType : config['model_type'];
    const modelClass = this.#models.get(type, this.#models.owner);
    const own = config instanceof PretrainedConfig ? config : readConfig(modelClass.configClass, config);
    return new modelClass(own, factory);
  }
}

/** A model that detects objects, whatever its kind. */
export type ObjectDetectionModel = PretrainedModel & { forward(input: DetectionInput): DetectionOutput };

/** Models without a head. */
export const AutoModel = new AutoModelClass<PretrainedModel>('AutoModel');
/** Models that classify images. */
export const AutoModelForImageClassification = new AutoModelClass<ImageClassificationModel>(
  'AutoModelForImageClassification',
  'vit',
);
/** Models that detect objects. */
export const AutoModelForObjectDetection = new AutoModelClass<ObjectDetectionModel>(
  'AutoModelForObjectDetection',
  'detr',
);

AutoModel.register(ViTModel);
AutoModel.register(ResNetBackbone);
AutoModel.register(DetrModel);
AutoModelForImageClassification.register(ViTForImageClassification);
AutoModelForObjectDetection.register(DetrForObjectDetection);

/** Makes a processor of the content of a preprocessor_config.json; gets its path for the errors. */
type ParseProcessor<Processor> = (json: unknown, where: string) => Processor;

const processors = new Map<string, ParseProcessor<ImageProcessor | DetectionProcessor>>([
  ['DetrImageProcessor', DetectionProcessor.fromConfig],
]);

/** The way from an image to a model's input, by the `image_processor_type` of its preprocessor_config.json. */
export const AutoImageProcessor = {
  /**
   * The processor of a hub folder or of a model of the hub.
   * @throws InputError when there is none, or of a kind that is not known
   */
  async fromPretrained(name: string, options: HubOptions = {}): Promise<ImageProcessor | DetectionProcessor> {
    const source = openSource(name, options);
    const path = await source.find(PROCESSOR_FILE);
    if (!path) throw source.missing(PROCESSOR_FILE);
    return readProcessorFile(dirname(path), (json, where) => {
      const { image_processor_type, feature_extractor_type } = { ...(json as Json) };
      // Up to transformers 4 processors were called feature extractors; Fast and Pil are implementations of the same one.
      const type = String(image_processor_type ?? feature_extractor_type)
        .replace(/FeatureExtractor$/, 'ImageProcessor')
        .replace(/(Fast|Pil)$/, '');
      return (processors.get(type) ?? ImageProcessor.fromConfig)(json, where);
    });
  },
};
