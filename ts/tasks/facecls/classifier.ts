import { loadCompileOptions } from '../../compile';
import { InputError } from '../../errors';
import { AutoModelForImageClassification, type ImageClassificationModel } from '../../models';
import * as torch from '../../tensor';
import type { Device, Tensor } from '../../tensor';
import { weightsOf } from '../../train/run';
import type { RgbImage } from '../../vision/image';
import { ImageProcessor } from '../../vision/processor';
import { loadProcessor, saveProcessor, warnNotFinite } from '../checkpoint';
import {
  AS_IT_IS,
  PreparedModel,
  requireInference,
  type InferenceOptions,
  type PreparationOptions,
} from '../prepared-model';

export interface ClassifierOptions extends InferenceOptions {
  /** @default 'cpu' */
  readonly device?: Device;
  /** Hears what a load had to make up, such as a new head. */
  readonly onWarning?: (message: string) => void;
  /** Use a head that starts from random weights, where the checkpoint brings none of this size; without it that is an error. @default false */
  readonly allowNewHead?: boolean;
}

/** A classifier of images with a yes or no for each attribute, and the way from an image to its input. */
export class FaceClassifier {
  readonly #prepared: PreparedModel<ImageClassificationModel>;

  constructor(
    readonly model: ImageClassificationModel,
    readonly processor: ImageProcessor,
    inference: InferenceOptions = AS_IT_IS,
    preparation: PreparationOptions = {},
  ) {
    this.#prepared = new PreparedModel(model, inference, preparation);
  }

  /**
   * Loads a run (its best checkpoint), a hub folder or a model of the hub.
   * @throws InputError when it is none, or not a classifier of independent labels
   */
  static async load(
    source: string,
    { device = 'cpu', onWarning, allowNewHead = false, precision, compile }: ClassifierOptions = {},
  ): Promise<FaceClassifier> {
    requireInference({ precision, compile });
    const folder = weightsOf(source);
    const model = await AutoModelForImageClassification.fromPretrained(folder, {
      device,
      dtype: 'float32',
      onWarning,
      newHead: allowNewHead ? 'random' : 'refuse',
    });
    if (model.config.problemType !== 'multi_label_classification') {
      throw new InputError(
        `Expected ${source} to hold a classifier of attributes (problem_type multi_label_classification), ` +
          `found ${model.config.problemType ?? 'none'}; fine-tune it first: train facecls with model.from=${source}.`,
      );
    }
    requireDistinct(Object.values(model.config.id2label), source);
    warnNotFinite(model, source, onWarning);
    const preparation = { saved: loadCompileOptions(folder), onWarning };
    return new FaceClassifier(
      model,
      await loadProcessor(folder, ImageProcessor.fromConfig),
      { precision, compile },
      preparation,
    );
  }

  /** Names of the outputs, in order. */
  get attributes(): readonly string[] {
    const { id2label, numLabels } = this.model.config;
    return Array.from({ length: numLabels }, (_, k) => id2label[k]!);
  }

  get device(): Device {
    return this.model.parameters()[0]!.device;
  }

  /** One row of logits for each image. */
  classify(images: readonly RgbImage[]): Float32Array[] {
    const logits = torch.scoped(() => this.logits(this.processor.preprocess([...images])));
    const width = this.attributes.length;
    return images.map((_, i) => logits.slice(i * width, (i + 1) * width));
  }

  /** (B, C, H, W) -> B x K logits, row after row. */
  logits(pixelValues: Tensor): Float32Array {
    return torch.inferenceMode(() =>
      torch.scoped(() => {
        const { logits } = this.#prepared.forward({ pixelValues: pixelValues.to(this.device) });
        return logits.to('cpu').data() as Float32Array;
      }),
    );
  }

  /** Writes a hub folder that `load` and Python's transformers read. */
  async save(folder: string): Promise<void> {
    this.model.savePretrained(folder);
    await saveProcessor(folder, this.processor);
  }
}

/** Results are told by names. @throws InputError for one that two outputs have */
function requireDistinct(names: readonly string[], source: string): void {
  const twice = names.find((name, id) => names.indexOf(name) !== id);
  if (twice !== undefined)
    throw new InputError(
      `${source}: expected id2label to give every attribute a name of its own, found ${JSON.stringify(twice)} twice; correct its config.json.`,
    );
}
