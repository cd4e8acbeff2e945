/** Calibration of a detector for int8: which numbers go through its convolutions, on images that it is to see. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../compile';
import { COMPILE_FILE } from '../../compile/calibration';
import { InputError } from '../../errors';
import { type Listener, silent } from '../../native/listener';
import { expected } from '../../options';
import { decodeImage, type RgbImage } from '../../vision/image';
import { imageBatches } from '../images';
import type { FetchOptions } from '../sources/fetch';
import { calibrationInputs, detectorWeights, ObjectDetector } from './detector';
import { openOwnDataset, type OwnDatasetOptions } from './own-dataset';
import type { OpenDataset } from './splits/open-dataset';

/** How many images of a training split: the ranges of more are hardly wider. */
const COUNT = 16;

export interface CalibrateOptions extends OwnDatasetOptions {
  /** Images of the training split, where no others are named. @default 16 */
  readonly count?: number;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
  readonly listener?: Listener;
}

export interface CalibrationResult {
  /** What was written. */
  readonly file: string;
  /** How many images were looked at. */
  readonly images: number;
}

/**
 * Writes compile.json into the folder of a detector: with it `predict` and `evaluate` compute in int8.
 * @param weights a run folder (its best checkpoint) or a hub folder
 * @param inputs files, folders, patterns and URLs of images; none for those of the training split of its dataset
 * @throws InputError for weights that are no folder, for no images, and for one that cannot be read
 */
export async function calibrate(
  weights: string,
  inputs: readonly string[] = [],
  options: CalibrateOptions = {},
): Promise<CalibrationResult> {
  const { listener = silent, count = COUNT, fetch } = options;
  if (!Number.isInteger(count) || count < 1)
    throw expected('calibrate', 'a whole number of at least 1 for count', count, '', InputError);
  const folder = detectorWeights(weights);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(
      `calibrate: expected a run folder or a hub folder, to write ${COMPILE_FILE} into, found ${weights}; save the detector into a folder first`,
    );
  const detector = await ObjectDetector.load(weights, { onWarning: listener.say, compile: false });
  const images = inputs.length > 0 ? await given(inputs, fetch) : await ofTraining(weights, count, options);
  using compiled = compile(detector.model.eval(), {
    precision: 'int8',
    calibrate: calibrationInputs(detector, images),
  });
  compiled.saveOptions(folder);
  return { file: join(folder, COMPILE_FILE), images: images.length };
}

async function given(inputs: readonly string[], fetch?: FetchOptions): Promise<RgbImage[]> {
  const images: RgbImage[] = [];
  for await (const [item] of imageBatches(inputs, 1, fetch)) {
    if ('error' in item!) throw item.error;
    images.push(item!.image);
  }
  return images;
}

async function ofTraining(weights: string, count: number, options: CalibrateOptions): Promise<RgbImage[]> {
  const dataset = await openOwnDataset(weights, options, options.listener ?? silent);
  try {
    return await trainingImages(dataset, count);
  } finally {
    await dataset.close();
  }
}

/**
 * Images of the training split, from all over it.
 * @throws InputError where the dataset has none, and for one that cannot be read
 */
export async function trainingImages(dataset: OpenDataset, count = COUNT): Promise<RgbImage[]> {
  const split = await dataset.split('train');
  const { length } = split.ids;
  const indices = Array.from({ length: Math.min(count, length) }, (_, i) =>
    Math.floor((i * length) / Math.min(count, length)),
  );
  return Promise.all(indices.map(async (index) => decodeImage(await split.image(index), split.describe(index))));
}
