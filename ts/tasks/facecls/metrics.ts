/** The metrics of attributes: one entry each, from which metrics.json, log, report and command line are made. */
import { InputError } from '../../errors';

/** What a metric is computed of: one attribute on one split. */
export interface AttributeOutputs extends Column {
  /** Counts of right and wrong answers, by the answer. */
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  /** Images. */
  readonly total: number;
  /** The more frequent label of the training split. */
  readonly majority: number;
}

/** One metric of an attribute, a share between 0 and 1. */
export interface AttributeMetric {
  /** Its key in metrics.json. */
  readonly key: string;
  /** The key of its mean over the attributes that have it, in metrics.json and the log; absent where no mean is taken. */
  readonly mean?: string;
  /** What heads its column. */
  readonly label: string;
  /** Digits after the point in per cent; means and the command line show one more. */
  readonly digits: number;
  /** What it means. */
  readonly hint?: string;
  /** Whether its mean comes before the others: it decides which checkpoint is best. */
  readonly first?: boolean;
  /** Null where it does not exist. */
  of(outputs: AttributeOutputs): number | null;
}

/** A new metric is one more entry. */
export const attributeMetrics = [
  {
    key: 'positives',
    label: 'positive',
    digits: 1,
    hint: 'Share of the test images that have the attribute',
    of: ({ tp, fn, total }) => (tp + fn) / total,
  },
  {
    key: 'majorityBaseline',
    mean: 'majorityBaseline',
    label: 'baseline',
    digits: 1,
    hint: 'Accuracy of the more frequent answer of the training split',
    of: ({ tp, fp, tn, fn, total, majority }) => (majority === 1 ? tp + fn : tn + fp) / total,
  },
  {
    key: 'accuracy',
    mean: 'meanAccuracy',
    label: 'accuracy',
    digits: 1,
    first: true,
    of: ({ tp, tn, total }) => (tp + tn) / total,
  },
  {
    key: 'balancedAccuracy',
    mean: 'meanBalancedAccuracy',
    label: 'balanced',
    digits: 1,
    hint: 'Mean of the recalls of yes and no',
    // Of one recall, when the other answer does not occur.
    of: ({ tp, fp, tn, fn }) =>
      mean([...(tp + fn > 0 ? [tp / (tp + fn)] : []), ...(tn + fp > 0 ? [tn / (tn + fp)] : [])]),
  },
  {
    key: 'f1',
    mean: 'meanF1',
    label: 'F1',
    digits: 1,
    hint: 'Harmonic mean of precision and recall',
    of: ({ tp, fp, fn }) => (tp > 0 ? (2 * tp) / (2 * tp + fp + fn) : 0),
  },
  {
    key: 'averagePrecision',
    mean: 'meanAveragePrecision',
    label: 'AP',
    digits: 1,
    hint: 'Average precision: area under the precision-recall steps',
    of: ({ logits, labels }): number | null => averagePrecision(logits, labels),
  },
  {
    key: 'calibrationError',
    label: 'ECE',
    digits: 1,
    hint: 'Mean distance between stated probability and frequency',
    of: ({ logits, labels }) => calibrationError(logits, labels),
  },
] as const satisfies readonly AttributeMetric[];

/**
 * Adds a metric of your own to the table: from then on it is in metrics.json, log, report and command line of this process.
 * @throws InputError when the table has its key
 */
export function registerMetric(metric: AttributeMetric): void {
  const table = attributeMetrics as unknown as AttributeMetric[];
  if (table.includes(metric)) return;
  const names = ({ key, mean }: AttributeMetric) => [key, ...(mean === undefined ? [] : [mean])];
  const taken = [...table.flatMap(names), 'name', 'images', 'loss', 'perAttribute'];
  const twice = names(metric).find((name) => taken.includes(name));
  if (twice !== undefined)
    throw new InputError(`registerMetric: expected a key that no other metric has, found ${JSON.stringify(twice)}.`);
  table.push(metric);
}

type Entry = (typeof attributeMetrics)[number];

/** The metrics of one attribute, by their keys. */
export type AttributeMetrics = { readonly name: string } & {
  readonly [Metric in Entry as Metric['key']]: ReturnType<Metric['of']>;
};

/** The metrics of one split: means over the attributes, and those of each. */
export type SplitMetrics = {
  readonly images: number;
  /** Mean binary cross entropy. */
  readonly loss: number;
  readonly perAttribute: readonly AttributeMetrics[];
} & {
  readonly [Metric in Extract<Entry, { readonly mean: string }> as Metric['mean']]: ReturnType<Metric['of']>;
};

/** Logits and labels of a split, row by row: `images` x `attributes`. */
export interface Outputs {
  readonly attributes: readonly string[];
  readonly logits: Float32Array;
  /** 1 where the image has the attribute, else 0. */
  readonly labels: Uint8Array;
}

/**
 * All metrics of a split.
 * @param majority the more frequent answer in the training split for each attribute
 */
export function splitMetrics(
  outputs: Outputs,
  majority: Uint8Array,
  metrics: readonly AttributeMetric[] = attributeMetrics,
): SplitMetrics {
  const { attributes, logits } = outputs;
  const perAttribute = attributes.map((name, k) => {
    const { logits, labels } = column(outputs, k);
    const counts = { ...confusion(logits, labels), total: labels.length, majority: majority[k]! };
    const values = metrics.map((metric) => [metric.key, metric.of({ logits, labels, ...counts })] as const);
    return { name, ...Object.fromEntries(values) } as AttributeMetrics;
  });
  const means = metricsWithMean(metrics).map(({ key, mean }) => [mean, meanMetric(perAttribute, key)] as const);
  const split: unknown = {
    images: logits.length / attributes.length,
    loss: crossEntropy(outputs),
    ...Object.fromEntries(means),
    perAttribute,
  };
  return split as SplitMetrics;
}

/** The entries of the table that have a mean, in the order of metrics.json. */
export function metricsWithMean(metrics: readonly AttributeMetric[]): readonly (AttributeMetric & { mean: string })[] {
  const withMean = metrics.flatMap((metric) => (metric.mean === undefined ? [] : [{ ...metric, mean: metric.mean }]));
  return [...withMean.filter(({ first }) => first), ...withMean.filter(({ first }) => !first)];
}

/** The value of an attribute or a split at a key of the table. */
export function metricAt(metrics: AttributeMetrics | SplitMetrics, key: string): number | null {
  return (metrics as unknown as Readonly<Record<string, number | null>>)[key]!;
}

/** Over the attributes that have it; null when none has. */
function meanMetric(perAttribute: readonly AttributeMetrics[], key: string): number | null {
  const values = perAttribute.map((item) => metricAt(item, key)).filter((value) => value !== null);
  return values.length > 0 ? mean(values) : null;
}

/** The more frequent label of each attribute; on a tie 0, the absence. */
export function majorityLabels(rows: readonly Uint8Array[], attributes: number): Uint8Array {
  const positives = new Float64Array(attributes);
  for (const row of rows) row.forEach((label, k) => (positives[k]! += label));
  return Uint8Array.from(positives, (count) => (2 * count > rows.length ? 1 : 0));
}

/** One attribute of all images. */
interface Column {
  readonly logits: Float32Array;
  readonly labels: Uint8Array;
}

/** One attribute of all images out of the rows. */
export function column({ attributes, logits, labels }: Outputs, k: number): Column {
  const every = attributes.length;
  const rows = logits.length / every;
  return {
    logits: Float32Array.from({ length: rows }, (_, i) => logits[i * every + k]!),
    labels: Uint8Array.from({ length: rows }, (_, i) => labels[i * every + k]!),
  };
}

/** Counts of right and wrong answers; the answer is yes at a probability of one half or more. */
function confusion(logits: Float32Array, labels: Uint8Array): Record<'tp' | 'fp' | 'tn' | 'fn', number> {
  const counts = { tp: 0, fp: 0, tn: 0, fn: 0 };
  logits.forEach((logit, i) => {
    const yes = logit >= 0;
    counts[labels[i] === 1 ? (yes ? 'tp' : 'fn') : yes ? 'fp' : 'tn']++;
  });
  return counts;
}

/**
 * Sum over the distinct scores, from the highest, of the recall gained there times the precision there.
 * Equal scores enter together, so the order of images does not matter. Null without positives.
 */
export function averagePrecision(scores: Float32Array, labels: Uint8Array): number | null {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return null;
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let [area, found, foundBefore] = [0, 0, 0];
  order.forEach((image, rank) => {
    found += labels[image]!;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[image]) return;
    area += ((found - foundBefore) / positives) * (found / (rank + 1));
    foundBefore = found;
  });
  return area;
}

/** Bins of equal width for the probability of a yes. */
export const CALIBRATION_BINS = 10;

/** Expected calibration error of the probability of yes over ten bins of equal width (Naeini et al. 2015). */
export function calibrationError(logits: Float32Array, labels: Uint8Array, bins = CALIBRATION_BINS): number {
  const gaps = new Float64Array(bins);
  logits.forEach((logit, i) => {
    const probability = sigmoid(logit);
    gaps[Math.min(bins - 1, Math.floor(probability * bins))]! += probability - labels[i]!;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length;
}

/** Mean over all answers of log(1 + exp(-logit)) for a yes and log(1 + exp(logit)) for a no. */
function crossEntropy({ logits, labels }: Outputs): number {
  let sum = 0;
  logits.forEach((logit, i) => (sum += softplus(labels[i] === 1 ? -logit : logit)));
  return sum / logits.length;
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
