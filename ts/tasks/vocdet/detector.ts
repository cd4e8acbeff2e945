import { statSync } from 'node:fs';
import { loadCompileOptions } from '../../compile';
import { InputError } from '../../errors';
import { DetrForObjectDetection } from '../../models';
import { labelSpaceOf, postProcess, requireLabels, type DetectionInput, type Detections } from '../../models/detr';
import * as torch from '../../tensor';
import type { Device } from '../../tensor';
import { weightsOf } from '../../train/run';
import type { Extent } from '../../vision/boxes';
import { DetectionProcessor, type PaddedBatch } from '../../vision/detection-processor';
import type { RgbImage } from '../../vision/image';
import { warnNotFinite, loadProcessor, saveProcessor } from '../checkpoint';
import {
  AS_IT_IS,
  PreparedModel,
  requireInference,
  type InferenceOptions,
  type PreparationOptions,
} from '../prepared-model';
import type { ClassList } from './annotations/classes';
import type { DetectionBatch } from './batches';
import { ranked, type RankedDetections } from './rank-detections';

export interface DetectorOptions extends InferenceOptions {
  /** @default 'cpu' */
  readonly device?: Device;
  /** Hears what a load had to make up, such as a new head. */
  readonly onWarning?: (message: string) => void;
  /** Use a head that starts from random weights, where the checkpoint brings none of this size; without it that is an error. @default false */
  readonly allowNewHead?: boolean;
}

/** A DETR with the way from an image to its input and from its output to boxes in the image. */
export class ObjectDetector {
  readonly #prepared: PreparedModel<DetrForObjectDetection>;
  readonly #inference: InferenceOptions;
  readonly #preparation: PreparationOptions;

  constructor(
    readonly model: DetrForObjectDetection,
    readonly processor: DetectionProcessor,
    inference: InferenceOptions = AS_IT_IS,
    preparation: PreparationOptions = {},
  ) {
    this.#inference = inference;
    this.#preparation = preparation;
    this.#prepared = new PreparedModel(model, inference, preparation);
  }

  /**
   * Loads a run (its best checkpoint), a hub folder, a model of the hub, or a `.pth` file of DETR's authors.
   * @throws InputError when it is none of these
   */
  static async load(
    source: string,
    { device = 'cpu', onWarning, allowNewHead = false, precision, compile }: DetectorOptions = {},
  ): Promise<ObjectDetector> {
    requireInference({ precision, compile });
    const weights = detectorWeights(source);
    const model = await DetrForObjectDetection.fromPretrained(weights, {
      device,
      dtype: 'float32',
      onWarning,
      newHead: allowNewHead ? 'random' : 'refuse',
    });
    warnNotFinite(model, source, onWarning);
    const preparation = { saved: loadCompileOptions(weights), onWarning };
    return new ObjectDetector(model, await loadDetectionProcessor(weights), { precision, compile }, preparation);
  }

  /** Another model that is run as this one is. */
  withModel(model: DetrForObjectDetection): ObjectDetector {
    return new ObjectDetector(model, this.processor, this.#inference, this.#preparation);
  }

  /** Names of the classes, by their numbers. */
  get names(): readonly string[] {
    return labelSpaceOf(this.model.config).names;
  }

  get device(): Device {
    return this.model.class_labels_classifier.weight.device;
  }

  /** @throws InputError when the model detects other classes than these */
  requireClasses(classes: ClassList): void {
    requireLabels(labelSpaceOf(this.model.config), classes);
  }

  /** What is more likely than `threshold` in each image, in pixels of it; the likeliest first. */
  detect(images: readonly RgbImage[], threshold: number): RankedDetections[] {
    return torch.scoped(() =>
      this.detectBatch(this.processor.preprocess(images), images, threshold).map((found) => ranked(found, threshold)),
    );
  }

  /** @param sizes of the images before they were preprocessed */
  detectBatch(batch: PaddedBatch, sizes: readonly Extent[], threshold = 0): Detections[] {
    return torch.inferenceMode(() =>
      torch.scoped(() => postProcess(this.#prepared.forward(onDevice(batch, this.device)), { sizes, threshold })),
    );
  }

  /** All that is found in the images of a batch, and the loss of it. */
  detectLabelled(batch: DetectionBatch): { detections: Detections[]; loss: number } {
    return torch.inferenceMode(() =>
      torch.scoped(() => {
        const { labels, ...input } = labelledOnDevice(batch, this.device);
        const output = this.#prepared.forward({ ...input, outputAuxiliary: true });
        const { loss } = this.model.loss(output, labels);
        return { detections: postProcess(output, { sizes: batch.originals }), loss: Number(loss.item()) };
      }),
    );
  }

  /** Whether convolutions would be calibrated on the first batch. */
  get needsCalibration(): boolean {
    return this.#prepared.needsCalibration;
  }

  /** Calibrates convolutions on these images, when the first batch comes. */
  calibrateOn(images: readonly RgbImage[]): void {
    this.#prepared.calibrateOn(calibrationInputs(this, images));
  }

  /** Writes a hub folder that `load` and Python's transformers read. */
  async save(folder: string): Promise<void> {
    this.model.savePretrained(folder);
    await saveProcessor(folder, this.processor);
  }
}

/** The input of the model for each image alone; freed when the next one is asked for. */
export function* calibrationInputs(
  { processor, device }: ObjectDetector,
  images: readonly RgbImage[],
): Generator<DetectionInput> {
  for (const image of images) {
    const input = onDevice(processor.preprocess([image]), device);
    yield input;
    for (const tensor of Object.values(input)) tensor.dispose();
  }
}

/** The input of the model on its device. */
export function onDevice(
  { pixelValues, pixelMask }: PaddedBatch,
  device: Device,
): { pixelValues: torch.Tensor; pixelMask: torch.Tensor } {
  return {
    pixelValues: pixelValues.to({ device, nonBlocking: true }),
    pixelMask: pixelMask.to({ device, nonBlocking: true }),
  };
}

/** The same with what there is to find, for a loss. */
export function labelledOnDevice(
  { labels, ...batch }: DetectionBatch,
  device: Device,
): DetectionInput & Required<Pick<DetectionInput, 'labels'>> {
  const found = labels.map(({ classLabels, boxes }) => ({
    classLabels: classLabels.to({ device, nonBlocking: true }),
    boxes: boxes.to({ device, nonBlocking: true }),
  }));
  return { ...onDevice(batch, device), labels: found };
}

/** What a source stands for: `fromPretrained` takes it. @throws InputError when it is nothing */
export function detectorWeights(source: string): string {
  if (isFile(source)) return source;
  // With one slash it would be taken for a name on the hub.
  if (/\.pth?$/.test(source)) throw new InputError(`Expected a .pth file at ${source}, found none.`);
  return weightsOf(source);
}

function isFile(source: string): boolean {
  return statSync(source, { throwIfNoEntry: false })?.isFile() === true;
}

/** The preprocessing of a checkpoint; the authors' files come without and mean the paper's. */
export async function loadDetectionProcessor(weights: string): Promise<DetectionProcessor> {
  return isFile(weights) ? new DetectionProcessor() : loadProcessor(weights, DetectionProcessor.fromConfig);
}
