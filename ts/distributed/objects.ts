/**
 * Values in place of tensors: what `structuredClone` copies (numbers, strings, arrays, objects, maps, typed arrays), written as
 * Node writes it. Processes of Python cannot read it: they and those of Node exchange tensors, or bytes through a store.
 */
import { deserialize, serialize } from 'node:v8';
import { DTypeError, InputError } from '../errors';
import { isError } from '../native/realm';
import { expected, resolveOptions } from '../options';
import { empty, fromTypedArray, type Tensor } from '../tensor';
import type { Backends } from './backends';
import { COMMON, type CollectiveOptions } from './call';
import { allGather, broadcast, gather, scatter, type GatherOptions, type ScatterOptions } from './collectives';
import { groupOf } from './process-group';

/** Gives every process the values of all, by their ranks. */
export async function allGatherObject<T>(value: T, options: CollectiveOptions = {}): Promise<T[]> {
  const common = resolveOptions('allGatherObject', COMMON, options);
  const { size, backends } = groupOf('allGatherObject', common.group);
  const bytes = toBytes('allGatherObject', value);
  const lengths = await lengthsOfAll(bytes.length, common);
  const longest = Math.max(...lengths);
  const all = Array.from({ length: size }, () => emptyBytes(longest, backends));
  await allGather(all, padded(bytes, longest, backends), common);
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
  const all = isIt ? group.ranks.map(() => emptyBytes(longest, group.backends)) : null;
  await gather(padded(bytes, longest, group.backends), all, { dst, ...rest });
  return all && all.map((tensor, rank) => fromBytes(tensor, lengths[rank]!) as T);
}

/** Puts the values of the process `src` into the list of every process; all lists are equally long. */
export async function broadcastObjectList(list: unknown[], src = 0, options: CollectiveOptions = {}): Promise<void> {
  if (!Array.isArray(list)) throw expected('broadcastObjectList', 'an array of values', list);
  const common = resolveOptions('broadcastObjectList', COMMON, options);
  const { ranks, rank, backends } = groupOf('broadcastObjectList', common.group);
  const isIt = ranks[rank] === src;
  const items = isIt ? list.map((value) => toBytes('broadcastObjectList', value)) : [];
  const lengths = int64(isIt ? items.map((item) => item.length) : list.map(() => 0), backends);
  await broadcast(lengths, src, common);
  const sizes = numbers(lengths);
  const bytes = isIt ? bytesTensor(Buffer.concat(items), backends) : emptyBytes(sum(sizes), backends);
  await broadcast(bytes, src, common);
  if (isIt) return;
  const content = Buffer.from((bytes.cpu().data() as Uint8Array).buffer);
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
  const { backends } = group;
  const longest = int64([Math.max(0, ...items.map((item) => item.length))], backends);
  await broadcast(longest, src, rest);
  const [size] = numbers(longest);
  const own = emptyBytes(size!, backends);
  await scatter(own, isIt ? items.map((item) => padded(item, size!, backends)) : null, { src, ...rest });
  const length = int64([0], backends);
  await scatter(length, isIt ? items.map((item) => int64([item.length], backends)) : null, { src, ...rest });
  return fromBytes(own, numbers(length)[0]!) as T;
}

async function lengthsOfAll(length: number, options: CollectiveOptions): Promise<number[]> {
  const { size, backends } = groupOf('allGatherObject', options.group);
  const all = Array.from({ length: size }, () => int64([0], backends));
  await allGather(all, int64([length], backends), options);
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
  const bytes = tensor.cpu().data() as Uint8Array;
  return deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, length));
}

// Bytes travel in tensors of a device that the group has a backend for.

function padded(bytes: Buffer, length: number, backends: Backends): Tensor {
  const content = new Uint8Array(length);
  content.set(bytes);
  return bytesTensor(content, backends);
}

function emptyBytes(length: number, { carrier }: Backends): Tensor {
  return empty([length], { dtype: 'uint8', device: carrier });
}

function bytesTensor(bytes: Uint8Array, { carrier }: Backends): Tensor {
  return fromTypedArray(new Uint8Array(bytes), [bytes.length]).to(carrier);
}

function int64(values: readonly number[], { carrier }: Backends): Tensor {
  return fromTypedArray(BigInt64Array.from(values.map(BigInt)), [values.length]).to(carrier);
}

function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.cpu().data() as BigInt64Array, Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
