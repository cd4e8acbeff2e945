/** Layers of all other kinds. */
export {
  Hardsigmoid,
  Hardswish,
  LogSigmoid,
  Mish,
  QuickGELU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softsign,
  Tanh,
  Tanhshrink,
  type InplaceOptions,
} from './activation';
export { Bilinear, type BilinearOptions } from './bilinear';
export { Conv1d, Conv2d, Conv3d, type ConvOptions, type PaddingMode } from './conv';
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeCall,
  type ConvTransposeOptions,
} from './conv-transpose';
export {
  CosineSimilarity,
  PairwiseDistance,
  type CosineSimilarityOptions,
  type PairwiseDistanceOptions,
} from './distance';
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  FeatureAlphaDropout,
  type DropoutOptions,
} from './dropout';
export { Embedding, type EmbeddingOptions } from './embedding';
export { EmbeddingBag, type EmbeddingBagOptions } from './embedding-bag';
export { Flatten, type FlattenOptions } from './flatten';
export { Fold, Unfold } from './fold';
export { Identity } from './identity';
export { Linear, type LinearOptions } from './linear';
export * from './padding';
export {
  CELU,
  ELU,
  GELU,
  Hardshrink,
  Hardtanh,
  LeakyReLU,
  PReLU,
  RReLU,
  Softplus,
  Softshrink,
  Threshold,
  type ELUOptions,
  type GELUOptions,
  type HardtanhOptions,
  type LeakyReLUOptions,
  type PReLUOptions,
  type RReLUOptions,
  type ShrinkOptions,
  type SoftplusOptions,
} from './parametric-activation';
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from './pixel-shuffle';
export { GLU, LogSoftmax, Softmax, Softmax2d, Softmin, type GLUOptions } from './softmax';
export { Unflatten } from './unflatten';
export {
  Upsample,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
  type Upsampling2dOptions,
  type UpsampleOptions,
} from './upsample';
