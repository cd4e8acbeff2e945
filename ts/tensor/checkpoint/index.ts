/** torch.utils: checkpointing. */
export { checkpoint, type CheckpointOptions } from './checkpoint';
export { checkpointSequential, type Stage } from './checkpoint-sequential';
