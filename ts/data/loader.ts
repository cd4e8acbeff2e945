import { setImmediate } from 'node:timers/promises';
import { InputError } from '../errors';
import { onOneThread } from '../tensor';
import type { Dataset, Pass } from './dataset';
import { pinned } from './pin';
import { inOrder, type Sampler } from './sampler';

/** Makes one batch of the samples of `indices`, in that order. Runs when the batch is asked for, never ahead. */
export type Collate<Sample, Batch> = (samples: Sample[], pass: Pass, indices: Uint32Array) => Batch | Promise<Batch>;

export interface LoaderOptions {
  /** Samples in a batch, from 1. */
  readonly batchSize: number;
  /** The order of a pass. @default inOrder */
  readonly sampler?: Sampler;
  /** Seed of order and augmentation. @default 0 */
  readonly seed?: number;
  /** What becomes of the last batch when it is not full. @default 'keep' */
  readonly lastBatch?: 'keep' | 'drop';
  /** Batches that are loaded ahead of the one in use, from 0; bounds the memory. @default 4 */
  readonly prefetch?: number;
  /**
   * Puts the tensors of a batch into memory from which `to({ device, nonBlocking: true })` copies without waiting. Without an
   * accelerator it changes nothing.
   * @default false
   */
  readonly pinMemory?: boolean;
}

const defaults = { sampler: inOrder, seed: 0, lastBatch: 'keep', prefetch: 4, pinMemory: false } as const;

/** Passes over data in batches. */
export interface Batches<Batch> {
  /** Batches of one pass. */
  readonly batches: number;
  /** Samples of one pass: all, or those of the full batches. */
  readonly samples: number;
  /** One pass, from 0, started at any batch. */
  epoch(epoch: number, options?: { readonly startBatch?: number }): AsyncGenerator<Batch, void, undefined>;
}

/**
 * Batches of a dataset, loaded while the batches before them are in use.
 *
 * A training step is one long synchronous stretch, during which no JavaScript of a pending load can
 * run; what a load has handed to libuv's threads does run. So loads start several batches ahead (each
 * turn of the event loop between two steps moves all of them one hop on, from reading to decoding,
 * say), and before a batch is delivered the loop gets a turn even when the batch is ready.
 */
export class DataLoader<Sample, Batch> implements Batches<Batch> {
  private readonly options: Required<LoaderOptions>;

  /** @throws RangeError when a batch size or prefetch is no such integer */
  constructor(
    private readonly dataset: Dataset<Sample>,
    private readonly collate: Collate<Sample, Batch>,
    options: LoaderOptions,
  ) {
    this.options = { ...defaults, ...options };
    requireInteger('batchSize', this.options.batchSize, 1);
    requireInteger('prefetch', this.options.prefetch, 0);
  }

  get batches(): number {
    const { batchSize, lastBatch } = this.options;
    const full = this.dataset.length / batchSize;
    return lastBatch === 'drop' ? Math.floor(full) : Math.ceil(full);
  }

  get samples(): number {
    return Math.min(this.dataset.length, this.batches * this.options.batchSize);
  }

  /**
   * One pass. Starting at a later batch costs nothing: its samples are known without loading those before.
   * Leaving the loop early stops the loading; what has started ends before the loop is left.
   * @param epoch from 0
   * @throws InputError naming the sample that cannot be loaded, when its batch is due
   */
  async *epoch(epoch: number, { startBatch = 0 }: { readonly startBatch?: number } = {}): AsyncGenerator<Batch, void, undefined> {
    const { sampler, seed, batchSize, prefetch } = this.options;
    const pass: Pass = { seed, epoch };
    const order = sampler(this.dataset.length, pass);
    const pending: PendingBatch<Sample>[] = [];
    let next = startBatch;
    try {
      for (let current = startBatch; current < this.batches; current++) {
        for (; next < this.batches && next <= current + prefetch; next++) {
          const indices = order.subarray(next * batchSize, (next + 1) * batchSize);
          pending.push({ indices, samples: this.load(indices, pass) });
        }
        await setImmediate();
        const { indices, samples } = pending[0]!;
        const loaded = await samples;
        pending.shift();
        // Other cores decode the next batches meanwhile.
        yield await onOneThread(() => this.make(loaded, pass, indices));
      }
    } finally {
      await Promise.allSettled(pending.map(({ samples }) => samples));
    }
  }

  private make(samples: Sample[], pass: Pass, indices: Uint32Array): Batch | Promise<Batch> {
    const collate = () => this.collate(samples, pass, indices);
    return this.options.pinMemory ? pinned(collate) : collate();
  }

  private load(indices: Uint32Array, pass: Pass): Promise<Sample[]> {
    // All of them settle, so that nothing is still under way when the error of one ends the pass.
    const loads = Promise.allSettled(Array.from(indices, (index) => this.loadOne(index, pass)));
    const batch = loads.then((results) => results.map((result) => settled(result)));
    // A batch that fails ahead of its turn is reported in its turn.
    batch.catch(() => {});
    return batch;
  }

  private async loadOne(index: number, pass: Pass): Promise<Sample> {
    try {
      return await this.dataset.load(index, pass);
    } catch (cause) {
      const name = this.dataset.describe?.(index) ?? String(index);
      throw new InputError(`Sample ${name} cannot be loaded: ${(cause as Error).message}`, { cause });
    }
  }
}

interface PendingBatch<Sample> {
  readonly indices: Uint32Array;
  readonly samples: Promise<Sample[]>;
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function requireInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`Expected ${name} of a data loader to be an integer of at least ${least}, found ${value}.`);
  }
}
