/** Hooks for the way of the gradients: torch.distributed.algorithms.ddp_comm_hooks. */
export { allreduceHook, bf16CompressHook, fp16CompressHook } from './compress';
export { GradBucket, type CommHook } from './hook';
export { PowerSGDState, powerSgdHook, type PowerSGDOptions } from './power-sgd';
