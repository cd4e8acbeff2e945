/** The residual network. */
export { ResNetBackbone, type BackboneOutput } from './backbone';
export { ResNetConfig, type ResNetOptions } from './config';
export { FrozenBatchNorm2d } from './frozen-batch-norm';
export { loadResNetWeights } from './load-weights';
export { ResNet } from './network';
export type { ResNetFactory } from './block';
export { RESNET_NAMES, resnetNamed, timmShape, type OutputStride, type ResNetName, type ResNetShape } from './shape';
export { translateKeys, type KeyStyle } from './keys';
