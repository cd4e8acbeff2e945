/** One view on all datasets that have an index. */
import { DTypeError, InputError } from '../errors';
import { Tensor, type Tensor as TensorType } from '../tensor';
import { isPlainObject } from '../native/realm';
import { Dataset, IterableDataset, type DatasetLike, type Pass } from './dataset';

/** A dataset, array or tensor as the samplers and the other datasets see it. */
export interface Indexed<Sample> {
  readonly length: number;
  /** The sample, or a promise of it. */
  get(index: number): Sample | Promise<Sample>;
  /** The sample in a pass, loaded beside the event loop where the dataset can do so. */
  load(index: number, pass: Pass): Promise<Sample>;
  describe(index: number): string;
  /** See {@link Dataset.expect}. */
  expect?(batches: readonly ArrayLike<number>[]): void;
  /** Whether samples come by promises, so that loading ahead of their use brings something. */
  readonly loadsAhead: boolean;
}

/** Samples of datasets that are read outside of any epoch. */
export const FIRST_PASS: Pass = { seed: 0, epoch: 0 };

/** Datasets that make one batch at once instead of one sample after the other. */
export interface Gathers {
  /** The batch that the default collate would make of the samples of `indices`; null where that must be done one by one. */
  gather(indices: readonly number[]): unknown;
}

export function gathers(dataset: unknown): dataset is Gathers {
  return typeof dataset === 'object' && dataset !== null && typeof Reflect.get(dataset, 'gather') === 'function';
}

/** Whether a dataset is a stream: something to iterate over that has no index. */
export function isIterableStyle<Sample>(
  dataset: DatasetLike<Sample>,
): dataset is Iterable<Sample> | AsyncIterable<Sample> {
  if (typeof dataset !== 'object' || dataset === null || dataset instanceof Dataset) return false;
  if (dataset instanceof IterableDataset) return true;
  if (Array.isArray(dataset) || ArrayBuffer.isView(dataset) || dataset instanceof Tensor || hasAccess(dataset))
    return false;
  return Symbol.iterator in dataset || Symbol.asyncIterator in dataset;
}

const hasAccess = (dataset: object): boolean =>
  ['get', 'load'].some((name) => typeof Reflect.get(dataset, name) === 'function') && 'length' in dataset;

/** @throws DTypeError for what is no dataset with an index */
export function indexed<Sample>(owner: string, dataset: DatasetLike<Sample>): Indexed<Sample> {
  if (dataset instanceof Tensor) return ofArray(rowsOf(dataset) as unknown as ArrayLike<Sample>);
  if (Array.isArray(dataset) || ArrayBuffer.isView(dataset)) return ofArray(dataset as ArrayLike<Sample>);
  if (typeof dataset === 'object' && dataset !== null && hasAccess(dataset))
    return ofDataset(owner, dataset as Dataset<Sample>);
  const found = isPlainObject(dataset)
    ? `an object with ${Object.keys(dataset).join(', ') || 'nothing'}`
    : describeKind(dataset);
  throw new DTypeError(
    `${owner}: expected a dataset, an object with a length and get(index) or load(index), or an array, found ${found}`,
  );
}

function describeKind(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'an object') : String(value);
}

/** The slices of a tensor along its first dimension, made when they are asked for. */
function rowsOf(tensor: TensorType): ArrayLike<TensorType> & { at(index: number): TensorType } {
  return { length: tensor.size(0), at: (index) => tensor.select(0, index) };
}

function ofArray<Sample>(array: ArrayLike<Sample>): Indexed<Sample> {
  const at = Reflect.get(array, 'at') as (this: ArrayLike<Sample>, index: number) => Sample;
  const get = (index: number): Sample => {
    if (Number.isInteger(index) && index >= -array.length && index < array.length) return at.call(array, index);
    throw new InputError(`the index ${String(index)} is out of range for a dataset of ${array.length} samples`);
  };
  return {
    get length() {
      return array.length;
    },
    get,
    load: async (index) => get(index),
    describe: String,
    loadsAhead: false,
  };
}

function ofDataset<Sample>(owner: string, dataset: Dataset<Sample>): Indexed<Sample> {
  return {
    get length() {
      return lengthOf(owner, dataset);
    },
    get: (index) => (dataset.get ? dataset.get(index) : dataset.load!(index, FIRST_PASS)),
    load: async (index, pass) => (dataset.load ? dataset.load(index, pass) : dataset.get!(index)),
    describe: (index) => dataset.describe?.(index) ?? String(index),
    ...(dataset.expect && { expect: (batches) => dataset.expect!(batches) }),
    loadsAhead: dataset.load !== undefined,
  };
}

/** @throws InputError for a dataset that does not know its length */
export function lengthOf(owner: string, dataset: { readonly length?: number }): number {
  const { length } = dataset;
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return length;
  throw new InputError(
    `${owner}: expected a dataset with a length, a whole number, found ${describeKind(length)}; give it a field or getter \`length\``,
  );
}
