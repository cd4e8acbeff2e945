/**
 * Whether a probability of p comes true in a share p of the cases: "On Calibration of Modern Neural Networks" (Guo et al., ICML
 * 2017, arXiv 1706.04599). Its definitions are for the confidence of one class among many; here each attribute is a question of
 * its own, and the probability is that of its yes. Bins are of equal width.
 */
import { calibrationError, CALIBRATION_BINS, column, type Outputs, sigmoid } from '../metrics';

/** The yeses that were stated with a probability in one range. */
export interface ReliabilityBin {
  /** The range, its lower end inside of it; the last one has both. */
  readonly from: number;
  readonly to: number;
  /** Probabilities in the range. */
  readonly count: number;
  /** Their mean; null where there is none. */
  readonly probability: number | null;
  /** The share of them where the attribute is there; null where there is none. */
  readonly frequency: number | null;
}

export interface AttributeCalibration {
  /** Expected calibration error: the mean distance of probability and frequency, each bin as heavy as it is full. */
  readonly error: number;
  /** Mean squared distance of the probability from 1 for a yes and 0 for a no (Brier 1950). */
  readonly brier: number;
  readonly bins: readonly ReliabilityBin[];
}

export interface Calibration {
  /** Mean of the attributes' calibration errors (classwise: Kull et al. 2019). */
  readonly meanError: number;
  /** Mean of the attributes' Brier scores. */
  readonly meanBrier: number;
  /** The probabilities of all attributes together; errors of attributes in opposite directions cancel here. */
  readonly all: AttributeCalibration;
  readonly perAttribute: Readonly<Record<string, AttributeCalibration>>;
}

/** How well the probabilities of a split are calibrated, in ten bins. */
export function calibration(outputs: Outputs): Calibration {
  const each = outputs.attributes.map((_, k) => {
    const { logits, labels } = column(outputs, k);
    return calibrationOf(logits, labels);
  });
  const mean = (of: (attribute: AttributeCalibration) => number) =>
    each.reduce((sum, attribute) => sum + of(attribute), 0) / each.length;
  return {
    meanError: mean(({ error }) => error),
    meanBrier: mean(({ brier }) => brier),
    all: calibrationOf(outputs.logits, outputs.labels),
    perAttribute: Object.fromEntries(outputs.attributes.map((name, k) => [name, each[k]!])),
  };
}

function calibrationOf(logits: Float32Array, labels: Uint8Array): AttributeCalibration {
  return {
    error: calibrationError(logits, labels),
    brier: brierScore(logits, labels),
    bins: reliabilityBins(logits, labels),
  };
}

/** The bars of a reliability diagram. */
export function reliabilityBins(logits: Float32Array, labels: Uint8Array, bins = CALIBRATION_BINS): ReliabilityBin[] {
  const [counts, probabilities, positives] = [0, 1, 2].map(() => new Float64Array(bins)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  logits.forEach((logit, i) => {
    const probability = sigmoid(logit);
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    counts[bin]!++;
    probabilities[bin]! += probability;
    positives[bin]! += labels[i]!;
  });
  return Array.from(counts, (count, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    count,
    probability: count > 0 ? probabilities[bin]! / count : null,
    frequency: count > 0 ? positives[bin]! / count : null,
  }));
}

/** Mean squared error of the probabilities of yes. */
export function brierScore(logits: Float32Array, labels: Uint8Array): number {
  let sum = 0;
  logits.forEach((logit, i) => (sum += (sigmoid(logit) - labels[i]!) ** 2));
  return sum / logits.length;
}
