/** The residual network. */
export { loadResNetWeights, ResNetBackbone, type BackboneOutput } from './backbone';
export { ResNetConfig, type ResNetOptions } from './config';
export { FrozenBatchNorm2d } from './conv-norm';
export { ResNet } from './network';
export type { ResNetFactory } from './block';
export { RESNET_NAMES, resnetNamed, timmShape, type OutputStride, type ResNetName, type ResNetShape } from './shape';
export { translateKeys, type KeyStyle } from './keys';
