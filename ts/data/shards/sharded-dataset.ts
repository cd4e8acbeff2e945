import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../errors';
import { download, DownloadError, hashFile } from '../../native/download';
import { isPlainObject } from '../../native/realm';
import { openBytes } from '../../native/byte-source';
import { causeOf } from '../../native/system-error';
import { expected, resolveOptions } from '../../options';
import { Dataset } from '../dataset';
import { checkedCount, type SampleOrder } from '../samplers';
import { IndexLocation, isAddress, isRemote, type RemoteFile, requestOf } from './location';
import { ShardCache } from './shard-cache';
import { looksLikeIndex, parseShardIndex, type IndexedFile, type ShardIndex, type ShardSplit } from './shard-index';
import { shardOrder, startsOf, type ShardOrderOptions } from './shard-order';
import { ShardReader } from './shard-reader';

/** A sample as it lies in a shard. */
export interface ShardSample {
  /** What the names of its files have in common. */
  readonly key: string;
  /** By ending, `jpg` or `json` for instance, the bytes of each file. */
  readonly members: Readonly<Record<string, Buffer>>;
}

export interface ShardsOptions {
  /** Folder for what is fetched from elsewhere; processes of a machine share it. @default data/interim/shards */
  readonly cacheFolder?: string;
  /** The most bytes that it holds. @default 8 GiB */
  readonly cacheBytes?: number;
}

export interface ShardedDatasetOptions extends ShardsOptions {
  /** Which of the splits of the index. @default the only one */
  readonly split?: string | null;
}

const shardsDefaults: Required<ShardsOptions> = {
  cacheFolder: join('data', 'interim', 'shards'),
  cacheBytes: 8 * 2 ** 30,
};

/** The longest index that is taken, in bytes. */
const LONGEST_INDEX = 2 ** 30;
const START_BYTES = 4096;

/** Whether there are shards behind a name: an address, or a folder or file with their index. */
export function isSharded(source: string): boolean {
  if (isAddress(source)) return true;
  try {
    const { index } = IndexLocation.of(source);
    return !isRemote(index) && looksLikeIndex(readStart(index.path));
  } catch {
    return false;
  }
}

function readStart(path: string): string {
  const file = openBytes(path, 'an index of shards');
  try {
    return file.upTo(0, START_BYTES).toString('utf8');
  } finally {
    file.close();
  }
}

/** All splits of an index, over one cache. */
export class Shards {
  readonly #splits = new Map<string, ShardedDataset>();

  private constructor(
    /** Folder or address of the index, without what is secret in it. */
    readonly label: string,
    readonly index: ShardIndex,
    readonly location: IndexLocation,
    readonly cache: ShardCache,
  ) {}

  /** @throws InputError for what is no index; DownloadError when it cannot be fetched */
  static async open(source: string | URL, options: ShardsOptions = {}): Promise<Shards> {
    const { cacheFolder, cacheBytes } = resolveOptions('Shards.open', shardsDefaults, options);
    checkedCount('Shards.open', 'cacheBytes', cacheBytes);
    const location = IndexLocation.of(source);
    const { index: file } = location;
    const path = isRemote(file) ? await fetchIndex(file, cacheFolder) : file.path;
    const index = parseShardIndex(readFileSync(path, 'utf8'), file.label);
    return new Shards(file.label, index, location, new ShardCache(cacheFolder, cacheBytes));
  }

  /** @throws InputError when there is none of that name */
  split(name: string): ShardedDataset {
    const known = this.#splits.get(name);
    if (known) return known;
    const split = this.index.datasets.find((one) => one.name === name);
    if (!split)
      throw new InputError(
        `Expected a split ${name} in ${this.label}, found ${this.index.datasets.map((one) => one.name).join(', ')}.`,
      );
    const dataset = new ShardedDataset(this, split);
    this.#splits.set(name, dataset);
    return dataset;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#splits.values()].map((split) => split.close()));
    await this.cache.close();
  }
}

/** The index as it is now, for it may be another one than before. */
async function fetchIndex(remote: RemoteFile, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${createHash('sha256').update(remote.label).digest('hex').slice(0, 16)}.json`);
  try {
    const options = { request: requestOf(remote), headers: remote.headers, maxBytes: LONGEST_INDEX };
    await download(remote.label, path, { ...options, force: true });
    return path;
  } catch (error) {
    if (!(error instanceof DownloadError) || error.status === undefined) throw error;
    throw new InputError(`Expected an index of shards at ${remote.label}, found none: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Samples in shards: tars in WebDataset's layout in a folder, behind HTTP(S) or in a store of S3, with an index in the format of
 * `wids`. Shards of a folder are read in place. Others are fetched whole into a cache on disk that is bounded in bytes, checked by
 * their checksums, ahead of their use where a `DataLoader` says what it will read; the memory that is taken does not grow with them.
 *
 *     const samples = await ShardedDataset.open('https://example.org/faces', { split: 'train' });
 *     const order = samples.order({ batchSize: 64 });
 *     const loader = new DataLoader(samples, { batchSize: 64, sampler: order, collateFn });
 */
export class ShardedDataset extends Dataset<ShardSample> {
  readonly length: number;
  /** What the index says of the whole dataset. */
  readonly info: Readonly<Record<string, unknown>>;
  /** The name of the split. */
  readonly split: string;
  /** Whether no other split is open over the same cache. */
  #isAlone = false;
  readonly #starts: readonly number[];
  readonly #reader: ShardReader;
  readonly #shards: Shards;
  readonly #files: ShardSplit;

  /** @internal: {@link ShardedDataset.open} */
  constructor(shards: Shards, split: ShardSplit) {
    super();
    if (!(shards instanceof Shards)) throw expected('ShardedDataset', 'a call of ShardedDataset.open', shards);
    this.#shards = shards;
    this.#files = split;
    this.split = split.name;
    this.info = shards.index.info;
    this.#starts = startsOf(split.shardlist.map(({ nsamples }) => nsamples));
    this.length = this.#starts.at(-1)!;
    const located = split.shardlist.map((file) => ({ file, location: shards.location.file(file.url) }));
    this.#reader = new ShardReader(located, shards.cache);
  }

  /**
   * Opens one split.
   * @param source folder with shards and their `index.json`, or its address: `https://…`, `s3://bucket/…`
   * @throws InputError for what is no index of shards, or has no such split; DownloadError when it cannot be fetched
   */
  static async open(source: string | URL, options: ShardedDatasetOptions = {}): Promise<ShardedDataset> {
    const defaults: Required<ShardedDatasetOptions> = { ...shardsDefaults, split: null };
    const { split, ...rest } = resolveOptions('ShardedDataset.open', defaults, options);
    const shards = await Shards.open(source, rest);
    const names = shards.index.datasets.map(({ name }) => name);
    if (split === null && names.length !== 1)
      throw new InputError(
        `ShardedDataset.open: expected the name of a split, for ${shards.label} has ${names.join(', ')}; write { split: '${names[0]}' }`,
      );
    const dataset = shards.split(split ?? names[0]!);
    dataset.#isAlone = true;
    return dataset;
  }

  /** Samples of each shard. */
  get counts(): readonly number[] {
    return this.#files.shardlist.map(({ nsamples }) => nsamples);
  }

  /** The order of a pass for a `DataLoader`'s option `sampler`: shards are shuffled, and samples within a buffer. */
  order(options: ShardOrderOptions): SampleOrder {
    return shardOrder(this.counts, options);
  }

  override async load(index: number): Promise<ShardSample> {
    const [shard, sample] = this.#find(index);
    return this.#reader.with(shard, async (open) => {
      const members = open.endings(sample).map(async (ending) => [ending, await open.read(sample, ending)] as const);
      return { key: open.key(sample), members: Object.fromEntries(await Promise.all(members)) };
    });
  }

  /**
   * One file of a sample, without the others.
   * @param bytes how many of its first bytes. Left out, all
   * @throws InputError where the sample has none of that ending
   */
  async read(index: number, ending: string, bytes?: number): Promise<Buffer> {
    const [shard, sample] = this.#find(index);
    return this.#reader.with(shard, (open) => open.read(sample, ending, bytes));
  }

  /** What is known of each sample beforehand, in order: its `__key__`, and what `json` had when the shards were written. */
  async *records(): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
    const { samples } = this.#files;
    if (!samples)
      throw new InputError(`${this.#shards.label}: expected a file of samples for ${this.split}, found none.`);
    const path = await this.#fetched(samples);
    let found = 0;
    const unpacked = pipeline(createReadStream(path), createGunzip(), () => {}); // who reads it is told of errors
    try {
      for await (const line of createInterface({ input: unpacked })) {
        const record: unknown = JSON.parse(line);
        if (!isPlainObject(record)) throw expected('records', 'an object in each line', record);
        found++;
        yield record;
      }
    } catch (cause) {
      throw new InputError(`${path} cannot be read: ${causeOf(cause)}`, { cause });
    } finally {
      unpacked.destroy();
    }
    if (found !== this.length)
      throw new InputError(`${path}: expected ${this.length} samples, as its index says, found ${found}.`);
  }

  override describe(index: number): string {
    const [shard, sample] = this.#find(index);
    return `sample ${sample + 1} of ${this.#files.shardlist[shard]!.url}`;
  }

  /** Is told by a `DataLoader` which samples it will load, batch after batch. */
  override expect(batches: readonly ArrayLike<number>[]): void {
    const shardOf = (index: number): number => this.#find(index)[0];
    this.#reader.expect(
      (function* () {
        for (const batch of batches) for (let i = 0; i < batch.length; i++) yield shardOf(batch[i]!);
      })(),
    );
  }

  /** Compares each file with its checksum; fetches those that lie elsewhere. A sentence for each that is damaged. */
  async *check(): AsyncGenerator<{ path: string; bytes: number; md5: string; problem?: string }, void, undefined> {
    const { shardlist, samples } = this.#files;
    for (const file of samples ? [...shardlist, samples] : shardlist) {
      const path = await this.#fetched(file);
      const bytes = statSync(path, { throwIfNoEntry: false })?.size;
      if (bytes === undefined) {
        yield { path, bytes: 0, md5: '', problem: `${path} is not there, which its index names.` };
        continue;
      }
      const [md5, sha256] = [await hashFile(path, 'md5'), await hashFile(path)];
      const isRight = bytes === file.filesize && (file.md5sum ?? md5) === md5 && (file.sha256 ?? sha256) === sha256;
      const problem = `${path} is not the file that its index was written with: its length or checksum is another one.`;
      yield { path, bytes: file.filesize, md5, ...(!isRight && { problem }) };
    }
  }

  /** Closes all files and stops what is being fetched; reads after it fail. */
  async close(): Promise<void> {
    await this.#reader.close();
    if (this.#isAlone) await this.#shards.cache.close();
  }

  async #fetched(file: IndexedFile): Promise<string> {
    const location = this.#shards.location.file(file.url);
    return isRemote(location) ? (await this.#shards.cache.fetch(location, file))! : location.path;
  }

  /** The shard of a sample, and which of its samples it is. */
  #find(index: number): [shard: number, sample: number] {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new InputError(`ShardedDataset: the index ${String(index)} is out of range for ${this.length} samples`);
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle;
    }
    return [low, index - this.#starts[low]!];
  }
}
