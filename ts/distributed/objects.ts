/**
 * Values in place of tensors: what `structuredClone` copies (numbers, strings, arrays, objects, maps, typed arrays), written as
 * Node writes it. Processes of Python cannot read it: they and those of Node exchange tensors, or bytes through a store.
 */
import { deserialize, serialize } from 'node:v8';
import { DTypeError, InputError } from '../errors';
import { isError } from '../native/realm';
import { expected, resolveOptions } from '../options';
import { empty, fromTypedArray, zeros, type Tensor } from '../tensor';
import { COMMON, type CollectiveOptions } from './call';
import { allGather, broadcast, gather, scatter, type GatherOptions, type ScatterOptions } from './collectives';
import { groupOf } from './process-group';

/** Gives every process the values of all, by their ranks. */
export async function allGatherObject<T>(value: T, options: CollectiveOptions = {}): Promise<T[]> {
  const common = resolveOptions('allGatherObject', COMMON, options);
  const { size } = groupOf('allGatherObject', common.group);
  const bytes = toBytes('allGatherObject', value);
  const lengths = await lengthsOfAll(bytes.length, common);
  const longest = Math.max(...lengths);
  const all = Array.from({ length: size }, () => empty([longest], { dtype: 'uint8' }));
  await allGather(all, padded(bytes, longest), common);
  return all.map((tensor, rank) => fromBytes(tensor, lengths[rank]!) as T);
}

/** Gives the process `dst` the values of all, by their ranks; the others get null. */
export async function gatherObject<T>(value: T, options: GatherOptions = {}): Promise<T[] | null> {
  const { dst, ...rest } = resolveOptions<Required<GatherOptions>>(
    'gatherObject',
    { group: null, timeout: null, dst: 0 },
    options,
  );
  const group = groupOf('gatherObject', rest.group);
  const bytes = toBytes('gatherObject', value);
  const lengths = await lengthsOfAll(bytes.length, rest);
  const longest = Math.max(...lengths);
  const isIt = group.ranks[group.rank] === dst;
  const all = isIt ? group.ranks.map(() => empty([longest], { dtype: 'uint8' })) : null;
  await gather(padded(bytes, longest), all, { dst, ...rest });
  return all && all.map((tensor, rank) => fromBytes(tensor, lengths[rank]!) as T);
}

/** Puts the values of the process `src` into the list of every process; all lists are equally long. */
export async function broadcastObjectList(list: unknown[], src = 0, options: CollectiveOptions = {}): Promise<void> {
  if (!Array.isArray(list)) throw expected('broadcastObjectList', 'an array of values', list);
  const common = resolveOptions('broadcastObjectList', COMMON, options);
  const group = groupOf('broadcastObjectList', common.group);
  const isIt = group.ranks[group.rank] === src;
  const items = isIt ? list.map((value) => toBytes('broadcastObjectList', value)) : [];
  const lengths = isIt ? int64(items.map((item) => item.length)) : empty([list.length], { dtype: 'int64' });
  await broadcast(lengths, src, common);
  const sizes = numbers(lengths);
  const bytes = isIt ? bytesTensor(Buffer.concat(items)) : empty([sum(sizes)], { dtype: 'uint8' });
  await broadcast(bytes, src, common);
  if (isIt) return;
  const content = Buffer.from((bytes.data() as Uint8Array).buffer);
  let from = 0;
  for (const [i, size] of sizes.entries()) list[i] = deserialize(content.subarray(from, (from += size)));
}

/** Gives each process the value at its rank in the list of the process `src`; the others give null for the list. */
export async function scatterObjectList<T>(list: readonly T[] | null, options: ScatterOptions = {}): Promise<T> {
  const { src, ...rest } = resolveOptions<Required<ScatterOptions>>(
    'scatterObjectList',
    { group: null, timeout: null, src: 0 },
    options,
  );
  const group = groupOf('scatterObjectList', rest.group);
  const isIt = group.ranks[group.rank] === src;
  if (isIt && list?.length !== group.size)
    throw new InputError(
      `scatterObjectList: expected ${group.size} values in the process ${src}, one for each, found ${list?.length ?? 'none'}`,
    );
  const items = isIt ? list!.map((value) => toBytes('scatterObjectList', value)) : [];
  const longest = int64([Math.max(0, ...items.map((item) => item.length))]);
  await broadcast(longest, src, rest);
  const [size] = numbers(longest);
  const own = empty([size!], { dtype: 'uint8' });
  await scatter(own, isIt ? items.map((item) => padded(item, size!)) : null, { src, ...rest });
  const length = int64([0]);
  await scatter(length, isIt ? items.map((item) => int64([item.length])) : null, { src, ...rest });
  return fromBytes(own, numbers(length)[0]!) as T;
}

async function lengthsOfAll(length: number, options: CollectiveOptions): Promise<number[]> {
  const { size } = groupOf('allGatherObject', options.group);
  const all = Array.from({ length: size }, () => zeros([1], { dtype: 'int64' }));
  await allGather(all, int64([length]), options);
  return all.flatMap(numbers);
}

function toBytes(owner: string, value: unknown): Buffer {
  try {
    return serialize(value);
  } catch (error) {
    throw new DTypeError(
      `${owner}: expected a value that structuredClone copies, found one that it does not (${isError(error) ? error.message : String(error)})`,
    );
  }
}

function fromBytes(tensor: Tensor, length: number): unknown {
  const bytes = tensor.data() as Uint8Array;
  return deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, length));
}

function padded(bytes: Buffer, length: number): Tensor {
  const content = new Uint8Array(length);
  content.set(bytes);
  return bytesTensor(content);
}

function bytesTensor(bytes: Uint8Array): Tensor {
  return fromTypedArray(new Uint8Array(bytes), [bytes.length]);
}

function int64(values: readonly number[]): Tensor {
  return fromTypedArray(BigInt64Array.from(values.map(BigInt)), [values.length]);
}

function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.data() as BigInt64Array, Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
