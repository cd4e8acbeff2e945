/** Normalisation. */
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormOptions } from './batch-norm';
export { GroupNorm, type GroupNormOptions } from './group-norm';
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from './instance-norm';
export { LayerNorm, type LayerNormOptions } from './layer-norm';
export { LocalResponseNorm } from './local-response-norm';
export { SyncBatchNorm, type ConvertSyncBatchnormOptions, type SyncBatchNormOptions } from './sync-batch-norm';
export { RMSNorm, type RMSNormOptions } from './rms-norm';
