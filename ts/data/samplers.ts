/** The orders in which a loader visits a dataset, with the random numbers of `torch.utils.data.sampler`. */
import { DTypeError, InputError } from '../errors';
import { asTensor, empty, Generator, keep, multinomial, randint, randperm, scoped, Tensor } from '../tensor';
import { formatValue } from '../tensor/operators/operator';
import { checkOptions, expected } from '../options';
import { Rng } from './rng';
import type { Pass } from './dataset';

/** Anything whose length counts: a dataset, an array. */
export interface Sized {
  readonly length: number;
}

/** Base of what gives indices (or, for a batch sampler, arrays of indices), anew each time it is iterated over. */
export abstract class Sampler<Index = number> implements Iterable<Index> {
  /** One pass. */
  abstract [Symbol.iterator](): Iterator<Index>;
  /** Number of what one pass gives. */
  abstract readonly length: number;
}

/** First to last. */
export class SequentialSampler extends Sampler {
  constructor(
    /** Whose length counts. */
    readonly dataSource: Sized,
  ) {
    super();
    requireSized('SequentialSampler', dataSource);
  }

  override get length(): number {
    return this.dataSource.length;
  }

  override *[Symbol.iterator](): Generator_<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

type Generator_<T> = globalThis.Generator<T, void, undefined>;

export interface SamplerOptions {
  /** Source of the random numbers. @default one that is seeded from the global source in each pass */
  readonly generator?: Generator;
}

export interface RandomSamplerOptions extends SamplerOptions {
  /** Draw each sample from all, so that one may come twice. @default false */
  readonly replacement?: boolean;
  /** Samples in a pass. @default the length of the data source */
  readonly numSamples?: number;
}

const BLOCK = 32; // indices that PyTorch draws at a time with replacement

/** A random order; with the same seed PyTorch's. */
export class RandomSampler extends Sampler {
  /** Whether a sample may come twice. */
  readonly replacement: boolean;
  readonly #numSamples: number | undefined;
  readonly #generator: Generator | undefined;

  /** @throws InputError for a number of samples below 1, or an empty data source */
  constructor(
    /** Whose length counts. */
    readonly dataSource: Sized,
    options: RandomSamplerOptions = {},
  ) {
    super();
    requireSized('RandomSampler', dataSource);
    checkOptions('RandomSampler', options, ['replacement', 'numSamples', 'generator']);
    this.replacement = checkedBoolean('RandomSampler', 'replacement', options.replacement ?? false);
    this.#numSamples = options.numSamples;
    this.#generator = options.generator;
    checkedCount('RandomSampler', 'numSamples', this.numSamples);
  }

  /** Samples in a pass. */
  get numSamples(): number {
    return this.#numSamples ?? this.dataSource.length;
  }

  override get length(): number {
    return this.numSamples;
  }

  override *[Symbol.iterator](): Generator_<number> {
    const generator = this.#generator ?? new Generator().manualSeed(drawSeed());
    const count = this.dataSource.length;
    const { numSamples } = this;
    const size = this.replacement ? BLOCK : count;
    const draw = (): number[] =>
      scoped(
        () =>
          (this.replacement
            ? randint(0, count, [Math.min(BLOCK, numSamples - given)], { generator })
            : randperm(count, { generator })
          ).toArray() as number[],
      );
    let given = 0;
    for (; given + size <= numSamples; given += size) yield* draw();
    yield* draw().slice(0, numSamples - given);
  }
}

/** A seed from the global source, or another one, as PyTorch draws it. */
export function drawSeed(generator?: Generator): bigint {
  return scoped(() => BigInt(empty([], { dtype: 'int64' }).random_({ generator }).item() as number | bigint));
}

/** The given indices in a random order. */
export class SubsetRandomSampler extends Sampler {
  readonly #generator: Generator | undefined;

  constructor(
    /** What is shuffled. */
    readonly indices: ArrayLike<number>,
    options: SamplerOptions = {},
  ) {
    super();
    checkOptions('SubsetRandomSampler', options, ['generator']);
    this.#generator = options.generator;
  }

  override get length(): number {
    return this.indices.length;
  }

  override *[Symbol.iterator](): Generator_<number> {
    const order = scoped(() => randperm(this.length, { generator: this.#generator }).toArray() as number[]);
    for (const i of order) yield this.indices[i]!;
  }
}

export interface WeightedRandomSamplerOptions extends SamplerOptions {
  /** Whether a sample may come twice. @default true */
  readonly replacement?: boolean;
}

/** Indices with the given probabilities, which need not sum to 1: for classes of different sizes. */
export class WeightedRandomSampler extends Sampler {
  /** The weights, float64. */
  readonly weights: Tensor;
  /** Whether a sample may come twice. */
  readonly replacement: boolean;
  readonly #generator: Generator | undefined;

  /**
   * @param weights one a sample
   * @param replacement as an option or by position, as in Python
   * @throws InputError for a number of samples below 1, or weights that are not one row
   */
  constructor(
    weights: ArrayLike<number> | Tensor,
    /** Indices in a pass. */
    readonly numSamples: number,
    replacement: boolean | WeightedRandomSamplerOptions = {},
    options: SamplerOptions = {},
  ) {
    super();
    const given = typeof replacement === 'object' ? replacement : { replacement, ...options };
    checkOptions('WeightedRandomSampler', given, ['replacement', 'generator']);
    this.replacement = checkedBoolean('WeightedRandomSampler', 'replacement', given.replacement ?? true);
    checkedCount('WeightedRandomSampler', 'numSamples', numSamples);
    if (typeof weights !== 'object' || weights === null || !('length' in weights || weights instanceof Tensor))
      throw expected('WeightedRandomSampler', 'a tensor or a list of numbers for weights', weights, '', InputError);
    this.#generator = given.generator;
    this.weights = keep(
      scoped(() => asTensor(weights instanceof Tensor ? weights : Array.from(weights), { dtype: 'float64' }).clone()),
    );
    if (this.weights.ndim !== 1) {
      throw new InputError(`WeightedRandomSampler: expected one row of weights, found ${formatValue(this.weights)}`);
    }
  }

  override get length(): number {
    return this.numSamples;
  }

  override *[Symbol.iterator](): Generator_<number> {
    yield* scoped(
      () =>
        multinomial(this.weights, this.numSamples, this.replacement, {
          generator: this.#generator,
        }).toArray() as number[],
    );
  }
}

/** Another sampler's indices in batches. */
export class BatchSampler extends Sampler<number[]> {
  /** @throws InputError for a batch size below 1 */
  constructor(
    /** Where the indices come from. */
    readonly sampler: Iterable<number>,
    /** Indices in a batch. */
    readonly batchSize: number,
    /** Whether a last batch that is not full is left out. */
    readonly dropLast = false,
  ) {
    super();
    checkedCount('BatchSampler', 'batchSize', batchSize);
    checkedBoolean('BatchSampler', 'dropLast', dropLast);
  }

  override get length(): number {
    const { length } = this.sampler as Partial<Sized>;
    if (length === undefined) throw new InputError('BatchSampler: the length is not known, for its sampler has none');
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize);
  }

  override *[Symbol.iterator](): Generator_<number[]> {
    let batch: number[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

/** @throws InputError unless `value` is a whole number of at least 1 */
export function checkedCount(owner: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new InputError(`${owner}: ${name} should be a positive integer value, but got ${formatValue(value)}`);
}

/** @throws DTypeError unless `value` is a boolean */
function checkedBoolean(owner: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new DTypeError(`${owner}: ${name} should be a boolean value, but got ${formatValue(value)}`);
}

/** Throws for what has no length. */
function requireSized(owner: string, source: unknown): void {
  if (typeof source !== 'object' || source === null || !('length' in source))
    throw expected(owner, 'something with a length for dataSource', source, '', InputError);
}

/** The order in which a pass visits the samples of a dataset, as a function of the pass. */
export interface SampleOrder {
  (length: number, pass: Pass): Uint32Array;
  /** How many of a dataset's samples a pass visits. @default all */
  readonly count?: (length: number) => number;
  /** Whether it is the part of one of several processes. @default false */
  readonly isPart?: boolean;
}

/** The second coordinate of the shuffling stream; indices of samples stay below it, so augmentation never shares its numbers. */
const SHUFFLE = 0xffffffff;

/** First to last, in every pass. */
export const inOrder: SampleOrder = (length) => {
  if (!Number.isInteger(length) || length < 0)
    throw expected('inOrder', 'a whole number of at least 0 for length', length, '', InputError);
  return Uint32Array.from({ length }, (_, index) => index);
};

/** A new random order for each pass, given by its seed and epoch alone: a resumed run needs no saved state. */
export const shuffled: SampleOrder = (length, pass) => {
  if (typeof pass !== 'object' || pass === null)
    throw expected('shuffled', 'a pass { seed, epoch }', pass, '', InputError);
  return new Rng(pass.seed, pass.epoch, SHUFFLE).permutation(length);
};
