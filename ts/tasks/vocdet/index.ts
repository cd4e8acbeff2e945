/** Object detection: training, evaluation, predictions and their explanation as functions. */
export type { AnnotatedObject, Annotation } from './annotations/annotation';
export { ClassList } from './annotations/classes';
export { type DetectionData, type DetectionSplit, joinSplits, type SplitPart } from './annotations/dataset';
export type { Issue } from './annotations/issues';
export { type DatasetFormat, openDetectionData, registerFormat } from './annotations/open';
export { calibrate, type CalibrateOptions, type CalibrationResult } from './calibrate';
export { type DetectionConfig, resolveDetectionConfig } from './config';
export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate';
export {
  type ClassConfusion,
  type ClassCurve,
  DetectionEvaluator,
  type DetectionResult,
  type Detections,
  type ErrorImpact,
  type ErrorType,
  type ErrorTypes,
  errorTypes,
  type EvaluatorOptions,
  type SizeMetrics,
  type SizeMetricsBySize,
  type Truths,
} from './evaluator';
export { type DetectionAnalysis, type DetectionMetric, detectionMetrics, registerMetric } from './metrics-table';
export { predict, type Detection, type Prediction, type PredictOptions } from './predict';
export { type PresetName, presetNames, presets } from './presets';
export { replay } from './replay';
export { train } from './train';
export { visualize, type VisualizeOptions } from './visualize';
