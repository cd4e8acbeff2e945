/** Facial attributes: training, evaluation, predictions and their explanation as functions. */
export { analyse, type FaceAnalysis, type ThresholdComparison } from './analysis';
export {
  type AttributeCalibration,
  brierScore,
  calibration,
  type Calibration,
  type ReliabilityBin,
  reliabilityBins,
} from './analysis/calibration';
export {
  type CoErrorPair,
  coErrorPairs,
  type CoErrors,
  coErrors,
  type ConfusedPair,
  confusedPairs,
} from './analysis/co-errors';
export { attentionRollout } from './analysis/rollout';
export {
  compareSlices,
  type Gap,
  type Slice,
  sliceMetrics,
  type Slices,
  type SliceSide,
  type SliceSummary,
} from './analysis/slices';
export { type FaceConfig, resolveFaceConfig } from './config';
export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate';
export {
  type AttributeMetric,
  attributeMetrics,
  type AttributeMetrics,
  type AttributeOutputs,
  type Outputs,
  registerMetric,
  type SplitMetrics,
} from './metrics';
export { predict, type PredictOptions, type Prediction } from './predict';
export { type PresetName, presetNames, presets } from './presets';
export { replay } from './replay';
export {
  loadThresholds,
  metricsAtThresholds,
  type ThresholdMetrics,
  type Thresholds,
  tuneThresholds,
} from './thresholds';
export { train } from './train';
export { visualize, type VisualizeOptions } from './visualize';
