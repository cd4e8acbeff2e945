/** The Vision Transformer. */
export { ViTConfig, type ViTOptions } from './config';
export { ViTForImageClassification, ViTModel, type ViTInput, type ViTModelOptions, type ViTModelOutput } from './model';
