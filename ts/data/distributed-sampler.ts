/** Each process's part of a dataset, as torch.utils.data.distributed.DistributedSampler cuts it. */
import { groupOf } from '../distributed/process-group';
import { InputError } from '../errors';
import { resolveOptions } from '../options';
import { Generator, randperm, scoped } from '../tensor';
import { checkedCount, Sampler, shuffled, type SampleOrder, type Sized } from './samplers';
import { requireRank } from './shares';

export interface ShardOptions {
  /** Number of processes. @default those of the process group */
  readonly numReplicas?: number | null;
  /** Rank of this process. @default that in the process group */
  readonly rank?: number | null;
  /** Whether samples that are left over are left out; else some come twice, so that all processes have equally many. @default false */
  readonly dropLast?: boolean;
}

export interface DistributedSamplerOptions extends ShardOptions {
  /** Whether each epoch has an order of its own. @default true */
  readonly shuffle?: boolean;
  /** Of the orders; the same in all processes. @default 0 */
  readonly seed?: number;
}

const SHARD: Required<ShardOptions> = { numReplicas: null, rank: null, dropLast: false };

interface Shard {
  readonly numReplicas: number;
  readonly rank: number;
  readonly dropLast: boolean;
}

/**
 * The samples of one process, with PyTorch's numbers. `setEpoch(n)` before each pass gives it another order. A loader whose passes
 * follow from seed and epoch, and can be resumed anywhere, takes {@link sharded} instead.
 */
export class DistributedSampler extends Sampler {
  readonly #shard: Shard;
  readonly #shuffle: boolean;
  readonly #seed: number;
  #epoch = 0;

  constructor(
    /** Whose length counts. */
    readonly dataset: Sized,
    options: DistributedSamplerOptions = {},
  ) {
    super();
    const { shuffle, seed, ...shard } = resolveOptions(
      'DistributedSampler',
      { ...SHARD, shuffle: true, seed: 0 } as Required<DistributedSamplerOptions>,
      options,
    );
    this.#shard = shardOf('DistributedSampler', shard);
    this.#shuffle = shuffle;
    this.#seed = seed;
  }

  /** Samples of one process in a pass. */
  override get length(): number {
    return shareOf(this.dataset.length, this.#shard);
  }

  /** Chooses the order of the next passes. */
  setEpoch(epoch: number): void {
    if (!Number.isInteger(epoch) || epoch < 0)
      throw new InputError(`DistributedSampler.setEpoch: expected a whole number of at least 0, found ${epoch}`);
    this.#epoch = epoch;
  }

  override *[Symbol.iterator](): globalThis.Generator<number, void, undefined> {
    const { length } = this.dataset;
    const order = this.#shuffle
      ? scoped(() => {
          const generator = new Generator().manualSeed(this.#seed + this.#epoch);
          return Uint32Array.from(randperm(length, { generator }).toArray() as number[]);
        })
      : Uint32Array.from({ length }, (_, index) => index);
    yield* cut(order, this.#shard);
  }
}

/**
 * The part of one process of an order, for a `DataLoader`'s option `sampler`: each pass is a function of seed and epoch, so that a
 * run is resumed at any batch. All processes together see what one process sees with that order.
 *
 *     new DataLoader(dataset, { batchSize: 32, seed: 1, sampler: sharded() })
 *
 * @param order of all samples, such as `shuffled` or `inOrder`
 */
export function sharded(order: SampleOrder = shuffled, options: ShardOptions = {}): SampleOrder {
  if (typeof order !== 'function')
    throw new InputError('sharded: expected an order such as shuffled, found something that cannot be called');
  const shard = shardOf('sharded', resolveOptions('sharded', SHARD, options));
  const part: SampleOrder = (length, pass) => cut(order(length, pass), shard);
  return Object.assign(part, {
    count: (length: number) => shareOf(order.count?.(length) ?? length, shard),
    isPart: true,
  });
}

function shardOf(owner: string, given: Required<ShardOptions>): Shard {
  const numReplicas = given.numReplicas ?? groupOf(owner, null).size;
  const rank = given.rank ?? groupOf(owner, null).rank;
  checkedCount(owner, 'numReplicas', numReplicas);
  requireRank(owner, rank, numReplicas);
  return { numReplicas, rank, dropLast: given.dropLast };
}

/** Samples of each process. */
function shareOf(length: number, { numReplicas, dropLast }: Shard): number {
  return dropLast ? Math.floor(length / numReplicas) : Math.ceil(length / numReplicas);
}

/** Every numReplicas-th index from the rank on; the order begins anew where it is too short. */
function cut(order: Uint32Array, shard: Shard): Uint32Array {
  const count = order.length === 0 ? 0 : shareOf(order.length, shard);
  return Uint32Array.from({ length: count }, (_, i) => order[(i * shard.numReplicas + shard.rank) % order.length]!);
}
