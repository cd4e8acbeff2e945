/** Models in the format of the Hugging Face hub. */
export * from './vit';
export * from './resnet';
export * from './detr';
export { HubError, HubRepo, type HubOptions, type HubReason } from './hub';
export { openSource, type CheckpointSource } from './source';
export type { ClassificationInput, ClassificationOutput } from './classification';
export { PretrainedModel, type ModelFactory } from './pretrained';
export { PretrainedConfig, type ProblemType } from './config';
export type { LoadOptions } from './load';
