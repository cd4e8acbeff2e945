import { DTypeError, InputError, type TorchError } from '../errors';
import type { Generator } from '../tensor';
import { checkOptions } from '../options';
import { typeName } from '../tensor/core/arguments';
import type { Collated } from './collate';
import type { Pass } from './dataset';
import { type SampleOrder, checkedCount } from './samplers';

/** Makes one batch of the samples of `indices`, in that order. Runs when the batch is asked for, never ahead. */
export type Collate<Sample, Batch> = (samples: Sample[], pass: Pass, indices: Uint32Array) => Batch | Promise<Batch>;

/** Options of {@link DataLoader}, under the names of `torch.utils.data.DataLoader`. */
export interface DataLoaderOptions<Sample, Batch = Collated<Sample>> {
  /** Samples in a batch, from 1; null gives sample after sample. @default 1 */
  readonly batchSize?: number | null;
  /** A new random order for each pass. @default false */
  readonly shuffle?: boolean;
  /** The order of a pass: a sampler, any list of indices, or a function of length, seed and epoch such as `data.shuffled`. */
  readonly sampler?: Iterable<number> | SampleOrder;
  /** The batches of a pass, each an array of indices. Excludes `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: Iterable<readonly number[]>;
  /** Leave out the last batch when it is not full. @default false */
  readonly dropLast?: boolean;
  /** Makes the batch of its samples. @default defaultCollate */
  readonly collateFn?: Collate<Sample, Batch>;
  /** Source of the order of `shuffle`. @default one that is seeded from the global source in each pass */
  readonly generator?: Generator;
  /**
   * There are no worker processes: with `n`, the samples of `n * prefetchFactor` batches are loaded ahead of the one in use, as with
   * `n` workers in Python.
   * @default 0
   */
  readonly numWorkers?: number;
  /** Batches ahead for each of `numWorkers`. @default 2 */
  readonly prefetchFactor?: number;
  /** Batches that are loaded ahead of the one in use; bounds the memory. @default 4 for a dataset that has `load`, else 0 */
  readonly prefetch?: number;
  /**
   * Puts the tensors of a batch into memory from which `to({ device, nonBlocking: true })` copies without waiting. Without an
   * accelerator it changes nothing.
   * @default false
   */
  readonly pinMemory?: boolean;
  /** Seconds that `for await` waits for the samples of a batch; 0 waits for ever. @default 0 */
  readonly timeout?: number;
  /** Seed of `epoch(n)`: of its order, and of what samples draw in `load`. @default 0 */
  readonly seed?: number;
  /** `'drop'` is `dropLast`. @default 'keep' */
  readonly lastBatch?: 'keep' | 'drop';
}

const NAMES: readonly (keyof DataLoaderOptions<unknown>)[] = [
  'batchSize',
  'shuffle',
  'sampler',
  'batchSampler',
  'dropLast',
  'collateFn',
  'generator',
  'numWorkers',
  'prefetchFactor',
  'prefetch',
  'pinMemory',
  'timeout',
  'seed',
  'lastBatch',
];

function exclusive(sentence: string): TorchError {
  return new InputError(`DataLoader: ${sentence}`);
}

/** @throws InputError or DTypeError for options that do not exist, make no sense or exclude one another, with PyTorch's sentences */
export function checkLoaderOptions<Sample, Batch>(given: DataLoaderOptions<Sample, Batch>, isStream: boolean): void {
  checkOptions('DataLoader', given, NAMES);
  checkNumbers(given);
  const { batchSize, shuffle, sampler, batchSampler, collateFn, lastBatch } = given;
  const dropLast = given.dropLast || lastBatch === 'drop';
  if (lastBatch !== undefined && lastBatch !== 'keep' && lastBatch !== 'drop')
    throw exclusive(`expected lastBatch to be 'keep' or 'drop', found ${String(lastBatch)}`);
  if (collateFn !== undefined && typeof collateFn !== 'function')
    throw new DTypeError(`DataLoader: expected collateFn to be a function, found ${typeName(collateFn)}`);
  if (isStream) {
    for (const [name, value] of Object.entries({ shuffle: shuffle || undefined, sampler, batchSampler })) {
      if (value !== undefined)
        throw exclusive(
          `with IterableDataset: expected unspecified ${name} option, but got one; its order is that of the stream`,
        );
    }
  }
  if (sampler !== undefined && shuffle) throw exclusive('sampler option is mutually exclusive with shuffle');
  if (
    batchSampler !== undefined &&
    ((batchSize !== undefined && batchSize !== 1) || shuffle || sampler !== undefined || dropLast)
  ) {
    throw exclusive('batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast');
  }
  if (batchSize === null && dropLast)
    throw exclusive('batchSize: null disables auto-batching and is mutually exclusive with dropLast');
  for (const [name, order] of Object.entries({ sampler, batchSampler })) {
    const isOrder =
      order === undefined ||
      (name === 'sampler' && typeof order === 'function') ||
      (typeof order === 'object' && Symbol.iterator in order);
    if (!isOrder)
      throw new DTypeError(
        `DataLoader: expected ${name} to be a sampler, something to iterate over, found ${typeName(order)}`,
      );
  }
}

function checkNumbers({
  batchSize,
  numWorkers = 0,
  prefetchFactor,
  prefetch,
  timeout,
}: DataLoaderOptions<never, unknown>): void {
  if (batchSize !== undefined && batchSize !== null) checkedCount('DataLoader', 'batchSize', batchSize);
  for (const [name, value] of Object.entries({ numWorkers, prefetchFactor, prefetch })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0))
      throw exclusive(`${name} option should be a non-negative integer, but got ${String(value)}`);
  }
  if (timeout !== undefined && !(timeout >= 0))
    throw exclusive(`timeout option should be non-negative, but got ${timeout}`);
  if (prefetchFactor !== undefined && numWorkers === 0)
    throw exclusive('prefetchFactor option needs numWorkers > 0; or give prefetch, the number of batches');
}

/** Options of passes that can be resumed: what `epoch(n)` rests on. */
export interface EpochOptions {
  /** Samples in a batch, from 1. */
  readonly batchSize: number;
  /** The order of a pass. @default inOrder */
  readonly sampler?: SampleOrder;
  /** Seed of order and augmentation. @default 0 */
  readonly seed?: number;
  /** What becomes of the last batch when it is not full. @default 'keep' */
  readonly lastBatch?: 'keep' | 'drop';
  /** Batches that are loaded ahead of the one in use. @default 4 */
  readonly prefetch?: number;
  /** See {@link DataLoaderOptions.pinMemory}. @default false */
  readonly pinMemory?: boolean;
}
