/** Faces in shards: written from a dataset in CelebA's format, and opened as one. */
import { createHash } from 'node:crypto';
import type { SampleOrder } from '../../data/samplers';
import type { ShardOrderOptions } from '../../data/shards/shard-order';
import { type ShardedDataset, Shards, type ShardsOptions } from '../../data/shards/sharded-dataset';
import { writeShards } from '../../data/shards/write-shards';
import { InputError } from '../../errors';
import { isPlainObject } from '../../native/realm';
import { endingOf, fieldOf, imageSamples, isText, isTexts, type ShardingOptions, writingOrder } from '../shards';
import { CelebA } from './celeba';
import type { FaceImages, FileCheck } from './face-images';
import { Rows, splits, type Split } from './lists';

/**
 * Writes a dataset as shards, each sample an image and a JSON file with its attributes as 0 and 1.
 * @param out folder, absent or empty
 * @throws InputError when it is neither, or an image cannot be read
 */
export async function shardFaces(celeba: CelebA, out: string, options: ShardingOptions = {}): Promise<void> {
  const { maxBytes, seed = 0, onProgress } = options;
  const filled = splits.filter((split) => celeba.split(split).length > 0);
  const all = filled.reduce((sum, split) => sum + celeba.split(split).length, 0);
  const samplesOf = (split: Split) => {
    const faces = celeba.split(split);
    return imageSamples(writingOrder(faces.length, seed), async (index) => {
      const { name, labels } = faces[index]!;
      const attributes = Object.fromEntries(celeba.attributes.map((attribute, k) => [attribute, labels[k]!]));
      return { file: name, bytes: await celeba.read(name), record: { attributes } };
    });
  };
  await writeShards(out, Object.fromEntries(filled.map((split) => [split, samplesOf(split)])), {
    maxBytes,
    info: { task: 'facecls', attributes: celeba.attributes },
    onProgress: (done) => onProgress?.(done, all),
  });
}

/**
 * Opens shards of faces. The faces of each split have the order of the shards.
 * @param source folder or address of the shards
 * @throws InputError when they are none of faces; DownloadError when they cannot be fetched
 */
export async function openFaceShards(source: string, options: ShardsOptions): Promise<CelebA> {
  const shards = await Shards.open(source, options);
  try {
    const { info, datasets } = shards.index;
    const attributes = info['attributes'];
    if (info['task'] !== 'facecls' || !isTexts(attributes) || attributes.length === 0)
      throw new InputError(
        `Expected shards of faces with their attributes in ${shards.label}, found others; write them by \`facecls data shard\`.`,
      );
    const own = splits.filter((split) => datasets.some(({ name }) => name === split));
    const parts = new Map(own.map((split) => [split, shards.split(split)]));
    return await celebaOf(shards, parts, attributes);
  } catch (error) {
    await shards.close();
    throw error;
  }
}

async function celebaOf(
  shards: Shards,
  parts: ReadonlyMap<Split, ShardedDataset>,
  attributes: readonly string[],
): Promise<CelebA> {
  const rows = new Rows();
  const numbers: number[] = [];
  const width = attributes.length;
  const labels = new Uint8Array([...parts.values()].reduce((sum, { length }) => sum + length, 0) * width);
  for (const [split, part] of parts) {
    for await (const record of part.records()) {
      const name = fieldOf(record, 'file', isText, shards.label);
      const values = fieldOf(record, 'attributes', isPlainObject, shards.label);
      const row = rows.add(name, rows.names.length + 1);
      if (row === undefined) throw new InputError(`${shards.label}: expected each image once, found ${name} twice.`);
      attributes.forEach((attribute, k) => (labels[row * width + k] = bitOf(values, attribute, name, shards.label)));
      numbers.push(splits.indexOf(split));
    }
  }
  const leftOut = { images: 0, attributeRows: 0, partitionRows: 0 };
  return new CelebA(shards.label, [], {
    list: { attributes, rows, labels },
    partition: { rows, splits: Uint8Array.from(numbers) },
    images: new ShardImages(shards, parts, rows),
    leftOut,
    splitOf: (_, row) => numbers[row],
  });
}

function bitOf(values: Readonly<Record<string, unknown>>, attribute: string, name: string, label: string): 0 | 1 {
  const value = values[attribute];
  if (value === 0 || value === 1) return value;
  throw new InputError(
    `${label}: expected 0 or 1 for ${attribute} of ${name}, found ${JSON.stringify(value) ?? 'nothing'}.`,
  );
}

/** The images of shards; row after row, split after split. */
class ShardImages implements FaceImages {
  readonly path: string;
  readonly names: readonly string[];
  readonly isChecked = true;
  readonly #shards: Shards;
  readonly #parts: ReadonlyMap<Split, ShardedDataset>;
  readonly #rows: Rows;

  constructor(shards: Shards, parts: ReadonlyMap<Split, ShardedDataset>, rows: Rows) {
    this.path = shards.label;
    this.names = rows.names;
    this.#shards = shards;
    this.#parts = parts;
    this.#rows = rows;
  }

  find(name: string): string | undefined {
    return this.#rows.has(name) ? name : undefined;
  }

  async read(name: string): Promise<Buffer> {
    let row = this.#rows.rowOf(name) ?? Infinity;
    for (const part of this.#parts.values()) {
      if (row < part.length) return part.read(row, endingOf(name));
      row -= part.length;
    }
    throw new InputError(`${this.path} has no image ${name}.`);
  }

  fingerprint(): string {
    const files = this.#shards.index.datasets.map(({ name, shardlist }) => [
      name,
      shardlist.map(({ filesize, sha256, md5sum }) => [filesize, sha256 ?? md5sum]),
    ]);
    return createHash('sha256').update(JSON.stringify(files)).digest('hex');
  }

  order(split: Split, options: ShardOrderOptions): SampleOrder | undefined {
    return this.#parts.get(split)?.order(options);
  }

  expect(split: Split, batches: readonly ArrayLike<number>[]): void {
    this.#parts.get(split)?.expect(batches);
  }

  async *check(): AsyncGenerator<FileCheck & { readonly problem?: string }, void, undefined> {
    for (const part of this.#parts.values()) for await (const file of part.check()) yield { ...file, isOfficial: null };
  }

  close(): Promise<void> {
    return this.#shards.close();
  }
}
