/** Figures of detectors by the protocols of VOC 2007, VOC 2012 and COCO. */
export { DetectionEvaluator, type DetectionResult, type EvaluatorOptions } from './evaluator';
export type { BootstrapOptions, Confidence, Interval } from './bootstrap';
export type { Detections, Truths } from './detections';
export { verdictOfImage, type ImageVerdict } from './per-image';
export { cocoMetricNames, type ClassCurve, type CocoMetrics, type CocoMetricName, type VocMetrics } from './metrics';
