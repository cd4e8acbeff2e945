/** Datasets made of tensors and of other datasets: `torch.utils.data`'s. */
import { DTypeError, InputError, ShapeError } from '../errors';
import { isPlainObject } from '../native/realm';
import { Generator, randperm, scoped, Tensor, tensor as makeTensor } from '../tensor';
import { isPromise } from '../tensor/core/context';
import { formatValue } from '../tensor/operators/operator';
import { checkOptions, expected, itemsOf } from '../options';
import { Dataset, IterableDataset, type DatasetLike, type Pass } from './dataset';
import { gathers, indexed, isIterableStyle, lengthOf, type Indexed } from './indexed';

/** Samples that are the rows of tensors: sample i is `[tensors[0][i], tensors[1][i], …]`. */
export class TensorDataset extends Dataset<Tensor[]> {
  /** The tensors, of the same size along the first dimension. */
  readonly tensors: readonly Tensor[];

  /** @throws ShapeError for tensors of different sizes along the first dimension */
  constructor(...tensors: Tensor[]) {
    super();
    const [odd] = tensors.filter((tensor) => !(tensor instanceof Tensor)) as unknown[];
    if (tensors.length === 0 || !tensors.every((tensor) => tensor instanceof Tensor)) {
      throw new DTypeError(
        `TensorDataset: expected tensors, one argument each, found ${tensors.length === 0 ? 'none' : formatValue(odd)}`,
      );
    }
    const sizes = tensors.map((tensor) => tensor.size(0));
    if (sizes.some((size) => size !== sizes[0])) {
      throw new ShapeError(
        `TensorDataset: expected tensors of the same size along the first dimension, found ${sizes.join(', ')}`,
      );
    }
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0]!.size(0);
  }

  override get(index: number): Tensor[] {
    return this.tensors.map((tensor) => tensor.select(0, index));
  }

  /** The rows of several samples at once, as the default collate would stack them. */
  gather(indices: readonly number[]): Tensor[] {
    return scoped(() => {
      const rows = new Map<string, Tensor>();
      return this.tensors.map((tensor) => {
        const { device } = tensor;
        if (!rows.has(device)) rows.set(device, makeTensor([...indices], { dtype: 'int64', device }));
        return tensor.indexSelect(0, rows.get(device)!);
      });
    });
  }
}

/** Some samples of a dataset, by their indices there. */
export class Subset<Sample> extends Dataset<Sample> {
  readonly #samples: Indexed<Sample>;

  /** @param indices of the samples in `dataset`, in the order that they are to have here */
  constructor(
    /** The whole. */
    readonly dataset: DatasetLike<Sample>,
    /** Of the samples in `dataset`. */
    readonly indices: ArrayLike<number>,
  ) {
    super();
    this.#samples = indexed('Subset', dataset);
  }

  get length(): number {
    return this.indices.length;
  }

  override get(index: number): Sample | Promise<Sample> {
    return this.#samples.get(this.#at(index));
  }

  override load(index: number, pass: Pass): Promise<Sample> {
    return this.#samples.load(this.#at(index), pass);
  }

  override describe(index: number): string {
    return this.#samples.describe(this.#at(index));
  }

  override expect(batches: readonly ArrayLike<number>[]): void {
    this.#samples.expect?.(batches.map((batch) => Uint32Array.from(batch, (index) => this.#at(index))));
  }

  /** The batch of these samples at once, where the dataset can do that. */
  gather(indices: readonly number[]): unknown {
    return gathers(this.dataset) ? this.dataset.gather(indices.map((index) => this.#at(index))) : null;
  }

  #at(index: number): number {
    return Array.prototype.at.call(this.indices, index) ?? outOfRange('Subset', index, this.length);
  }
}

/** Datasets one after the other. */
export class ConcatDataset<Sample> extends Dataset<Sample> {
  /** The parts, in order. */
  readonly datasets: readonly DatasetLike<Sample>[];
  /** Lengths of the first dataset, of the first two, and so on. */
  readonly cumulativeSizes: readonly number[];
  readonly #parts: readonly Indexed<Sample>[];

  /** @throws InputError for no dataset, or a stream among them */
  constructor(datasets: Iterable<DatasetLike<Sample>>) {
    super();
    this.datasets = itemsOf('ConcatDataset', 'an iterable of datasets', datasets);
    if (this.datasets.length === 0) throw new InputError('ConcatDataset: expected at least one dataset, found none');
    if (this.datasets.some((dataset) => isIterableStyle(dataset))) {
      throw new InputError(
        'ConcatDataset: expected datasets with an index, found an IterableDataset; use ChainDataset',
      );
    }
    this.#parts = this.datasets.map((dataset) => indexed('ConcatDataset', dataset));
    let sum = 0;
    this.cumulativeSizes = this.#parts.map(({ length }) => (sum += length));
  }

  get length(): number {
    return this.cumulativeSizes.at(-1)!;
  }

  override get(index: number): Sample | Promise<Sample> {
    const [part, inner] = this.#find(index);
    return part.get(inner);
  }

  override load(index: number, pass: Pass): Promise<Sample> {
    const [part, inner] = this.#find(index);
    return part.load(inner, pass);
  }

  override describe(index: number): string {
    const [part, inner] = this.#find(index);
    return part.describe(inner);
  }

  #find(index: number): [part: Indexed<Sample>, inner: number] {
    const wanted = index < 0 ? index + this.length : index;
    const which = this.cumulativeSizes.findIndex((end) => wanted < end);
    if (which < 0 || !(wanted >= 0)) return outOfRange('ConcatDataset', index, this.length);
    return [this.#parts[which]!, wanted - (this.cumulativeSizes[which - 1] ?? 0)];
  }
}

function outOfRange(owner: string, index: number, length: number): never {
  throw new InputError(`${owner}: the index ${String(index)} is out of range for ${length} samples`);
}

/** Streams one after the other. */
export class ChainDataset<Sample> extends IterableDataset<Sample> {
  /** @param datasets streams, iterated over when their turn comes */
  constructor(
    /** The streams, in order. */
    readonly datasets: Iterable<DatasetLike<Sample>>,
  ) {
    super();
  }

  override *[Symbol.iterator](): globalThis.Generator<Sample> {
    for (const dataset of this.datasets) {
      const stream = streamOf<Sample>(dataset);
      if (!(Symbol.iterator in stream))
        throw new InputError(
          'ChainDataset: expected streams that can be read at once, found an asynchronous one; write `for await`',
        );
      yield* stream;
    }
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<Sample> {
    for (const dataset of this.datasets) yield* streamOf<Sample>(dataset);
  }

  /** The sum of the lengths, where each stream has one. */
  override get length(): number {
    return [...this.datasets].reduce(
      (sum, dataset) => sum + lengthOf('ChainDataset', dataset as { length?: number }),
      0,
    );
  }
}

function streamOf<Sample>(dataset: DatasetLike<Sample>): Iterable<Sample> | AsyncIterable<Sample> {
  if (isIterableStyle(dataset)) return dataset;
  throw new InputError(
    'ChainDataset: expected streams (IterableDataset), found a dataset with an index; use ConcatDataset',
  );
}

type SamplesOf<Datasets> = {
  -readonly [Key in keyof Datasets]: Datasets[Key] extends DatasetLike<infer Sample> ? Sample : never;
};

/**
 * Datasets side by side: sample i holds sample i of each, in an array for datasets given one by one, in an object for datasets
 * given by name, `new StackDataset({ image, text })`.
 */
export class StackDataset<
  Datasets extends readonly DatasetLike<unknown>[] | Readonly<Record<string, DatasetLike<unknown>>>,
> extends Dataset<SamplesOf<Datasets>> {
  /** The datasets as they were given. */
  readonly datasets: Datasets;
  readonly #parts: readonly (readonly [string, Indexed<unknown>])[];
  readonly length: number;

  constructor(...datasets: Datasets extends readonly DatasetLike<unknown>[] ? Datasets : [Datasets]);
  /** @throws InputError for datasets of different lengths, or none */
  constructor(...given: unknown[]) {
    super();
    const [first] = given;
    const byName = given.length === 1 && isPlainObject(first) && !('length' in first);
    this.datasets = (byName ? first : given) as Datasets;
    const entries = Object.entries(this.datasets as Readonly<Record<string, DatasetLike<unknown>>>);
    if (entries.length === 0) throw new InputError('StackDataset: expected at least one dataset, found none');
    this.#parts = entries.map(([name, dataset]) => [name, indexed('StackDataset', dataset)]);
    const lengths = this.#parts.map(([, { length }]) => length);
    if (lengths.some((length) => length !== lengths[0])) {
      throw new InputError(`StackDataset: expected datasets of the same length, found ${lengths.join(', ')}`);
    }
    this.length = lengths[0]!;
  }

  override get(index: number): SamplesOf<Datasets> | Promise<SamplesOf<Datasets>> {
    const samples = this.#parts.map(([, part]) => part.get(index));
    if (samples.some((sample) => isPromise(sample))) return Promise.all(samples).then((all) => this.#assemble(all));
    return this.#assemble(samples);
  }

  override async load(index: number, pass: Pass): Promise<SamplesOf<Datasets>> {
    return this.#assemble(await Promise.all(this.#parts.map(([, part]) => part.load(index, pass))));
  }

  #assemble(samples: readonly unknown[]): SamplesOf<Datasets> {
    const assembled = Array.isArray(this.datasets)
      ? samples
      : Object.fromEntries(this.#parts.map(([name], i) => [name, samples[i]]));
    return assembled as SamplesOf<Datasets>;
  }
}

export interface RandomSplitOptions {
  /** Source of the permutation. @default the global one, set by `manualSeed` */
  readonly generator?: Generator;
}

/**
 * Splits a dataset at random into parts that do not overlap, as `torch.utils.data.random_split` does.
 * @param lengths of the parts; or fractions that sum to 1, where what is left after rounding down goes to the parts in turn
 * @throws InputError for lengths that do not sum to that of the dataset
 */
export function randomSplit<Sample>(
  dataset: DatasetLike<Sample>,
  lengths: readonly number[],
  options: RandomSplitOptions = {},
): Subset<Sample>[] {
  checkOptions('randomSplit', options, ['generator']);
  const total = indexed('randomSplit', dataset).length;
  if (!Array.isArray(lengths) || !lengths.every((length) => typeof length === 'number'))
    throw expected('randomSplit', 'a list of numbers for lengths', lengths, '', InputError);
  const sizes = splitSizes(lengths, total);
  const sum = sizes.reduce((all, size) => all + size, 0);
  if (sum !== total || sizes.some((size) => !Number.isInteger(size) || size < 0)) {
    throw new InputError(
      `randomSplit: expected lengths that sum to ${total}, the length of the dataset, or fractions that sum to 1, found ${lengths.join(', ')}`,
    );
  }
  const order = scoped(() => randperm(total, { generator: options.generator }).toArray() as number[]);
  let start = 0;
  return sizes.map((size) => new Subset(dataset, order.slice(start, (start += size))));
}

function splitSizes(lengths: readonly number[], total: number): readonly number[] {
  const sum = lengths.reduce((all, length) => all + length, 0);
  if (!(Math.abs(sum - 1) <= 1e-9 && sum <= 1)) return lengths;
  const odd = lengths.findIndex((fraction) => !(fraction >= 0 && fraction <= 1));
  if (odd >= 0)
    throw new InputError(`randomSplit: expected fractions between 0 and 1, found ${lengths[odd]} at index ${odd}`);
  const sizes = lengths.map((fraction) => Math.floor(total * fraction));
  const left = total - sizes.reduce((all, size) => all + size, 0);
  for (let i = 0; i < left; i++) sizes[i % sizes.length]!++;
  return sizes;
}
