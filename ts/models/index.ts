/** Models in the format of the Hugging Face hub. */
export * from './vit';
export * from './resnet';
export * from './detr';
export { HubError, HubRepo, type HubOptions, type HubReason } from './hub';
export { openSource, type CheckpointSource } from './source';
export {
  AutoConfig,
  AutoImageProcessor,
  AutoModel,
  AutoModelClass,
  AutoModelForImageClassification,
  AutoModelForObjectDetection,
  type ObjectDetectionModel,
} from './auto';
export {
  classificationLoss,
  type ClassificationInput,
  type ClassificationOutput,
  type ImageClassificationModel,
} from './classification';
export * as fields from './fields';
export { PretrainedModel, withConfig, type ModelFactory } from './pretrained';
export {
  modelConfig,
  PretrainedConfig,
  type ConfigClass,
  type ConfigOptions,
  type FieldConfigClass,
  type ProblemType,
} from './config';
export type { LoadOptions } from './load';
