/** Which pass over the data a sample is loaded for; with the sample's index it names a random stream. */
export interface Pass {
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
}

/**
 * Samples that can be had one by one, in any order: `torch.utils.data.Dataset`. A subclass, or an object of this shape, has a
 * `length` and either `get(index)`, Python's `__getitem__`, or `load(index, pass)` for samples whose loading waits for something.
 */
export interface Dataset<Sample> {
  /** One sample, from 0: Python's `__getitem__`. May give a promise; the loader then wants `for await`. */
  get?(index: number): Sample | Promise<Sample>;
  /** What to call a sample in messages (a file name, say); its index is used without it. */
  describe?(index: number): string;
  /** Told before a pass of `epoch(n)` which samples will be loaded, batch after batch, so that they can be fetched ahead. */
  expect?(batches: readonly ArrayLike<number>[]): void;
}

/** Base of datasets with an index, for those who like to extend a class; an object of the same shape does as well. */
export abstract class Dataset<Sample> {
  /** Number of samples: Python's `__len__`. */
  abstract readonly length: number;

  /** Loads one sample; several may be under way at a time. The result depends on `index` and `pass` alone. Without it, `get` is called. */
  load?(index: number, pass: Pass): Promise<Sample>;
}

/**
 * Base of datasets that are a stream: `torch.utils.data.IterableDataset`. A subclass has `[Symbol.iterator]` or
 * `[Symbol.asyncIterator]`, and a `length` if it knows one.
 */
export interface IterableDataset<Sample> {
  [Symbol.iterator]?(): Iterator<Sample>;
  [Symbol.asyncIterator]?(): AsyncIterator<Sample>;
  /** Number of samples, where it is known. */
  readonly length?: number;
}

/** Base of datasets that are a stream. */
export abstract class IterableDataset<Sample> {}

/** What a loader takes: a dataset with an index, an array or typed array, a tensor with its rows, or anything to iterate over. */
export type DatasetLike<Sample> =
  Dataset<Sample> | ArrayLike<Sample> | IterableDataset<Sample> | Iterable<Sample> | AsyncIterable<Sample>;

/**
 * `torch.utils.data.get_worker_info()`, which is null outside of a worker process: there are none here, so a stream is never read by
 * several workers at once, and its samples come once each.
 */
export function getWorkerInfo(): null {
  return null;
}
