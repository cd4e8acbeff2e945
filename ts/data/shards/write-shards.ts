/** Writes a dataset as shards: tars in WebDataset's layout, with an index that is written last. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '../../errors';
import { withLock } from '../../native/lock';
import { isPlainObject, isUint8Array } from '../../native/realm';
import { replaceFile } from '../../native/replace-file';
import { explainSystemErrors } from '../../native/system-error';
import { expected, resolveOptions } from '../../options';
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

/** The end of a tar is two empty blocks. */
const END = Buffer.alloc(2 * 512);
/** Characters of lines that are packed together. */
const LINES_AT_A_TIME = 2 ** 20;

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
  if (typeof folder !== 'string') throw expected('writeShards', 'the path of a folder', folder);
  if (!isPlainObject(splits)) throw expected('writeShards', 'an object with the samples of each split', splits);
  const settings = resolveOptions('writeShards', defaults, options);
  checkedCount('writeShards', 'maxBytes', settings.maxBytes);
  checkedCount('writeShards', 'maxSamples', settings.maxSamples);
  requireEmpty(folder);
  const target = resolve(folder); // without a slash at its end, behind which what is written would lie in it
  const fresh = `${target}.writing`;
  const advice = `Nothing was written to ${folder}.`;
  await explainSystemErrors(advice, () =>
    withLock(target, async () => {
      requireEmpty(folder);
      // What a killed process left is nobody's.
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      try {
        const datasets = await writeSplits(fresh, splits, settings);
        replaceFile(join(fresh, INDEX_FILE), formatShardIndex({ datasets, info: settings.info }));
        await rm(target, { recursive: true, force: true });
        await rename(fresh, target);
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
  #shard: MeasuredFile | undefined;
  /** Samples in the shard that is open. */
  #samples = 0;
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
    const bytes = await tarOf(files);
    const open = this.#shard;
    if (open && (this.#samples >= maxSamples || open.bytes + bytes.length + END.length > maxBytes))
      await this.#endShard();
    this.#shard ??= await MeasuredFile.create(
      this.#folder,
      `${this.#name}-${String(this.#shards.length).padStart(6, '0')}.tar`,
    );
    await this.#shard.write(bytes);
    this.#samples++;
    const known = members['json'];
    if (isPlainObject(known)) {
      this.#lines ??= new LinesWriter(await MeasuredFile.create(this.#folder, `${this.#name}.jsonl.gz`));
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
    await Promise.all([this.#shard?.close(), this.#lines?.close()]);
  }

  async #endShard(): Promise<void> {
    const shard = this.#shard;
    if (!shard) return;
    await shard.write(END);
    this.#shards.push({ ...(await shard.end()), nsamples: this.#samples });
    [this.#shard, this.#samples] = [undefined, 0];
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

/** The members of a sample as they stand in a tar. Owner, mode and time are always the same. */
async function tarOf(files: readonly (readonly [name: string, content: Buffer])[]): Promise<Uint8Array> {
  // An ECMAScript module, which CommonJS reaches by a dynamic import only.
  const { packTar } = await import('modern-tar');
  const tar = await packTar(
    files.map(([name, content]) => ({
      header: { name, size: content.length, type: 'file', mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 },
      body: content,
    })),
  );
  return tar.subarray(0, tar.length - END.length);
}

/** A file that is written and measured on its way. */
class MeasuredFile {
  #bytes = 0;
  readonly #md5 = createHash('md5');
  readonly #sha256 = createHash('sha256');
  readonly #name: string;
  readonly #file: FileHandle;

  private constructor(name: string, file: FileHandle) {
    this.#name = name;
    this.#file = file;
  }

  static async create(folder: string, name: string): Promise<MeasuredFile> {
    return new MeasuredFile(name, await open(join(folder, name), 'w'));
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#md5.update(bytes);
    this.#sha256.update(bytes);
    this.#bytes += bytes.length;
    await this.#file.writeFile(bytes);
  }

  async end(): Promise<IndexedFile> {
    // Before the index that names it: after a power cut, that would be a lie.
    await this.#file.sync();
    await this.close();
    return {
      url: this.#name,
      filesize: this.#bytes,
      md5sum: this.#md5.digest('hex'),
      sha256: this.#sha256.digest('hex'),
    };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Lines of text, packed by gzip some at a time, which makes one file for whoever unpacks it. */
class LinesWriter {
  count = 0;
  #lines = '';
  readonly #file: MeasuredFile;

  constructor(file: MeasuredFile) {
    this.#file = file;
  }

  async write(line: string): Promise<void> {
    this.count++;
    this.#lines += `${line}\n`;
    if (this.#lines.length >= LINES_AT_A_TIME) await this.#flush();
  }

  async end(): Promise<IndexedFile> {
    await this.#flush();
    return this.#file.end();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #flush(): Promise<void> {
    await this.#file.write(gzipSync(this.#lines));
    this.#lines = '';
  }
}
