/** torch.nn: modules, layers, losses, initialisation. */
export * as functional from './functional';
export * as init from './init';
export * as utils from './utils';
export { Module, type Layer, type StateDict } from './module';
export type { IncompatibleKeys, LoadOptions } from './load-state';
export { Parameter } from './parameter';
export { Linear, type LinearOptions } from './layers/linear';
export { Conv1d, Conv2d, ConvTranspose2d, type ConvOptions, type ConvTransposeOptions, type PaddingMode } from './layers/conv';
export { BatchNorm2d, type BatchNormOptions } from './layers/batch-norm';
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm';
export { GroupNorm, type GroupNormOptions } from './layers/group-norm';
export { RMSNorm, type RMSNormOptions } from './layers/rms-norm';
export { Embedding, type EmbeddingOptions } from './layers/embedding';
export { Dropout, Dropout2d, type DropoutOptions } from './layers/dropout';
export { Identity } from './layers/identity';
export { Flatten, type FlattenOptions } from './layers/flatten';
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
} from './layers/activation';
export { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d, type AvgPoolOptions, type MaxPoolOptions, type PoolOptions } from './layers/pooling';
export { Upsample, type UpsampleOptions } from './layers/upsample';
export { Sequential } from './containers/sequential';
export { ModuleList } from './containers/module-list';
export { ModuleDict } from './containers/module-dict';
export { MultiheadAttention, type MultiheadAttentionOptions } from './layers/multihead-attention';
export type { AttentionOptions } from './functional/attention';
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
} from './losses/loss';
export type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
  Reduction,
} from './functional/losses';
