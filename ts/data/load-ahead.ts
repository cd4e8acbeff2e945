import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { onOneThread, accelerator, scoped, Tensor } from '../tensor';
import { isPlainObject } from '../native/realm';
import { InputError } from '../errors';

interface Pending<Indices, Loaded> {
  readonly indices: Indices;
  readonly loaded: Promise<Loaded>;
}

/** How the batches of one pass come about. */
export interface Batching<Indices, Loaded, Batch> {
  /** Loads the samples of one batch; begins while batches before it are in use. */
  load(indices: Indices): Promise<Loaded>;
  /** Makes the batch, when it is due. */
  make(loaded: Loaded, indices: Indices): Batch | Promise<Batch>;
  /** Batches that are loaded ahead of the one in use, from 0. */
  readonly prefetch: number;
}

/**
 * Batches of a dataset, loaded while the batches before them are in use.
 *
 * A training step is one long synchronous stretch, during which no JavaScript of a pending load can
 * run; what a load has handed to libuv's threads does run. So loads start several batches ahead (each
 * turn of the event loop between two steps moves all of them one hop on, from reading to decoding,
 * say), and before a batch is delivered the loop gets a turn even when the batch is ready.
 *
 * Leaving the loop early stops the loading; what has started ends before the loop is left.
 */
export async function* loadAhead<Indices, Loaded, Batch>(
  batches: Iterator<Indices>,
  { load, make, prefetch }: Batching<Indices, Loaded, Batch>,
): AsyncGenerator<Batch, void, undefined> {
  const pending: Pending<Indices, Loaded>[] = [];
  const start = (): void => {
    while (pending.length <= prefetch) {
      const next = batches.next();
      if (next.done) return;
      const loaded = load(next.value);
      loaded.catch(() => {}); // a batch that fails ahead of its turn is reported in its turn
      pending.push({ indices: next.value, loaded });
    }
  };
  try {
    for (start(); pending.length > 0; start()) {
      await setImmediate();
      const { indices, loaded } = pending[0]!;
      const samples = await loaded;
      pending.shift();
      // Other cores decode the next batches meanwhile.
      yield await onOneThread(() => make(samples, indices));
    }
  } finally {
    batches.return?.();
    await Promise.allSettled(pending.map(({ loaded }) => loaded));
  }
}

/**
 * What `make` gives, with its tensors in memory that an accelerator reads without waiting, those in lists and plain objects too;
 * as it is where no accelerator is.
 */
export function pinned<Batch>(make: () => Batch | Promise<Batch>): Batch | Promise<Batch> {
  return accelerator.isAvailable() ? scoped(async () => pin(await make()) as Batch) : make();
}

/** The tensors of a value in such memory, those in lists and plain objects too; as they are without an accelerator. */
export function pin(value: unknown): unknown {
  if (!accelerator.isAvailable()) return value;
  if (value instanceof Tensor) return value.device === 'cpu' ? value.pinMemory() : value;
  if (Array.isArray(value)) return value.map(pin);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pin(item)]));
}

/**
 * What `work` gives, if it does so in time.
 * @param seconds 0 waits for ever
 * @throws InputError after that time
 */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  if (seconds === 0) return work;
  const done = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: done.signal }).then(
    () => {
      throw new InputError(
        `DataLoader timed out after ${seconds} seconds; give a longer timeout, or find out what the samples wait for`,
      );
    },
    () => work,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
