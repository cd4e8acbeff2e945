/** Facial attributes: training, evaluation, predictions and their explanation as functions. */
export { type FaceConfig, resolveFaceConfig } from './config';
export { evaluate, type EvaluateOptions } from './evaluate';
export {
  type AttributeMetric,
  attributeMetrics,
  type AttributeMetrics,
  type AttributeOutputs,
  registerMetric,
  type SplitMetrics,
} from './metrics';
export { predict, type PredictOptions, type Prediction } from './predict';
export { type PresetName, presetNames, presets } from './presets';
export { replay } from './replay';
export { loadThresholds, type ThresholdMetrics, type Thresholds } from './thresholds';
export { train } from './train';
export { visualize, type VisualizeOptions } from './visualize';
