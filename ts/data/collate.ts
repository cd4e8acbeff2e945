/** Samples made into a batch: `torch.utils.data.default_collate` and `default_convert`. */
import { DTypeError, ShapeError } from '../errors';
import { isMap, isPlainObject } from '../native/realm';
import { fromTypedArray, scoped, stack, Tensor, tensor } from '../tensor';
import { formatValue } from '../tensor/operators/operator';

/** The batch that {@link defaultCollate} makes of samples of one type. */
export type Collated<Sample> = Sample extends Tensor
  ? Tensor
  : Sample extends number | bigint | boolean
    ? Tensor
    : Sample extends string | Buffer
      ? Sample[]
      : Sample extends NodeJS.TypedArray
        ? Tensor
        : Sample extends Map<infer Key, infer Value>
          ? Map<Key, Collated<Value>>
          : Sample extends readonly unknown[]
            ? { -readonly [Key in keyof Sample]: Collated<Sample[Key]> }
            : { -readonly [Key in keyof Sample]: Collated<Sample[Key]> };

/**
 * One batch of samples that are alike: tensors and typed arrays are stacked along a new first dimension; numbers become a tensor,
 * int64 when all of them are whole and float64 otherwise, as Python's int and float; bigints int64, booleans bool; strings and
 * Buffers stay a list; arrays, objects and Maps are collated part by part.
 * @throws ShapeError for arrays of different lengths or tensors of different shapes, DTypeError for what it does not know, each
 * with the index of the sample in the batch
 */
export function defaultCollate<Sample>(batch: readonly Sample[]): Collated<Sample> {
  if (!Array.isArray(batch) || batch.length === 0)
    throw new DTypeError(`defaultCollate: expected an array of samples, found ${formatValue(batch)}`);
  return scoped(() => collate(batch, '')) as Collated<Sample>;
}

function collate(batch: readonly unknown[], path: string): unknown {
  const [first] = batch;
  const kind = kindOf(first, path, 0);
  for (const [i, sample] of batch.entries()) {
    const found = kindOf(sample, path, i);
    if (found !== kind)
      throw new DTypeError(
        `defaultCollate: expected ${kind} in each sample${path}, as in the first, found ${found} in sample ${i}`,
      );
  }
  switch (kind) {
    case 'a tensor':
      return stacked(batch as Tensor[], path);
    case 'a typed array':
      return stacked(
        (batch as NodeJS.TypedArray[]).map((array) => fromTypedArray(array)),
        path,
      );
    case 'a number':
      return tensor(batch as number[], { dtype: batch.every(Number.isSafeInteger) ? 'int64' : 'float64' });
    case 'a bigint':
    case 'a boolean':
      return tensor(batch as bigint[] | boolean[]);
    case 'a string':
    case 'a Buffer':
      return [...batch];
    case 'an array':
      return collateArrays(batch as unknown[][], path);
    case 'a Map':
      return collateMaps(batch as Map<unknown, unknown>[], path);
    default:
      return collateObjects(batch as Record<string, unknown>[], path);
  }
}

function kindOf(sample: unknown, path: string, index: number): string {
  if (sample instanceof Tensor) return 'a tensor';
  if (Buffer.isBuffer(sample)) return 'a Buffer';
  if (Array.isArray(sample)) return 'an array';
  if (ArrayBuffer.isView(sample) && !(sample instanceof DataView)) return 'a typed array';
  if (isMap(sample)) return 'a Map';
  if (isPlainObject(sample)) return 'an object';
  if (['number', 'bigint', 'boolean', 'string'].includes(typeof sample)) return `a ${typeof sample}`;
  throw new DTypeError(
    `defaultCollate: batch must contain tensors, typed arrays, numbers, objects or arrays; found ${formatValue(sample)} in sample ${index}${path}; give collateFn for other samples`,
  );
}

function stacked(tensors: readonly Tensor[], path: string): Tensor {
  const shape = tensors[0]!.shape.join(', ');
  for (const [i, { shape: found, layout }] of tensors.entries()) {
    if (layout !== 'strided')
      throw new DTypeError(`defaultCollate: batches of ${layout} tensors are not supported; give a collateFn`);
    if (found.join(', ') === shape) continue;
    throw new ShapeError(
      `defaultCollate: stack expects each tensor to be equal size, but got [${shape}] at entry 0 and [${found.join(', ')}] at entry ${i}${path}; give a collateFn that pads them, say`,
    );
  }
  return stack(tensors, 0);
}

function collateArrays(batch: readonly unknown[][], path: string): unknown[] {
  const { length } = batch[0]!;
  const odd = batch.findIndex((sample) => sample.length !== length);
  if (odd >= 0) {
    throw new ShapeError(
      `defaultCollate: each element in list of batch should be of equal size, but got ${length} at entry 0 and ${batch[odd]!.length} at entry ${odd}${path}`,
    );
  }
  return Array.from({ length }, (_, i) =>
    collate(
      batch.map((sample) => sample[i]),
      `${path} at [${i}]`,
    ),
  );
}

function collateObjects(batch: readonly Record<string, unknown>[], path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(batch[0]!)) {
    result[key] = collate(
      batch.map((sample, i) => present(Object.hasOwn(sample, key), sample[key], key, i, path)),
      `${path} at '${key}'`,
    );
  }
  return result;
}

function collateMaps(batch: readonly Map<unknown, unknown>[], path: string): Map<unknown, unknown> {
  return new Map(
    Array.from(batch[0]!.keys(), (key) => [
      key,
      collate(
        batch.map((sample, i) => present(sample.has(key), sample.get(key), String(key), i, path)),
        `${path} at '${String(key)}'`,
      ),
    ]),
  );
}

function present(isThere: boolean, value: unknown, key: string, index: number, path: string): unknown {
  if (isThere) return value;
  throw new DTypeError(
    `defaultCollate: expected '${key}' in each sample${path}, as in the first, found none in sample ${index}`,
  );
}

/** What a loader without batches gives: typed arrays become tensors, in arrays and objects too; the rest stays as it is. */
export function defaultConvert(sample: unknown): unknown {
  if (Buffer.isBuffer(sample) || sample instanceof Tensor) return sample;
  if (ArrayBuffer.isView(sample) && !(sample instanceof DataView)) return fromTypedArray(sample as NodeJS.TypedArray);
  if (Array.isArray(sample)) return sample.map(defaultConvert);
  if (!isPlainObject(sample)) return sample;
  return Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, defaultConvert(value)]));
}
