import { InputError } from '../errors';
import { isError } from '../native/realm';
import { resolveOptions } from '../options';
import { scoped } from '../tensor';
import { isPromise } from '../tensor/core/context';
import { defaultCollate, defaultConvert, type Collated } from './collate';
import type { DatasetLike, Pass } from './dataset';
import { FIRST_PASS, gathers, indexed, isIterableStyle, lengthOf, type Indexed } from './indexed';
import { loadAhead, pin, pinned, within, type Batching } from './load-ahead';
import { checkLoaderOptions, type Collate, type DataLoaderOptions } from './loader-options';
import {
  inOrder,
  shuffled,
  type SampleOrder,
  BatchSampler,
  drawSeed,
  RandomSampler,
  SequentialSampler,
} from './samplers';
import { checkedShare, dealt, partsOf, requireEvenParts } from './shares';
import { streamAsync, streamNow } from './stream';

export type { Collate, DataLoaderOptions, EpochOptions } from './loader-options';

interface EpochStart {
  /** The batch to begin with. @default 0 */
  readonly startBatch?: number;
}

/** Passes over data in batches. */
export interface Passes<Batch> {
  /** Batches of one pass. */
  readonly batches: number;
  /** One pass, from 0, started at any batch. */
  epoch(epoch: number, options?: EpochStart): AsyncGenerator<Batch, void, undefined>;
}

/** All batches of a dataset. */
export interface Batches<Batch> extends Passes<Batch> {
  /** Samples of one pass: all, or those of the full batches. */
  readonly samples: number;
  /**
   * The part of one of several processes: of each batch its samples, rank after rank, so that the parts of all are the batch; null where
   * a last batch has none for it.
   * @throws InputError where the processes cannot divide a batch evenly, or the order is that of one process already (`sharded`)
   */
  shard(rank: number, worldSize: number): Passes<Batch | null>;
  /** Whole batches, dealt out to several processes in turn: to this one `rank`, `rank + worldSize`, … */
  deal(rank: number, worldSize: number): Passes<Batch>;
}

/** What is taken of the batches of a pass, whose samples are known before they are loaded. */
type Selection = (batches: Generator<Uint32Array, void, undefined>) => Iterable<Uint32Array>;

/** Batches ahead for datasets that load beside the event loop. */
const AHEAD = 4;

/**
 * Batches of a dataset: `torch.utils.data.DataLoader`.
 *
 * Iterate over it with `for`, or with `for await` where samples come by promises; each time is one pass, and with the same seed the
 * order is PyTorch's. `epoch(n)` gives pass `n` as a function of the option `seed` alone, from any batch on, so that a run can be
 * resumed exactly. The tensors of a batch belong to who asked for it.
 */
export class DataLoader<Sample, Batch = Collated<Sample>> implements Batches<Batch> {
  /** Samples in a batch; null where a batch sampler decides, or samples come one by one. */
  readonly batchSize: number | null;
  /** Whether a last batch that is not full is left out. */
  readonly dropLast: boolean;
  /** Indices of samples, of a dataset that has an index. */
  readonly sampler: Iterable<number> | null;
  /** Indices of batches; null where samples come one by one. */
  readonly batchSampler: Iterable<readonly number[]> | null;
  readonly #options: DataLoaderOptions<Sample, Batch>;
  readonly #samples: Indexed<Sample> | null;
  readonly #order: SampleOrder | null;
  #passes = 0;

  constructor(dataset: DatasetLike<Sample>, options?: DataLoaderOptions<Sample, Batch>);
  constructor(
    dataset: DatasetLike<Sample>,
    collate: Collate<Sample, Batch>,
    options?: DataLoaderOptions<Sample, Batch>,
  );
  /** @throws InputError for options that exclude one another, DTypeError for what is no dataset */
  constructor(
    /** Where the samples come from. */
    readonly dataset: DatasetLike<Sample>,
    second: Collate<Sample, Batch> | DataLoaderOptions<Sample, Batch> = {},
    third: DataLoaderOptions<Sample, Batch> = {},
  ) {
    const options = typeof second === 'function' ? { collateFn: second, ...third } : second;
    const isStream = isIterableStyle(dataset);
    checkLoaderOptions(options, isStream);
    this.#options = options;
    this.#samples = isStream ? null : indexed('DataLoader', dataset);
    this.dropLast = options.dropLast || options.lastBatch === 'drop' || false;
    this.batchSize =
      options.batchSampler !== undefined ? null : options.batchSize === undefined ? 1 : options.batchSize;
    this.#order = typeof options.sampler === 'function' ? options.sampler : null;
    this.sampler = isStream || options.batchSampler !== undefined ? null : this.#sampler(this.#samples!);
    this.batchSampler =
      options.batchSampler ??
      (this.batchSize === null || this.sampler === null
        ? null
        : new BatchSampler(this.sampler, this.batchSize, this.dropLast));
  }

  #sampler(source: Indexed<Sample>): Iterable<number> {
    const { sampler, shuffle, generator } = this.#options;
    const order = this.#order;
    if (order !== null)
      return {
        [Symbol.iterator]: () =>
          order(source.length, { seed: this.#options.seed ?? 0, epoch: this.#passes - 1 })[Symbol.iterator](),
      };
    if (sampler !== undefined) return sampler as Iterable<number>;
    if (!shuffle || source.length === 0) return new SequentialSampler(source);
    return new RandomSampler(source, { generator });
  }

  /**
   * Batches in a pass: Python's `len(loader)`.
   * @throws InputError for a stream or sampler of unknown length
   */
  get length(): number {
    if (this.#options.batchSampler !== undefined)
      return lengthOf('DataLoader', this.batchSampler as { length?: number });
    const samples = this.#sampleCount();
    if (this.batchSize === null) return samples;
    return this.dropLast ? Math.floor(samples / this.batchSize) : Math.ceil(samples / this.batchSize);
  }

  #sampleCount(): number {
    if (this.#samples === null) return lengthOf('DataLoader', this.dataset as { length?: number });
    const { length } = this.#samples;
    if (this.#order !== null) return this.#order.count?.(length) ?? length;
    if (this.#options.sampler === undefined) return length;
    return lengthOf('DataLoader', this.sampler as { length?: number });
  }

  /** `length`. */
  get batches(): number {
    return this.length;
  }

  /** Samples of one pass: all, or those of the full batches. */
  get samples(): number {
    const count = this.#sampleCount();
    return this.batchSize === null ? count : Math.min(count, this.length * this.batchSize);
  }

  /**
   * One pass, for `for (const batch of loader)`.
   * @throws InputError when a sample or a batch comes by a promise: use `for await`
   */
  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    this.#begin();
    if (this.#samples === null)
      yield* streamNow<Sample, Batch>(this.dataset as Iterable<Sample>, this.batchSize, this.dropLast, (samples) =>
        this.#batchNow(samples),
      );
    else
      for (const indices of this.#indices())
        yield this.#gathered(indices) ?? this.#batchNow(this.#read(indices), indices);
  }

  /** One pass, for `for await (const batch of loader)`: samples are loaded ahead where the dataset can do so. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    this.#begin();
    if (this.#samples === null) {
      const stream = this.dataset as AsyncIterable<Sample>;
      yield* streamAsync<Sample, Batch>(stream, this.batchSize, this.dropLast, (samples) =>
        this.#batch(samples, FIRST_PASS, []),
      );
    } else
      yield* this.#ahead(this.#indices()[Symbol.iterator](), {
        seed: this.#options.seed ?? 0,
        epoch: this.#passes - 1,
      });
  }

  /** What PyTorch draws for its workers: with the same seed the numbers that follow are the same. */
  #begin(): void {
    this.#passes++;
    if (this.#order === null) drawSeed(this.#options.generator);
  }

  *#indices(): Generator<readonly number[], void, undefined> {
    if (this.batchSampler !== null) return yield* this.batchSampler;
    for (const index of this.sampler!) yield [index];
  }

  #read(indices: readonly number[]): Sample[] {
    return indices.map((index) => {
      const sample = this.#samples!.get(index);
      if (isPromise(sample)) throw asynchronous(`sample ${index}`, sample);
      return sample as Sample;
    });
  }

  /** The batch as the dataset itself makes it, which spares the samples. */
  #gathered(indices: readonly number[]): Batch | null {
    if (this.#options.collateFn !== undefined || !this.#isBatching || !gathers(this.dataset)) return null;
    const { dataset } = this;
    const batch = this.#options.pinMemory ? scoped(() => pin(dataset.gather(indices))) : dataset.gather(indices);
    return batch as Batch | null;
  }

  /** Whether samples come in batches. */
  get #isBatching(): boolean {
    return this.batchSize !== null || this.batchSampler !== null;
  }

  #batchNow(samples: Sample[], indices: readonly number[] = []): Batch {
    const collate = (): Batch | Promise<Batch> => this.#collate(samples, FIRST_PASS, indices);
    const batch = this.#options.pinMemory ? scoped(() => pin(collate()) as Batch | Promise<Batch>) : collate();
    if (isPromise(batch)) throw asynchronous('a batch', batch);
    return batch as Batch;
  }

  #collate(samples: Sample[], pass: Pass, indices: ArrayLike<number>): Batch | Promise<Batch> {
    const { collateFn } = this.#options;
    if (!this.#isBatching) {
      // As in Python, collateFn then gets the sample itself.
      return (
        collateFn
          ? collateFn(samples[0] as unknown as Sample[], pass, Uint32Array.from(indices))
          : defaultConvert(samples[0])
      ) as Batch;
    }
    return collateFn ? collateFn(samples, pass, Uint32Array.from(indices)) : (defaultCollate(samples) as Batch);
  }

  #batch(samples: Sample[], pass: Pass, indices: ArrayLike<number>): Batch | Promise<Batch> {
    const collate = (): Batch | Promise<Batch> => this.#collate(samples, pass, indices);
    return this.#options.pinMemory ? pinned(collate) : collate();
  }

  /**
   * One pass that is a function of seed and epoch alone. Starting at a later batch costs nothing: its samples are known without
   * loading those before. Leaving the loop early stops the loading; what has started ends before the loop is left.
   * @param epoch from 0
   * @throws InputError naming the sample that cannot be loaded, when its batch is due
   */
  async *epoch(epoch: number, options: { readonly startBatch?: number } = {}): AsyncGenerator<Batch, void, undefined> {
    const { startBatch } = resolveOptions<{ startBatch: number }>('DataLoader.epoch', { startBatch: 0 }, options);
    const pass: Pass = { seed: this.#options.seed ?? 0, epoch };
    yield* this.#ahead(this.#announced(this.#batchesOf(pass, startBatch, this.length)), pass);
  }

  /** The samples of batches of a pass, from `first` to before `end`. */
  #batchesOf(pass: Pass, first: number, end: number): Generator<Uint32Array, void, undefined> {
    const { sampler, batchSampler, generator, shuffle } = this.#options;
    if (
      this.#samples === null ||
      this.batchSize === null ||
      batchSampler !== undefined ||
      generator !== undefined ||
      (sampler !== undefined && this.#order === null)
    ) {
      throw new InputError(
        'DataLoader: epoch(n) needs an order that follows from seed and epoch: give batchSize and shuffle or a function as sampler; or iterate over the loader itself',
      );
    }
    const order = (this.#order ?? (shuffle ? shuffled : inOrder))(this.#samples.length, pass);
    return slices(order, this.batchSize, first, end);
  }

  /** The same batches; a dataset that fetches ahead is told of them before. */
  #announced(batches: Iterable<Uint32Array>): Iterator<Uint32Array> {
    if (!this.#samples?.expect) return batches[Symbol.iterator]();
    const all = [...batches];
    this.#samples.expect(all);
    return all[Symbol.iterator]();
  }

  /**
   * The names of the samples of one batch of pass `epoch`: what the dataset's `describe` says, or their indices.
   * @throws InputError where `epoch(n)` does
   */
  describeBatch(epoch: number, batch: number): string[] {
    return this.#names(epoch, batch, (batches) => batches);
  }

  #names(epoch: number, batch: number, select: Selection): string[] {
    const pass: Pass = { seed: this.#options.seed ?? 0, epoch };
    return [...select(this.#batchesOf(pass, batch, batch + 1))].flatMap((indices) =>
      Array.from(indices, (index) => this.#samples!.describe(index)),
    );
  }

  /** `epoch` with some of its batches or parts of them; null in place of a batch that has no samples. */
  async *#pass(
    epoch: number,
    options: EpochStart | undefined,
    select: Selection,
  ): AsyncGenerator<Batch | null, void, undefined> {
    const { startBatch } = resolveOptions<Required<EpochStart>>('DataLoader.epoch', { startBatch: 0 }, options);
    const pass: Pass = { seed: this.#options.seed ?? 0, epoch };
    const batches = this.#announced(select(this.#batchesOf(pass, startBatch, this.length)));
    const batching = this.#batching(pass);
    yield* loadAhead<ArrayLike<number>, Sample[], Batch | null>(batches, {
      ...batching,
      make: (samples, indices) => (indices.length === 0 ? null : batching.make(samples, indices)),
    });
  }

  shard(rank: number, worldSize: number): Pick<this, 'batches' | 'describeBatch'> & Passes<Batch | null> {
    const share = checkedShare('DataLoader.shard', rank, worldSize);
    if (this.#order?.isPart)
      throw new InputError('DataLoader.shard: expected the order of all samples, found sharded(…); leave it out');
    requireEvenParts(this.batchSize ?? 1, worldSize);
    const parts = (batches: Iterable<Uint32Array>) => partsOf(batches, share);
    return {
      batches: this.length,
      epoch: (epoch, options) => this.#pass(epoch, options, parts),
      describeBatch: (epoch, batch) => this.#names(epoch, batch, parts),
    };
  }

  deal(rank: number, worldSize: number): Passes<Batch> {
    const share = checkedShare('DataLoader.deal', rank, worldSize);
    return {
      batches: Math.ceil((this.length - rank) / worldSize),
      epoch: (epoch, { startBatch = 0 } = {}) =>
        this.#pass(epoch, { startBatch: startBatch * worldSize }, (batches) => dealt(batches, share)) as AsyncGenerator<
          Batch,
          void,
          undefined
        >, // none of them is empty
    };
  }

  #ahead(batches: Iterator<ArrayLike<number>>, pass: Pass): AsyncGenerator<Batch, void, undefined> {
    return loadAhead(batches, this.#batching(pass));
  }

  #batching(pass: Pass): Batching<ArrayLike<number>, Sample[], Batch> {
    const { numWorkers = 0, prefetchFactor = 2, prefetch, timeout = 0 } = this.#options;
    const usual = numWorkers > 0 ? numWorkers * prefetchFactor : this.#samples!.loadsAhead ? AHEAD : 0;
    return {
      load: (indices) => within(timeout, this.#load(indices, pass)),
      make: (samples, indices) => this.#batch(samples, pass, indices),
      prefetch: prefetch ?? usual,
    };
  }

  #load(indices: ArrayLike<number>, pass: Pass): Promise<Sample[]> {
    // All of them settle, so that nothing is still under way when the error of one ends the pass.
    const loads = Promise.allSettled(Array.from(indices, (index) => this.#loadOne(index, pass)));
    return loads.then((results) => results.map((result) => settled(result)));
  }

  async #loadOne(index: number, pass: Pass): Promise<Sample> {
    try {
      return await this.#samples!.load(index, pass);
    } catch (cause) {
      const message = isError(cause) ? cause.message : String(cause);
      throw new InputError(`Sample ${this.#samples!.describe(index)} cannot be loaded: ${message}`, { cause });
    }
  }
}

function* slices(
  order: Uint32Array,
  size: number,
  first: number,
  end: number,
): Generator<Uint32Array, void, undefined> {
  for (let batch = first; batch < end; batch++) yield order.subarray(batch * size, (batch + 1) * size);
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function asynchronous(what: string, promise: PromiseLike<unknown>): InputError {
  promise.then(undefined, () => {}); // its own failure is nobody's any more
  return new InputError(
    `DataLoader: ${what} comes by a promise, for which a plain loop cannot wait; write \`for await (const batch of loader)\``,
  );
}
