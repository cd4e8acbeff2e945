/** What the tasks share that write their datasets as shards. */
import type { ShardsOptions } from '../data/shards/sharded-dataset';
import type { SampleToWrite } from '../data/shards/write-shards';
import { shuffled } from '../data/samplers';
import { InputError } from '../errors';
import { imageSize } from '../vision/image';

/** How a dataset is written as shards. */
export interface ShardingOptions {
  /** The most bytes of a shard. @default 64 MB */
  readonly maxBytes?: number;
  /** Of the order of the samples, the same in every pass over the shards before they are shuffled; null keeps that of the dataset. @default 0 */
  readonly seed?: number | null;
  /** Told after each image. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Images whose reading is under way at a time. */
const AT_A_TIME = 16;

const ENDING = /\.(\w+)$/;

/** The ending of a file as members of shards have it, in small letters. */
export function endingOf(file: string): string {
  return ENDING.exec(file)?.[1]?.toLowerCase() ?? 'img';
}

/** The order in which the samples of a split are written: shuffled once, so that neighbours have nothing in common. */
export function writingOrder(length: number, seed: number | null): readonly number[] {
  return seed === null ? [...Array(length).keys()] : [...shuffled(length, { seed, epoch: 0 })];
}

/** An image with what there is to know of it. */
export interface ImageToWrite {
  /** The name of its file. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * The samples of a split in the order that they are written in: the image, and under `json` what is known of it with the name of its
 * file and its size.
 * @throws InputError for an image whose header cannot be read
 */
export async function* imageSamples(
  order: readonly number[],
  read: (index: number) => Promise<ImageToWrite>,
): AsyncGenerator<SampleToWrite, void, undefined> {
  const keys = new Set<string>();
  for (let start = 0; start < order.length; start += AT_A_TIME) {
    const images = order.slice(start, start + AT_A_TIME).map(async (index) => {
      const image = await read(index);
      return { ...image, size: await imageSize(image.bytes, image.file) };
    });
    for (const { file, bytes, record, size } of await Promise.all(images)) {
      const { width, height } = size;
      yield {
        key: freshKey(file, keys),
        members: { [endingOf(file)]: bytes, json: { file, width, height, ...record } },
      };
    }
  }
}

/** The name of a file as a key: without its ending, dots and folders, and with a number where it is taken. */
function freshKey(file: string, taken: Set<string>): string {
  const stem = file
    .replace(ENDING, '')
    .replace(/^\/+/, '')
    .replace(/[./\\\0]/g, '_');
  let key = stem;
  for (let number = 2; taken.has(key); number++) key = `${stem}_${number}`;
  taken.add(key);
  return key;
}

/** What the keys of a configuration say of the cache of shards. */
export function shardsOptions({
  cache,
  cacheBytes,
}: {
  readonly cache: string;
  readonly cacheBytes: number;
}): Required<ShardsOptions> {
  return { cacheFolder: cache, cacheBytes };
}

/** A field of a record of a sample. @throws InputError where it is not of the kind that `is` tells */
export function fieldOf<T>(
  record: Readonly<Record<string, unknown>>,
  name: string,
  is: (value: unknown) => value is T,
  label: string,
): T {
  const value = record[name];
  if (is(value)) return value;
  throw new InputError(
    `${label}: expected ${name} of the sample ${String(record['__key__'])} as \`data shard\` writes it, found ${JSON.stringify(value) ?? 'nothing'}; were these shards written for another task?`,
  );
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
