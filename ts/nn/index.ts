/** torch.nn: modules, layers, losses, initialisation. */
export * as functional from './functional';
export * as init from './init';
export * as utils from './utils';
export { Module, type Layer, type StateDict } from './module';
export type { IncompatibleKeys, LoadOptions } from './load-state';
export { Parameter } from './parameter';
export { Linear, type LinearOptions } from './linear';
export { Conv1d, Conv2d, ConvTranspose2d, type ConvOptions, type ConvTransposeOptions, type PaddingMode } from './conv';
export { BatchNorm2d, type BatchNormOptions } from './batch-norm';
export { LayerNorm, type LayerNormOptions } from './layer-norm';
export { GroupNorm, type GroupNormOptions } from './group-norm';
export { RMSNorm, type RMSNormOptions } from './rms-norm';
export { Embedding, type EmbeddingOptions } from './embedding';
export { Dropout, Dropout2d, type DropoutOptions } from './dropout';
export { Identity } from './identity';
export { Flatten, type FlattenOptions } from './flatten';
export {
  ELU,
  GELU,
  Hardswish,
  LeakyReLU,
  LogSoftmax,
  Mish,
  QuickGELU,
  ReLU,
  ReLU6,
  Sigmoid,
  SiLU,
  Softmax,
  Tanh,
  type ELUOptions,
  type GELUOptions,
  type InplaceOptions,
  type LeakyReLUOptions,
} from './activation';
export { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d, type AvgPoolOptions, type MaxPoolOptions, type PoolOptions } from './pooling';
export { Upsample, type UpsampleOptions } from './upsample';
export { Sequential } from './sequential';
export { ModuleList } from './module-list';
export { ModuleDict } from './module-dict';
export { MultiheadAttention, type MultiheadAttentionOptions } from './multihead-attention';
export type { AttentionOptions } from './attention-forward';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
  type HuberLossOptions,
  type SmoothL1LossOptions,
} from './loss';
export type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
  Reduction,
} from './loss-functions';
