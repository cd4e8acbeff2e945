/** The detection transformer. */
export { DetrConfig, type DetrOptions } from './config';
export { DetrModel, type DetrInput, type DetrModelOutput } from './model';
export { DetrForObjectDetection, type DetectionInput, type DetectionOutput, type QueryOutput } from './detection';
export { saveAuthors as saveDetrPth } from './authors';
export { assignLinearSum, type Assignment, type CostMatrix } from './assignment';
export { cocoToVoc, mapClasses, readClassMap, withClassRows, type ClassMap } from './class-map';
export { withConfig } from './with-config';
export { initializeAsPaper } from './init';
export { cocoNames, labelled, labelSpaceOf, requireLabels, type Labelled, type LabelSpace } from './label-space';
export { postProcess, type Detections, type PostProcessOptions } from './post-process';
export type { LossDict } from './criterion';
export type { DetrLabels } from './targets';
