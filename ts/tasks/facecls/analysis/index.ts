/** What lies behind the metrics of a split: analysis.json of a run, and what `evaluate` gives beside the metrics. */
import type { Outputs } from '../metrics';
import { metricsAtThresholds, type ThresholdMetrics } from '../thresholds';
import { calibration, type Calibration } from './calibration';
import { coErrors, type CoErrors } from './co-errors';
import { compareSlices, type Slices } from './slices';

/** Precision and recall of an attribute. */
export interface ThresholdComparison {
  /** At a probability of one half. */
  readonly half: ThresholdMetrics;
  /** At the threshold of the checkpoint; null where it has none. */
  readonly tuned: ThresholdMetrics | null;
}

export interface FaceAnalysis {
  readonly calibration: Calibration;
  /** By attribute. */
  readonly thresholds: Readonly<Record<string, ThresholdComparison>>;
  readonly coErrors: CoErrors;
  readonly slices: Slices;
}

/** @param thresholds those of the checkpoint, by attribute */
export function analyse(outputs: Outputs, thresholds?: Readonly<Record<string, number>>): FaceAnalysis {
  const half = metricsAtThresholds(outputs, {});
  const tuned = thresholds && metricsAtThresholds(outputs, thresholds);
  return {
    calibration: calibration(outputs),
    thresholds: Object.fromEntries(
      outputs.attributes.map((name) => [name, { half: half[name]!, tuned: tuned?.[name] ?? null }]),
    ),
    coErrors: coErrors(outputs),
    slices: compareSlices(outputs),
  };
}
