/** The detection transformer. */
export { assignLinearSum, type Assignment, type CostMatrix } from './assignment';
export { saveDetrPth } from './authors';
export { cocoNames, DetrConfig, type DetrOptions } from './config';
export { detectionTotals, type DetectionTotals, type LossDict } from './criterion';
export {
  cocoToVoc,
  labelled,
  labelSpaceOf,
  mapClasses,
  readClassMap,
  requireLabels,
  withClassRows,
  type ClassMap,
  type Labelled,
  type LabelSpace,
} from './classes';
export type { DetrLabels } from './matcher';
export {
  DetrForObjectDetection,
  DetrModel,
  initializeAsPaper,
  type DetectionInput,
  type DetectionOutput,
  type DetrInput,
  type DetrModelOutput,
  type DetrRecorded,
  type QueryOutput,
} from './model';
export { postProcess, type Detections, type PostProcessOptions } from './post-process';
