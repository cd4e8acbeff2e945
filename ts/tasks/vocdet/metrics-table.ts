/** The metrics of a split: one entry each, from which log, report and command line are made. */
import { InputError } from '../../errors';
import type { CocoMetricName, Confidence, DetectionResult, Interval } from './evaluator';

/** What lies behind the metrics: analysis.json of a run, and what `evaluate` gives beside them. */
export type DetectionAnalysis = Pick<DetectionResult, 'errorTypes' | 'bySize' | 'curves'>;

/** The metrics of one split; all precisions are shares between 0 and 1. */
export interface SplitMetrics extends Omit<DetectionResult, keyof DetectionAnalysis> {
  /** Mean of the loss over the batches, each as heavy as it has images. */
  readonly loss: number;
  /** Values of metrics that keep theirs, by key. */
  readonly kept?: Readonly<Record<string, number | null>>;
}

/** The same with what lies behind them. */
export interface FullMetrics extends SplitMetrics, DetectionAnalysis {}

/** One metric of a detector, a share between 0 and 1. */
export interface DetectionMetric {
  /** Its key in the log. */
  readonly key: string;
  /** What heads its column. */
  readonly label: string;
  /** Digits after the point in per cent; the command line shows one more. */
  readonly digits: number;
  /** What it means. */
  readonly hint: string;
  /** Whether every evaluation of a training logs it. @default false */
  readonly logged?: boolean;
  /** Whether the report's table of splits has it; the command line has all. @default true */
  readonly reported?: boolean;
  /** Keeps its value in metrics.json: for one that the rest of that file does not say. @default false */
  readonly kept?: boolean;
  /** Null where it does not exist. */
  of(result: Omit<SplitMetrics, 'loss' | 'kept'> & Partial<DetectionAnalysis>): number | null;
  /** The same of one class. */
  readonly ofClass?: (result: Omit<SplitMetrics, 'loss' | 'kept'>, name: string) => number | null;
  /** Its interval by the bootstrap. */
  readonly interval?: (confidence: Confidence) => Interval | null;
}

/** A number of COCO's that is not told by class. */
function coco(
  key: Exclude<CocoMetricName, 'AP' | 'AP50'>,
  hint: string,
  where: Pick<DetectionMetric, 'logged' | 'reported'> = {},
): DetectionMetric {
  return { key, label: key, digits: 1, hint, of: (result) => result.coco[key], ...where };
}

const hidden = { reported: false };

/** A new metric is one more entry. */
export const detectionMetrics: readonly DetectionMetric[] = [
  {
    key: 'AP',
    label: 'AP',
    digits: 1,
    hint: 'Mean over overlaps 0.5, 0.55 … 0.95',
    logged: true,
    of: (result) => result.coco.AP,
    ofClass: (result, name) => result.coco.perClass[name]!.AP,
    interval: (confidence) => confidence.coco.AP,
  },
  {
    key: 'AP50',
    label: 'AP50',
    digits: 1,
    hint: 'At an overlap of 0.5',
    logged: true,
    of: (result) => result.coco.AP50,
    ofClass: (result, name) => result.coco.perClass[name]!.AP50,
    interval: (confidence) => confidence.coco.AP50,
  },
  coco('AP75', 'At an overlap of 0.75', { logged: true }),
  coco('APs', 'Objects below 32 x 32 pixels'),
  coco('APm', 'Objects below 96 x 96 pixels'),
  coco('APl', 'Larger objects'),
  coco('AR1', 'Recall by one detection', hidden),
  coco('AR10', 'Recall by at most 10 detections', hidden),
  coco('AR100', 'Recall by at most 100 detections', { logged: true }),
  coco('ARs', 'Recall of objects below 32 x 32 pixels', hidden),
  coco('ARm', 'Recall of objects below 96 x 96 pixels', hidden),
  coco('ARl', 'Recall of larger objects', hidden),
  {
    key: 'voc07.mAP',
    label: 'VOC07',
    digits: 1,
    hint: 'VOC 2007, eleven points',
    logged: true,
    of: (result) => result.voc07.mAP,
    ofClass: (result, name) => result.voc07.perClass[name]!,
    interval: (confidence) => confidence.voc07,
  },
  {
    key: 'voc12.mAP',
    label: 'VOC12',
    digits: 1,
    hint: 'VOC 2012, area under the curve',
    logged: true,
    of: (result) => result.voc12.mAP,
    ofClass: (result, name) => result.voc12.perClass[name]!,
    interval: (confidence) => confidence.voc12,
  },
];

/**
 * Adds a metric of your own to the table: from then on it is in log, report and command line of this process, and with `kept`
 * in metrics.json.
 * @throws InputError when the table has its key
 */
export function registerMetric(metric: DetectionMetric): void {
  const table = detectionMetrics as DetectionMetric[];
  if (table.includes(metric)) return;
  if (table.some(({ key }) => key === metric.key))
    throw new InputError(
      `registerMetric: expected a key that no other metric has, found ${JSON.stringify(metric.key)}.`,
    );
  table.push(metric);
}

/** The value of a metric; a kept one was computed with the evaluation. */
export function valueOf(metric: DetectionMetric, metrics: SplitMetrics): number | null {
  return metric.kept ? metrics.kept![metric.key]! : metric.of(metrics);
}

/** What metrics.json keeps beside the evaluator's result; undefined where that is nothing. */
export function keptValues(
  result: DetectionResult,
  metrics: readonly DetectionMetric[],
): Readonly<Record<string, number | null>> | undefined {
  const kept = metrics.filter((metric) => metric.kept);
  return kept.length === 0 ? undefined : Object.fromEntries(kept.map((metric) => [metric.key, metric.of(result)]));
}

/** What the log of a training says of an evaluation. */
export function loggedMetrics(
  split: SplitMetrics,
  metrics: readonly DetectionMetric[] = detectionMetrics,
): Record<string, number | null> {
  const logged = metrics.filter((metric) => metric.logged);
  return { loss: split.loss, ...Object.fromEntries(logged.map((metric) => [metric.key, valueOf(metric, split)])) };
}
