/** Figures of one attribute on one split. Null where a figure does not exist. */
export interface AttributeMetrics {
  readonly name: string;
  /** Images that have the attribute, as a share of all. */
  readonly positives: number;
  /** Accuracy of answering always what is more frequent in the training split. */
  readonly majorityBaseline: number;
  readonly accuracy: number;
  /** Mean of the recalls of both answers; of one, when the other does not occur. */
  readonly balancedAccuracy: number;
  /** Harmonic mean of precision and recall; 0 when nothing was rightly found. */
  readonly f1: number;
  /** Area under the precision-recall steps, as scikit-learn's `average_precision_score`; null without positives. */
  readonly averagePrecision: number | null;
  /** Mean distance between probability and frequency over ten equal bins (expected calibration error). */
  readonly calibrationError: number;
}

/** Figures of one split: means over the attributes, all of them shares between 0 and 1. */
export interface SplitMetrics {
  readonly images: number;
  /** Mean binary cross entropy. */
  readonly loss: number;
  readonly meanAccuracy: number;
  /** Mean accuracy of answering always what is more frequent in the training split. */
  readonly majorityBaseline: number;
  readonly meanBalancedAccuracy: number;
  readonly meanF1: number;
  /** Over the attributes that have positives. */
  readonly meanAveragePrecision: number | null;
  readonly perAttribute: readonly AttributeMetrics[];
}

/** Logits and labels of a split, row by row: `images` x `attributes`. */
export interface Outputs {
  readonly attributes: readonly string[];
  readonly logits: Float32Array;
  /** 1 where the image has the attribute, else 0. */
  readonly labels: Uint8Array;
}

/**
 * All figures of a split.
 * @param majority the more frequent answer in the training split for each attribute
 */
export function splitMetrics(outputs: Outputs, majority: Uint8Array): SplitMetrics {
  const { attributes, logits } = outputs;
  const perAttribute = attributes.map((name, k) => attributeMetrics(name, column(outputs, k), majority[k]!));
  const precisions = perAttribute.flatMap(({ averagePrecision }) => averagePrecision ?? []);
  return {
    images: logits.length / attributes.length,
    loss: crossEntropy(outputs),
    meanAccuracy: mean(perAttribute.map(({ accuracy }) => accuracy)),
    majorityBaseline: mean(perAttribute.map(({ majorityBaseline }) => majorityBaseline)),
    meanBalancedAccuracy: mean(perAttribute.map(({ balancedAccuracy }) => balancedAccuracy)),
    meanF1: mean(perAttribute.map(({ f1 }) => f1)),
    meanAveragePrecision: precisions.length > 0 ? mean(precisions) : null,
    perAttribute,
  };
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

function column({ attributes, logits, labels }: Outputs, k: number): Column {
  const every = attributes.length;
  const rows = logits.length / every;
  return {
    logits: Float32Array.from({ length: rows }, (_, i) => logits[i * every + k]!),
    labels: Uint8Array.from({ length: rows }, (_, i) => labels[i * every + k]!),
  };
}

function attributeMetrics(name: string, { logits, labels }: Column, majority: number): AttributeMetrics {
  const { tp, fp, tn, fn } = confusion(logits, labels);
  const total = labels.length;
  const recalls = [tp + fn > 0 ? tp / (tp + fn) : null, tn + fp > 0 ? tn / (tn + fp) : null];
  return {
    name,
    positives: (tp + fn) / total,
    majorityBaseline: (majority === 1 ? tp + fn : tn + fp) / total,
    accuracy: (tp + tn) / total,
    balancedAccuracy: mean(recalls.flatMap((recall) => recall ?? [])),
    f1: tp > 0 ? (2 * tp) / (2 * tp + fp + fn) : 0,
    averagePrecision: averagePrecision(logits, labels),
    calibrationError: calibrationError(logits, labels),
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

/** Expected calibration error of the probability of yes over ten bins of equal width (Naeini et al. 2015). */
export function calibrationError(logits: Float32Array, labels: Uint8Array, bins = 10): number {
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
