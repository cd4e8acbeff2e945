import { InputError } from '../../errors';
import { type Listener, silent, withBar } from '../../native/listener';
import type { ClassList } from './annotations/classes';
import { evaluationBatches, releaseBatch } from './batches';
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
}

/** Passes a split through the detector once. @throws InputError when the detector has other classes */
export async function splitMetrics(
  detector: ObjectDetector,
  split: DetectionSplit,
  classes: ClassList,
  options: MetricsOptions = {},
): Promise<FullMetrics> {
  const { signal, listener = silent, onImage, bootstrap, table = detectionMetrics, ...batching } = options;
  detector.requireClasses(classes);
  const evaluator = new DetectionEvaluator(classes);
  const { length } = split.ids;
  if (length === 0) throw new InputError(`Expected images in the split ${split.name}, found none.`);
  let [done, seen, loss] = [0, 0, 0];
  const pass = async (update: (done: number, all: number) => void) => {
    const batches = evaluationBatches(
      { split, classes, processor: detector.processor },
      { batchSize: BATCH, ...batching },
    );
    for await (const batch of batches.epoch(0)) {
      signal?.throwIfAborted();
      update((done = Math.min(done + (batching.batchSize ?? BATCH), length)), length);
      if (batch.originals.length === 0) continue;
      const found = detector.detectLabelled(batch);
      releaseBatch(batch);
      loss += found.loss * batch.originals.length;
      seen += batch.originals.length;
      batch.originals.forEach((original, i) => {
        evaluator.add(original.id, found.detections[i]!, original.truths);
        onImage?.({ index: original.index, original, detections: found.detections[i]! });
      });
    }
  };
  await withBar(listener, `evaluating ${split.name}`, (bar) => pass((now, all) => bar.update(now, all)), 'steps');
  if (seen === 0) throw new InputError(`Expected images that can be read in the split ${split.name}, found none.`);
  const result = evaluator.result({ bootstrap });
  const kept = keptValues(result, table);
  return { loss: loss / seen, ...result, ...(kept && { kept }) };
}

/** The metrics of metrics.json, and apart what lies behind them, which is long. */
export function separate({ errorTypes, bySize, curves, ...metrics }: FullMetrics): {
  metrics: SplitMetrics;
  analysis: DetectionAnalysis;
} {
  return { metrics, analysis: { errorTypes, bySize, curves } };
}
