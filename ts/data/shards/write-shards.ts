/** Writes a dataset as shards: tars in WebDataset's layout, with an index that is written last. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { InputError } from '../../errors';
import { withLock } from '../../native/lock';
import { isPlainObject, isUint8Array } from '../../native/realm';
import { replaceFile } from '../../native/replace-file';
import { explainSystemErrors } from '../../native/system-error';
import { resolveOptions } from '../../options';
import { checkedCount } from '../samplers';
import { formatShardIndex, INDEX_FILE, type IndexedFile, type ShardFile, type ShardSplit } from './shard-index';

/** A sample to be written: a file of a shard for each member, `<key>.<ending>`. */
export interface SampleToWrite {
  /** Tells it from the other samples of its split; without a dot, for the ending of a member begins at the first one. */
  readonly key: string;
  /**
   * By ending, such as `jpg` or `cls`: bytes, a text, or an object, which is written as JSON. Objects under `json` go into a file
   * beside the shards as well, so that they are known before any shard is there.
   */
  readonly members: Readonly<Record<string, Uint8Array | string | Readonly<Record<string, unknown>>>>;
}

export interface WriteShardsOptions {
  /** The most bytes of a shard; a sample that is larger has its own. @default 64 MB */
  readonly maxBytes?: number;
  /** The most samples of a shard. @default 100 000 */
  readonly maxSamples?: number;
  /** What is to be known of the whole dataset; JSON. @default {} */
  readonly info?: Readonly<Record<string, unknown>>;
  /** Told after each sample. */
  readonly onProgress?: (samples: number) => void;
}

const defaults: Required<WriteShardsOptions> = {
  maxBytes: 64e6,
  maxSamples: 100_000,
  info: {},
  onProgress: () => {},
};

const BLOCK = 512;
/** The end of a tar is two empty blocks. */
const END_BYTES = 2 * BLOCK;

/**
 * Writes splits of samples as shards, `<split>-000000.tar` and on, with an `index.json` that any reader of WebDataset's `wids` takes.
 * The same samples give the same tars. The folder is complete or absent at any moment.
 * @param folder absent or empty
 * @param splits by name; samples in the order in which they are read
 * @throws InputError for a folder with files in it, or samples that cannot be told apart
 */
export async function writeShards(
  folder: string,
  splits: Readonly<Record<string, AsyncIterable<SampleToWrite> | Iterable<SampleToWrite>>>,
  options: WriteShardsOptions = {},
): Promise<void> {
  const settings = resolveOptions('writeShards', defaults, options);
  checkedCount('writeShards', 'maxBytes', settings.maxBytes);
  checkedCount('writeShards', 'maxSamples', settings.maxSamples);
  requireEmpty(folder);
  const fresh = `${folder}.writing`;
  const advice = `Nothing was written to ${folder}.`;
  await explainSystemErrors(advice, () =>
    withLock(resolve(folder), async () => {
      requireEmpty(folder);
      // What a killed process left is nobody's.
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      try {
        const datasets = await writeSplits(fresh, splits, settings);
        replaceFile(join(fresh, INDEX_FILE), formatShardIndex({ datasets, info: settings.info }));
        await rm(folder, { recursive: true, force: true });
        await rename(fresh, folder);
      } catch (error) {
        await rm(fresh, { recursive: true, force: true });
        throw error;
      }
    }),
  );
}

function requireEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new InputError(`Expected ${folder} to be absent or empty, found files; choose another folder.`);
}

async function writeSplits(
  folder: string,
  splits: Parameters<typeof writeShards>[1],
  settings: Required<WriteShardsOptions>,
): Promise<ShardSplit[]> {
  const written: ShardSplit[] = [];
  let count = 0;
  for (const [name, samples] of Object.entries(splits)) {
    const split = new SplitWriter(folder, name, settings);
    try {
      for await (const sample of samples) {
        await split.write(sample);
        settings.onProgress(++count);
      }
      written.push(await split.finish());
    } catch (error) {
      await split.abort();
      throw error;
    }
  }
  return written;
}

/** Writes one split: a shard at a time, and the file of what is known of its samples beside them. */
class SplitWriter {
  readonly #shards: ShardFile[] = [];
  readonly #keys = new Set<string>();
  #shard: ShardWriter | undefined;
  #lines: LinesWriter | undefined;
  readonly #folder: string;
  readonly #name: string;
  readonly #settings: Required<WriteShardsOptions>;

  /** @throws InputError for a name that cannot begin that of a file */
  constructor(folder: string, name: string, settings: Required<WriteShardsOptions>) {
    if (!/^[\w-]+$/.test(name))
      throw new InputError(`writeShards: expected the name of a split in letters, digits, - and _, found '${name}'`);
    this.#folder = folder;
    this.#name = name;
    this.#settings = settings;
  }

  async write({ key, members }: SampleToWrite): Promise<void> {
    this.#requireFresh(key);
    const files = Object.entries(members).map(([ending, content]) => [nameOf(key, ending), bytesOf(content)] as const);
    if (files.length === 0) throw new InputError(`writeShards: expected members of the sample ${key}, found none`);
    const { maxBytes, maxSamples } = this.#settings;
    const bytes = files.reduce((sum, [name, content]) => sum + bytesInTar(name, content), 0);
    const open = this.#shard;
    if (open && (open.samples >= maxSamples || open.bytes + bytes + END_BYTES > maxBytes)) await this.#endShard();
    this.#shard ??= new ShardWriter(this.#folder, `${this.#name}-${String(this.#shards.length).padStart(6, '0')}.tar`);
    await this.#shard.write(files, bytes);
    const known = members['json'];
    if (isPlainObject(known)) {
      this.#lines ??= new LinesWriter(this.#folder, `${this.#name}.jsonl.gz`);
      await this.#lines.write(JSON.stringify({ __key__: key, ...known }));
    }
  }

  async finish(): Promise<ShardSplit> {
    await this.#endShard();
    const lines = this.#lines;
    const samples = await lines?.end();
    if (lines && lines.count !== this.#keys.size)
      throw new InputError(
        `writeShards: expected an object under json for all samples of ${this.#name} or none, found it for ${lines.count} of ${this.#keys.size}`,
      );
    return { name: this.#name, shardlist: this.#shards, ...(samples && { samples }) };
  }

  /** Closes what is open. */
  async abort(): Promise<void> {
    await Promise.all([this.#shard?.abort(), this.#lines?.abort()]);
  }

  async #endShard(): Promise<void> {
    const shard = this.#shard;
    if (!shard) return;
    this.#shards.push({ ...(await shard.end()), nsamples: shard.samples });
    this.#shard = undefined;
  }

  #requireFresh(key: string): void {
    if (!/^[^./\\\0][^.\\\0]*$/.test(key))
      throw new InputError(`writeShards: expected a key without dots, found '${key}'; replace them, by _ for instance`);
    if (this.#keys.size === this.#keys.add(key).size)
      throw new InputError(`writeShards: expected each key once in ${this.#name}, found ${key} twice`);
  }
}

function nameOf(key: string, ending: string): string {
  if (!/^\w+(\.\w+)*$/.test(ending))
    throw new InputError(`writeShards: expected an ending such as jpg for a member of ${key}, found '${ending}'`);
  return `${key}.${ending}`;
}

function bytesOf(content: SampleToWrite['members'][string]): Buffer {
  if (isUint8Array(content)) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
}

/** With its header; a long name, or one beyond ASCII, has a header of its own. */
function bytesInTar(name: string, content: Buffer): number {
  const headers = name.length > 99 || /[^ -~]/.test(name) ? 3 : 1;
  return BLOCK * (headers + Math.ceil(content.length / BLOCK));
}

/** A file that is written and measured on its way. */
class MeasuredFile {
  readonly #done: Promise<void>;
  #bytes = 0;
  readonly #md5 = createHash('md5');
  readonly #sha256 = createHash('sha256');
  readonly #name: string;

  constructor(folder: string, name: string, content: Pack | Gzip) {
    this.#name = name;
    this.#done = pipeline(
      content,
      (chunks) => this.#measure(chunks as AsyncIterable<Buffer>),
      createWriteStream(join(folder, name), { flush: true }),
    );
    this.#done.catch(() => {}); // whoever writes or ends it is told
  }

  async *#measure(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      this.#md5.update(chunk);
      this.#sha256.update(chunk);
      yield chunk;
    }
  }

  /** Waits for it and for what feeds it; an error of the file goes first. */
  async with<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#done.then(() => work)]);
  }

  async end(): Promise<IndexedFile> {
    await this.#done;
    return {
      url: this.#name,
      filesize: this.#bytes,
      md5sum: this.#md5.digest('hex'),
      sha256: this.#sha256.digest('hex'),
    };
  }

  async settled(): Promise<void> {
    await this.#done.catch(() => {});
  }
}

/** One tar. Owner, mode and time of its members are always the same. */
class ShardWriter {
  samples = 0;
  bytes = 0;
  readonly #pack: Pack = pack();
  readonly #file: MeasuredFile;

  constructor(folder: string, name: string) {
    this.#file = new MeasuredFile(folder, name, this.#pack);
  }

  /** @param bytes what they take in the tar */
  async write(files: readonly (readonly [name: string, content: Buffer])[], bytes: number): Promise<void> {
    for (const [name, content] of files) await this.#file.with(this.#add(name, content));
    this.samples++;
    this.bytes += bytes;
  }

  #add(name: string, content: Buffer): Promise<void> {
    return new Promise((fulfil, reject) => {
      const header = { name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
      this.#pack.entry(header, content, (error) => (error ? reject(error) : fulfil()));
    });
  }

  end(): Promise<IndexedFile> {
    this.#pack.finalize();
    return this.#file.end();
  }

  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#file.settled();
  }
}

/** Lines of text, packed by gzip. */
class LinesWriter {
  count = 0;
  readonly #gzip: Gzip = createGzip();
  readonly #file: MeasuredFile;

  constructor(folder: string, name: string) {
    this.#file = new MeasuredFile(folder, name, this.#gzip);
  }

  async write(line: string): Promise<void> {
    this.count++;
    if (!this.#gzip.write(`${line}\n`)) await this.#file.with(once(this.#gzip, 'drain'));
  }

  end(): Promise<IndexedFile> {
    this.#gzip.end();
    return this.#file.end();
  }

  async abort(): Promise<void> {
    this.#gzip.destroy();
    await this.#file.settled();
  }
}
