/*
 * torch.nn.functional: the layers as functions. Names are PyTorch's in camelCase; required arguments are positional, the others
 * follow in Python's order, or stand in one options object. What ATen already has under the same name and with the same arguments
 * is passed on as it is.
 */
export {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  bilinear,
  celu_,
  channelShuffle,
  channelShuffle as nativeChannelShuffle,
  conv1d,
  conv2d,
  conv3d,
  convTbc,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  cosineSimilarity,
  elu_,
  gelu,
  glu,
  groupNorm,
  hardshrink,
  hardtanh_,
  layerNorm,
  leakyRelu_,
  linear,
  logSigmoid as logsigmoid,
  logSoftmax,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
  oneHot,
  pad,
  pairwiseDistance,
  pdist,
  pixelShuffle,
  pixelUnshuffle,
  prelu,
  relu_,
  rmsNorm,
  rrelu_,
  scaledDotProductAttention,
  selu_,
  sigmoid,
  softmax,
  softplus,
  softshrink,
  tanh,
  threshold_,
} from '../../tensor';
export * from './activation';
export { multiHeadAttentionForward } from './attention';
export * from './box-loss';
export * from './distribution-losses';
export * from './dropout';
export * from './embedding';
export * from './fold';
export * from './fractional-pooling';
export * from './grid';
export { interpolate, interpolate as upsample, type InterpolateMode, type InterpolateOptions } from './interpolate';
export * from './margin-losses';
export * from './normalization';
export * from './pooling';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  type CrossEntropyOptions,
  type HuberOptions,
  type LossOptions,
  type NLLOptions,
  type Reduction,
  type SmoothL1Options,
  type WeightedLossOptions,
} from './losses';
