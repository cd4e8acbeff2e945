/**
 * The index of a dataset in shards: tars in WebDataset's layout, listed as the library `wids` of WebDataset lists them
 * (`"__kind__": "wids-shard-index-v1"`). What torchts adds are keys that other readers pass over.
 */
import { InputError } from '../../errors';
import { isPlainObject } from '../../native/realm';

/** A file that the index names. */
export interface IndexedFile {
  /** From the index on, or a whole address. */
  readonly url: string;
  /** Its length in bytes. */
  readonly filesize: number;
  /** Hexadecimal, like the next; where there are both, this one is checked. */
  readonly sha256?: string;
  readonly md5sum?: string;
}

/** A tar in which the members of a sample follow each other. */
export interface ShardFile extends IndexedFile {
  readonly nsamples: number;
}

/** The shards of one split. */
export interface ShardSplit {
  readonly name: string;
  readonly shardlist: readonly ShardFile[];
  /** What is known of each sample before its shard is there: a line of JSON for each, in the order of the shards, packed by gzip. */
  readonly samples?: IndexedFile;
}

export interface ShardIndex {
  readonly datasets: readonly ShardSplit[];
  /** What is known of the whole: names of classes, say. */
  readonly info: Readonly<Record<string, unknown>>;
}

/** The name of the file in the folder of the shards; written last. */
export const INDEX_FILE = 'index.json';

const KIND = 'wids-shard-index-v1';

/** Whether the beginning of a file is that of an index of shards. */
export function looksLikeIndex(start: string): boolean {
  return new RegExp(`^\\s*\\{[^{}[\\]]*"__kind__"\\s*:\\s*"${KIND}"`).test(start);
}

export function formatShardIndex({ datasets, info }: ShardIndex): string {
  return `${JSON.stringify({ __kind__: KIND, wids_version: 1, datasets, info }, null, 1)}\n`;
}

/**
 * @param label what to call the file in errors
 * @throws InputError for what is no index, or lacks what a reader must know
 */
export function parseShardIndex(text: string, label: string): ShardIndex {
  const index = parseJson(text, label);
  if (!isPlainObject(index) || index['__kind__'] !== KIND)
    throw new InputError(
      `${label}: expected an index of shards ("__kind__": "${KIND}"), found ${isPlainObject(index) ? 'a JSON file of another kind' : 'something else'}; write one by \`data shard\` of torchts, or by widsindex of WebDataset.`,
    );
  if (index['wids_version'] !== undefined && index['wids_version'] !== 1)
    throw new InputError(
      `${label}: expected wids_version 1, found ${JSON.stringify(index['wids_version'])}; update torchts.`,
    );
  const own = index['shardlist'] === undefined ? [] : [{ name: index['name'] ?? 'all', shardlist: index['shardlist'] }];
  const datasets = [...own, ...listOf(index['datasets'] ?? [], 'datasets', label)].map((split, i) =>
    splitOf(split, `datasets[${i}]`, label),
  );
  if (datasets.every(({ shardlist }) => shardlist.length === 0))
    throw new InputError(`${label}: expected shards, found none.`);
  const names = datasets.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrong(label, 'datasets', 'each name once', twice);
  return { datasets, info: isPlainObject(index['info']) ? index['info'] : {} };
}

function splitOf(value: unknown, where: string, label: string): ShardSplit {
  if (!isPlainObject(value)) throw wrong(label, where, 'an object', value);
  const { name, shardlist, samples } = value;
  if (typeof name !== 'string' || name === '') throw wrong(label, `${where}.name`, 'a name', name);
  const shards = listOf(shardlist, `${where}.shardlist`, label).map((shard, i): ShardFile => {
    const at = `${where}.shardlist[${i}]`;
    return { ...fileOf(shard, at, label), nsamples: countIn(shard, 'nsamples', at, label) };
  });
  return {
    name,
    shardlist: shards,
    ...(samples !== undefined && { samples: fileOf(samples, `${where}.samples`, label) }),
  };
}

function fileOf(value: unknown, where: string, label: string): IndexedFile {
  if (!isPlainObject(value)) throw wrong(label, where, 'an object', value);
  const { url, md5sum, sha256 } = value;
  if (typeof url !== 'string' || url === '') throw wrong(label, `${where}.url`, 'an address', url);
  for (const [name, hash, digits] of [
    ['md5sum', md5sum, 32],
    ['sha256', sha256, 64],
  ] as const)
    if (hash !== undefined && !(typeof hash === 'string' && new RegExp(`^[0-9a-f]{${digits}}$`, 'i').test(hash)))
      throw wrong(label, `${where}.${name}`, `${digits} hexadecimal digits`, hash);
  return {
    url,
    filesize: countIn(value, 'filesize', where, label),
    ...(typeof sha256 === 'string' && { sha256: sha256.toLowerCase() }),
    ...(typeof md5sum === 'string' && { md5sum: md5sum.toLowerCase() }),
  };
}

function countIn(value: unknown, key: string, where: string, label: string): number {
  const count = isPlainObject(value) ? value[key] : undefined;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw wrong(label, `${where}.${key}`, 'a whole number', count);
}

function listOf(value: unknown, where: string, label: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(label, where, 'a list', value);
}

function parseJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${label}: expected JSON, found something else: ${(cause as Error).message}`, { cause });
  }
}

function wrong(label: string, where: string, what: string, found: unknown): InputError {
  return new InputError(`${label}: expected ${what} for ${where}, found ${JSON.stringify(found) ?? 'nothing'}.`);
}
