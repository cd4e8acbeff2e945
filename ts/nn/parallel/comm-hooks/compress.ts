/** The plain average as a hook, and in half the bytes, as torch/distributed/algorithms/ddp_comm_hooks/default_hooks.py has them. */
import { startAllReduce } from '../../../distributed/call';
import { groupOf, type ProcessGroup } from '../../../distributed/process-group';
import type { Tensor } from '../../../tensor';
import { bufferOf, type CommHook, type GradBucket } from './hook';

/** Begins the average of a tensor over the processes, in its own memory. */
export function startAverage(owner: string, tensor: Tensor, group: ProcessGroup | null): () => Tensor {
  // Divided first, for the sum of float16 must not overflow.
  const work = startAllReduce(tensor.div_(groupOf(owner, group).size), { group });
  return () => (work.wait(), tensor);
}

/** Averages the gradients as they are; for hooks of one's own to begin with. The state is the process group, null for all. */
export const allreduceHook: CommHook<ProcessGroup | null> = (group, bucket) =>
  startAverage('allreduceHook', bufferOf('allreduceHook', bucket), group);

/** Sends the gradients rounded to float16. The state is the process group, null for all. */
export const fp16CompressHook: CommHook<ProcessGroup | null> = (group, bucket) =>
  compressed('fp16CompressHook', 'float16', group, bucket);

/** Sends the gradients rounded to bfloat16. The state is the process group, null for all. */
export const bf16CompressHook: CommHook<ProcessGroup | null> = (group, bucket) =>
  compressed('bf16CompressHook', 'bfloat16', group, bucket);

function compressed(
  owner: string,
  dtype: 'float16' | 'bfloat16',
  group: ProcessGroup | null,
  bucket: GradBucket,
): () => Tensor {
  const buffer = bufferOf(owner, bucket);
  const average = startAverage(owner, buffer.to({ dtype, copy: true }), group);
  return () => buffer.copy_(average());
}
