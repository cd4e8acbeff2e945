/** The Vision Transformer. */
export { ViTConfig, type ViTOptions } from './config';
export { ViTModel, type ViTInput, type ViTModelOptions, type ViTModelOutput } from './model';
export { ViTForImageClassification, type ClassificationInput, type ClassificationOutput } from './classification';
