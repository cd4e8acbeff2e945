import { InputError } from '../../errors';
import { type Listener, silent, withBar } from '../../native/listener';
import type { Processes } from '../../train/distributed/processes';
import { passTogether } from '../pass-together';
import type { ClassList } from './annotations/classes';
import { type DetectionInputs, evaluationBatches, releaseBatch } from './batches';
import type { DetectionSplit } from './annotations/dataset';
import type { ObjectDetector } from './detector';
import { DetectionEvaluator, type BootstrapOptions } from './evaluator';
import {
  type DetectionAnalysis,
  type DetectionMetric,
  detectionMetrics,
  type FullMetrics,
  keptValues,
  type SplitMetrics,
} from './metrics-table';
import type { DetectedImage } from './rank-detections';

const BATCH = 8;

export interface MetricsOptions {
  /** Images in a batch. @default 8 */
  readonly batchSize?: number;
  readonly prefetch?: number;
  /** Whether objects marked difficult count in the loss. @default 'keep' */
  readonly difficult?: 'keep' | 'drop';
  /** Aborts between two batches with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
  /** Intervals by the bootstrap. @default none */
  readonly bootstrap?: BootstrapOptions;
  /** Told of an image that cannot be used and is left out. @default it ends the evaluation */
  readonly onUnreadable?: (reason: string) => void;
  /** @default all there are */
  readonly table?: readonly DetectionMetric[];
  /** Sees every image. */
  readonly onImage?: (image: DetectedImage) => void;
  /** Those that pass the split through the detector together; all of them get the metrics of all. @default this one alone */
  readonly processes?: Processes | undefined;
}

/** A batch with what was found in it. */
interface DetectedBatch {
  readonly images: readonly DetectedImage[];
  /** The mean over its images. */
  readonly loss: number;
}

type Sees = (batch: DetectedBatch) => void;

/** Passes a split through the detector once. @throws InputError when the detector has other classes */
export async function splitMetrics(
  detector: ObjectDetector,
  split: DetectionSplit,
  classes: ClassList,
  options: MetricsOptions = {},
): Promise<FullMetrics> {
  const { onImage, bootstrap, table = detectionMetrics, ...passing } = options;
  detector.requireClasses(classes);
  const evaluator = new DetectionEvaluator(classes);
  if (split.ids.length === 0) throw new InputError(`Expected images in the split ${split.name}, found none.`);
  let [seen, loss] = [0, 0];
  const see: Sees = (batch) => {
    loss += batch.loss * batch.images.length;
    seen += batch.images.length;
    for (const image of batch.images) {
      evaluator.add(image.original.id, image.detections, image.original.truths);
      onImage?.(image);
    }
  };
  const { processes } = passing;
  const detect = (told: Pick<PassOptions, 'onUnreadable'>, sees: Sees) =>
    detectBatches(detector, { split, classes }, { ...passing, ...told }, sees);
  if (processes) {
    const batches = await passTogether({ ...passing, processes }, async (told) => {
      const own: DetectedBatch[] = [];
      await detect(told, (batch) => void own.push(batch));
      return own;
    });
    batches.forEach(see);
  } else await detect({}, see);
  if (seen === 0) throw new InputError(`Expected images that can be read in the split ${split.name}, found none.`);
  const result = evaluator.result({ bootstrap });
  const kept = keptValues(result, table);
  return { loss: loss / seen, ...result, ...(kept && { kept }) };
}

/** What a pass over a split goes by. */
type PassOptions = Omit<MetricsOptions, 'onImage' | 'bootstrap' | 'table'>;
type Images = Pick<DetectionInputs, 'split' | 'classes'>;

/** Passes the batches of a split, or those of one of several processes, through the detector. */
async function detectBatches(
  detector: ObjectDetector,
  { split, classes }: Images,
  { signal, listener = silent, processes, batchSize = BATCH, ...batching }: PassOptions,
  see: Sees,
): Promise<void> {
  const { length } = split.ids;
  const all = evaluationBatches({ split, classes, processor: detector.processor }, { batchSize, ...batching });
  const batches = processes ? all.deal(processes.rank, processes.size) : all;
  let done = 0;
  const pass = async (update: (done: number, all: number) => void) => {
    for await (const batch of batches.epoch(0)) {
      signal?.throwIfAborted();
      done += batchSize * (processes?.size ?? 1);
      update(Math.min(done, length), length);
      const { originals } = batch;
      const { detections, loss } = originals.length > 0 ? detector.detectLabelled(batch) : { detections: [], loss: 0 };
      releaseBatch(batch);
      const images = originals.map((original, i) => ({ index: original.index, original, detections: detections[i]! }));
      see({ images, loss });
    }
  };
  await withBar(listener, `evaluating ${split.name}`, (bar) => pass((now, of) => bar.update(now, of)), 'steps');
}

/** The metrics of metrics.json, and apart what lies behind them, which is long. */
export function separate({ errorTypes, bySize, curves, ...metrics }: FullMetrics): {
  metrics: SplitMetrics;
  analysis: DetectionAnalysis;
} {
  return { metrics, analysis: { errorTypes, bySize, curves } };
}
