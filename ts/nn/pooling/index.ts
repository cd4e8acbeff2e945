/** Pooling, and its undoing. */
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from './adaptive-pool';
export { AvgPool1d, AvgPool2d, AvgPool3d, type AvgPool1dOptions, type AvgPoolOptions } from './avg-pool';
export { LPPool1d, LPPool2d, LPPool3d } from './lp-pool';
export { MaxPool1d, MaxPool2d, MaxPool3d, type MaxPoolOptions, type PoolOptions } from './max-pool';
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, type MaxUnpoolCall, type MaxUnpoolLayerOptions } from './max-unpool';
