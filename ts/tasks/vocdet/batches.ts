/**
 * Annotated images as batches for a detector. All pixels come from one path: decode, a plan of geometric changes (at
 * random for training, the processor's own otherwise), `processor.change`, `processor.batch`.
 */
import type { Dataset, Pass } from '../../data/dataset';
import { DataLoader, type Batches, type EpochOptions } from '../../data/loader';
import { Rng } from '../../data/rng';
import { inOrder, shuffled } from '../../data/samplers';
import { InputError } from '../../errors';
import type { DetrLabels } from '../../models/detr';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { nonEmptyBoxes, scaleBoxes, takeBoxes, xyxyToCxcywh, type Extent } from '../../vision/boxes';
import { planDetectionAugment, type DetectionAugmentOptions } from '../../vision/detection-augment';
import type { DetectionProcessor, PaddedBatch } from '../../vision/detection-processor';
import { decodeImage, type RgbImage } from '../../vision/image';
import { changeBoxes, extentAfter, type Step } from '../../vision/steps';
import { resolveTargets, type Targets } from './annotations/annotation';
import type { ClassList } from './annotations/classes';
import type { DetectionSplit } from './annotations/dataset';

/** A decoded image with its objects. */
export interface DetectionSample {
  readonly id: string;
  /** Its place in the split. */
  readonly index: number;
  readonly image: RgbImage;
  readonly targets: Targets;
}

/** An image of a batch as it was before any change. */
export interface Original extends Extent {
  readonly id: string;
  /** Its place in the split. */
  readonly index: number;
  /** All of its objects, as the evaluator takes them. */
  readonly truths: Targets;
}

export interface DetectionBatch extends PaddedBatch {
  /** What there is to find in each image. */
  readonly labels: readonly DetrLabels[];
  readonly originals: readonly Original[];
}

export interface DetectionBatchOptions {
  /** Images in a batch. @default 2 */
  readonly batchSize?: number;
  /** Seed of order and changes. @default 0 */
  readonly seed?: number;
  /** Batches loaded ahead. @default 4 */
  readonly prefetch?: number;
  /** Whether objects marked difficult are there to be found. @default 'keep' */
  readonly difficult?: 'keep' | 'drop';
  /** How far samples of shards are moved when they are shuffled; null shuffles all among each other. @default 10 000 */
  readonly shuffleBuffer?: number | null;
  /** See `ShardOrderOptions`. @default 8 */
  readonly streams?: number;
  /** Told of an image that cannot be used and is left out. @default it ends the pass */
  readonly onUnreadable?: (reason: string) => void;
  /** Whether training batches are divided among several processes, of which one may have no image that can be used. @default false */
  readonly isPart?: boolean;
}

const defaults = {
  batchSize: 2,
  seed: 0,
  prefetch: 4,
  difficult: 'keep',
  shuffleBuffer: 10_000,
  streams: 8,
} as const satisfies DetectionBatchOptions;

/** What batches are made of. */
export interface DetectionInputs {
  readonly split: DetectionSplit;
  readonly classes: ClassList;
  readonly processor: DetectionProcessor;
}

/**
 * Batches for training: shuffled and changed anew in each epoch, by seed, epoch and position in the split alone. The last batch
 * is left out when it is not full, as in the paper's code, unless it is the only one.
 * @param augment what is changed at random; undefined changes no more than evaluation does
 */
export function trainBatches(
  inputs: DetectionInputs,
  augment: DetectionAugmentOptions | undefined,
  options: DetectionBatchOptions = {},
): Batches<DetectionBatch> {
  const { batchSize, shuffleBuffer, streams, ...rest } = { ...defaults, ...options };
  const sharded = shuffleBuffer === null ? undefined : inputs.split.order?.({ batchSize, shuffleBuffer, streams });
  const plan = augment ? (extent: Extent, rng: Rng) => planDetectionAugment(rng, extent, augment) : undefined;
  const lastBatch = inputs.split.ids.length < batchSize ? 'keep' : 'drop';
  return load(inputs, { ...rest, plan }, { batchSize, sampler: sharded ?? shuffled, lastBatch });
}

/** Batches in the order of the split, the same in every pass. */
export function evaluationBatches(
  inputs: DetectionInputs,
  options: DetectionBatchOptions = {},
): Batches<DetectionBatch> {
  const { batchSize, ...rest } = { ...defaults, ...options };
  return load(inputs, rest, { batchSize, sampler: inOrder, lastBatch: 'keep' });
}

/** Frees the tensors of a batch. */
export function releaseBatch({ pixelValues, pixelMask, labels }: DetectionBatch): void {
  for (const tensor of [pixelValues, pixelMask, ...labels.flatMap(({ classLabels, boxes }) => [classLabels, boxes])])
    tensor.dispose();
}

/** A dataset of images, whose loading waits for files. */
type Loaded = Dataset<DetectionSample> & Required<Pick<Dataset<DetectionSample>, 'load'>>;

/** The same without the images that cannot be used. */
function readableDataset(
  dataset: Loaded,
  onUnreadable: (reason: string) => void,
): Dataset<DetectionSample | undefined> {
  const load = async (index: number, pass: Pass) => {
    try {
      return await dataset.load(index, pass);
    } catch (error) {
      onUnreadable((error as Error).message);
      return undefined;
    }
  };
  return { length: dataset.length, load, ...(dataset.expect && { expect: (batches) => dataset.expect!(batches) }) };
}

/** The images of a split, decoded, with their objects numbered by a class list. */
function detectionDataset(split: DetectionSplit, classes: ClassList): Loaded {
  return {
    length: split.ids.length,
    describe: (index) => split.describe(index),
    ...(split.expect && { expect: (batches) => split.expect!(batches) }),
    load: async (index) => {
      const [annotation, bytes] = await Promise.all([split.annotation(index), split.image(index)]);
      const image = await decodeImage(bytes, split.describe(index));
      return { id: split.ids[index]!, index, image, targets: resolveTargets(annotation, image, classes) };
    },
  };
}

interface Making {
  readonly seed: number;
  readonly prefetch: number;
  readonly difficult: 'keep' | 'drop';
  /** Chooses the changes of a training image. */
  readonly plan?: (extent: Extent, rng: Rng) => Step[];
  readonly onUnreadable?: (reason: string) => void;
  readonly isPart?: boolean;
}

type Order = Pick<EpochOptions, 'batchSize' | 'sampler' | 'lastBatch'>;

function load({ split, classes, processor }: DetectionInputs, making: Making, order: Order): Batches<DetectionBatch> {
  const { seed, prefetch, difficult, plan, onUnreadable, isPart = false } = making;
  const collate = (
    loaded: readonly (DetectionSample | undefined)[],
    { epoch }: Pass,
    indices: Uint32Array,
  ): DetectionBatch =>
    torch.scoped(() => {
      const samples = loaded.filter((sample) => sample !== undefined);
      // An evaluation passes over an empty batch; a step has no gradient of one.
      if (samples.length === 0 && order.sampler !== inOrder && !isPart)
        throw nothingToUse(Array.from(indices, (index) => split.describe(index)));
      if (samples.length === 0) return emptyBatch();
      const plans = samples.map(
        ({ image, index }) => plan?.(image, new Rng(seed, epoch, index)) ?? processor.changes(image),
      );
      const batch = processor.batch(samples.map(({ image }, i) => processor.change(image, plans[i]!)));
      return {
        ...batch,
        labels: samples.map((sample, i) => labelsOf(sample, plans[i]!, difficult)),
        originals: samples.map(({ id, index, image: { width, height }, targets }) => ({
          id,
          index,
          width,
          height,
          truths: targets,
        })),
      };
    });
  const dataset = detectionDataset(split, classes);
  return new DataLoader(onUnreadable ? readableDataset(dataset, onUnreadable) : dataset, collate, {
    ...order,
    seed,
    prefetch,
    pinMemory: true,
  });
}

function nothingToUse(names: readonly string[]): InputError {
  return new InputError(
    `Expected an image that can be used in a batch of training, found none among ${names.join(', ')}.`,
  );
}

/** What is left of a batch none of whose images can be used. */
function emptyBatch(): DetectionBatch {
  return {
    pixelValues: torch.zeros([0, 3, 1, 1]),
    pixelMask: torch.zeros([0, 1, 1], { dtype: 'int64' }),
    labels: [],
    originals: [],
  };
}

/** What is left of an image's objects after the changes; crowds are no objects to find. */
function labelsOf({ image, targets }: DetectionSample, steps: readonly Step[], difficult: 'keep' | 'drop'): DetrLabels {
  const { width, height } = extentAfter(steps, image);
  const moved = changeBoxes(steps, targets.boxes, image);
  const isWanted = (index: number) =>
    targets.crowd[index] === 0 && (difficult === 'keep' || targets.difficult[index] === 0);
  const kept = nonEmptyBoxes(moved).filter(isWanted);
  const relative = xyxyToCxcywh(scaleBoxes(takeBoxes(moved, kept), 1 / width, 1 / height));
  const classLabels: Tensor = torch.fromTypedArray(BigInt64Array.from(kept, (index) => BigInt(targets.labels[index]!)));
  return { classLabels, boxes: torch.fromTypedArray(Float32Array.from(relative.data), [kept.length, 4]) };
}
