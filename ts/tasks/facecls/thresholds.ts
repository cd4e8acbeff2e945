/** The probability from which an attribute counts as there, tuned on the validation split and kept beside the weights. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { replaceFile } from '../../native/replace-file';
import { column, type Outputs, sigmoid } from './metrics';

/** What an attribute's answers are worth at a threshold. */
export interface ThresholdMetrics {
  /** Least probability of a yes. */
  readonly threshold: number;
  /** Share of the yeses that are right; null where there is none. */
  readonly precision: number | null;
  /** Share of the images with the attribute that are found; null where there is none. */
  readonly recall: number | null;
  /** Harmonic mean of the two, 0 where nothing is found. */
  readonly f1: number;
}

/** By the names of the attributes. */
export type Thresholds = Readonly<Record<string, ThresholdMetrics>>;

/** What is taken where nothing is known. */
const HALF = 0.5;

const FILE = 'thresholds.json';

/**
 * The thresholds with the highest F1 on a split: each lies in the middle between two neighbouring probabilities, of several as good
 * ones the nearest to one half. An attribute that no image of the split has keeps one half.
 */
export function tuneThresholds(outputs: Outputs): Thresholds {
  return mapAttributes(outputs, (probabilities, labels) => bestThreshold(probabilities, labels));
}

/** What the same thresholds are worth on another split; an attribute that they do not name is judged at one half. */
export function metricsAtThresholds(outputs: Outputs, thresholds: Readonly<Record<string, number>>): Thresholds {
  return mapAttributes(outputs, (probabilities, labels, name) =>
    metricsAt(probabilities, labels, thresholds[name] ?? HALF),
  );
}

/** The numbers alone. */
export function thresholdValues(thresholds: Thresholds): Record<string, number> {
  return Object.fromEntries(Object.entries(thresholds).map(([name, { threshold }]) => [name, threshold]));
}

/** Writes thresholds.json into the folder of a checkpoint. */
export function saveThresholds(folder: string, thresholds: Thresholds): void {
  replaceFile(join(folder, FILE), `${JSON.stringify(thresholds, null, 2)}\n`);
}

/** The thresholds of a checkpoint's folder, by attribute; undefined where it has none. @throws InputError when the file is damaged */
export function loadThresholds(folder: string): Record<string, number> | undefined {
  const file = join(folder, FILE);
  if (!existsSync(file)) return undefined;
  try {
    const values = thresholdValues(JSON.parse(readFileSync(file, 'utf8')) as Thresholds);
    if (Object.values(values).every((value) => value >= 0 && value <= 1)) return values;
  } catch {
    // Said below.
  }
  throw new InputError(
    `${file}: expected a probability as "threshold" of each attribute; delete the file to go by one half.`,
  );
}

function mapAttributes(
  outputs: Outputs,
  of: (probabilities: Float64Array, labels: Uint8Array, name: string) => ThresholdMetrics,
): Thresholds {
  return Object.fromEntries(
    outputs.attributes.map((name, k) => {
      const { logits, labels } = column(outputs, k);
      return [name, of(Float64Array.from(logits, sigmoid), labels, name)];
    }),
  );
}

function bestThreshold(probabilities: Float64Array, labels: Uint8Array): ThresholdMetrics {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return metricsAt(probabilities, labels, HALF);
  const order = Uint32Array.from(labels, (_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
  let best = { threshold: HALF, f1: f1Of(countsAt(probabilities, labels, HALF)) };
  let found = 0;
  order.forEach((image, rank) => {
    found += labels[image]!;
    const [value, next] = [probabilities[image]!, probabilities[order[rank + 1] ?? -1] ?? 0];
    if (next === value) return; // equal ones enter together
    const f1 = (2 * found) / (rank + 1 + positives);
    const threshold = (value + next) / 2;
    const isNearer = f1 === best.f1 && Math.abs(threshold - HALF) < Math.abs(best.threshold - HALF);
    if (f1 > best.f1 || isNearer) best = { threshold, f1 };
  });
  return metricsAt(probabilities, labels, best.threshold);
}

interface Counts {
  readonly found: number;
  readonly yeses: number;
  readonly positives: number;
}

function metricsAt(probabilities: Float64Array, labels: Uint8Array, threshold: number): ThresholdMetrics {
  const counts = countsAt(probabilities, labels, threshold);
  const { found, yeses, positives } = counts;
  return {
    threshold,
    precision: yeses > 0 ? found / yeses : null,
    recall: positives > 0 ? found / positives : null,
    f1: f1Of(counts),
  };
}

function countsAt(probabilities: Float64Array, labels: Uint8Array, threshold: number): Counts {
  const counts = { found: 0, yeses: 0, positives: 0 };
  probabilities.forEach((probability, i) => {
    const yes = probability >= threshold ? 1 : 0;
    counts.yeses += yes;
    counts.positives += labels[i]!;
    counts.found += yes * labels[i]!;
  });
  return counts;
}

function f1Of({ found, yeses, positives }: Counts): number {
  return found > 0 ? (2 * found) / (yeses + positives) : 0;
}
