/** Figures of detectors by the protocols of VOC 2007, VOC 2012 and COCO. */
export { DetectionEvaluator, type DetectionResult, type EvaluatorOptions } from './evaluator';
export type { BootstrapOptions, Confidence, Interval } from './bootstrap';
export type { Detections, Truths } from './detections';
export { type ClassConfusion, type ErrorImpact, type ErrorType, type ErrorTypes, errorTypes } from './error-types';
export { verdictOfImage, type ImageVerdict } from './per-image';
export {
  cocoMetricNames,
  type ClassCurve,
  type CocoMetrics,
  type CocoMetricName,
  type SizeMetrics,
  type SizeMetricsBySize,
  sizeNames,
  type VocMetrics,
} from './metrics';
