/** The process that fetches shards: a training step, which blocks its own, keeps no download waiting. It loads no libtorch. */
import { TorchError } from '../../errors';
import { DownloadError } from '../../native/download';
import { isError } from '../../native/realm';
import { fetchChecked, type FetchJob } from './fetch-checked';

/** What the process is told. */
export type Order =
  | { readonly type: 'fetch'; readonly id: number; readonly job: FetchJob }
  | { readonly type: 'abort'; readonly id: number };

/** What became of a fetch; without a failure the file is there. */
export interface Reply {
  readonly id: number;
  readonly failure?: {
    readonly kind: 'download' | 'input' | 'other';
    readonly message: string;
    readonly status?: number;
  };
}

const underway = new Map<number, AbortController>();

async function fetchFor(id: number, job: FetchJob): Promise<Reply> {
  const stop = new AbortController();
  underway.set(id, stop);
  try {
    await fetchChecked(job, stop.signal);
    return { id };
  } catch (error) {
    const message = isError(error) ? error.message : String(error);
    if (error instanceof DownloadError) return { id, failure: { kind: 'download', message, status: error.status } };
    return { id, failure: { kind: error instanceof TorchError ? 'input' : 'other', message } };
  } finally {
    underway.delete(id);
  }
}

if (require.main === module) {
  process.on('message', (order: Order) => {
    if (order.type === 'abort') underway.get(order.id)?.abort();
    // Nobody may be there any more to hear it.
    else void fetchFor(order.id, order.job).then((reply) => process.send?.(reply, undefined, undefined, () => {}));
  });
  // It ends with the process that it fetches for, and by nothing else: a Ctrl-C lets a training save what it has.
  process.on('disconnect', () => process.exit());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}
