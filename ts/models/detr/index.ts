/** The detection transformer. */
export { DetrConfig, type DetrOptions } from './config';
export { DetrModel, type DetrInput, type DetrModelOutput } from './model';
export { DetrForObjectDetection, type DetectionInput, type DetectionOutput, type QueryOutput } from './detection';
export { assignLinearSum, type Assignment, type CostMatrix } from './assignment';
export type { LossDict } from './criterion';
export type { DetrLabels } from './targets';
