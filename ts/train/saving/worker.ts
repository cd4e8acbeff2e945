/** The thread that writes checkpoints beside the training. It loads no libtorch. */
import { parentPort } from 'node:worker_threads';
import { TorchError } from '../../errors';
import { isError } from '../../native/realm';
import { applyPlan } from './apply';
import type { CheckpointPlan } from './plan';

/** What the thread is asked for. */
export type Order =
  | { readonly type: 'write'; readonly plan: CheckpointPlan; readonly blocks: readonly SharedArrayBuffer[] }
  /** Makes blocks of these sizes, whose memory is there before somebody waits for it. */
  | { readonly type: 'reserve'; readonly sizes: readonly number[] };

/** What the thread replies. */
export type Reply =
  | { readonly type: 'written' }
  | { readonly type: 'failed'; readonly message: string; readonly isInput: boolean }
  | { readonly type: 'reserved'; readonly blocks: readonly SharedArrayBuffer[] };

const PAGE = 4096;

/** The system gives memory when it is first touched, which takes longer than to copy into it. */
function reservedBlock(size: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(size);
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at < size; at += PAGE) bytes[at] = 0;
  return buffer;
}

async function replyTo(order: Order): Promise<Reply> {
  if (order.type === 'reserve') return { type: 'reserved', blocks: order.sizes.map(reservedBlock) };
  try {
    await applyPlan(order.plan, order.blocks);
    return { type: 'written' };
  } catch (error) {
    return {
      type: 'failed',
      message: isError(error) ? error.message : String(error),
      isInput: error instanceof TorchError,
    };
  }
}

/** Orders are done one after the other. */
let done = Promise.resolve();
parentPort?.on('message', (order: Order) => {
  done = done.then(async () => parentPort!.postMessage(await replyTo(order)));
});
