import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inFlight } from '../../data/in-flight';
import { decodeImage } from '../../vision/image';
import { openCelebA, type CelebA } from './celeba';
import { splits, type Split } from './lists';
import { official } from './official';

export interface CheckOptions {
  /** Decode every image, to find damaged ones. @default false */
  readonly decode?: boolean;
  /** Told after each decoded image. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** What `facecls data check` reports of a dataset in CelebA's format. */
export interface DatasetCheck {
  readonly path: string;
  readonly files: readonly FileCheck[];
  readonly images: Count;
  readonly splits: readonly (Count & { readonly split: Split })[];
  readonly attributes: readonly AttributeCheck[];
  /** Images that cannot be decoded, with the reason; empty when they were not decoded. */
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
}

/** A number found, beside that of the official CelebA. */
export interface Count {
  readonly found: number;
  readonly official: number;
}

export interface FileCheck {
  readonly path: string;
  readonly bytes: number;
  readonly md5: string;
  /** Whether it is the official file of that name; null when there is none of that name. */
  readonly isOfficial: boolean | null;
}

export interface AttributeCheck {
  readonly name: string;
  /** Share of the images that have the attribute, 0 to 1; null for a split without images. */
  readonly positiveRate: Readonly<Record<Split, number | null>>;
}

/**
 * Checks a dataset and counts what it holds.
 * @throws InputError for what keeps it from being used, as `openCelebA` does
 */
export async function checkCelebA(path: string, options: CheckOptions = {}): Promise<DatasetCheck> {
  const data = openCelebA(path);
  try {
    const files = [data.files.attributes, data.files.partition];
    if (data.images.path.endsWith('.zip')) files.push(data.images.path);
    return {
      path,
      files: await Promise.all(files.map(checkFile)),
      images: { found: data.images.names.length, official: official.images },
      splits: splits.map((split) => ({ split, found: data.split(split).length, official: official.splits[split] })),
      attributes: attributeRates(data),
      damaged: options.decode ? await findDamaged(data, options) : [],
    };
  } finally {
    data.close();
  }
}

async function checkFile(path: string): Promise<FileCheck> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  const md5 = hash.digest('hex');
  const expected = official.md5[basename(path)];
  return { path, bytes: statSync(path).size, md5, isOfficial: expected === undefined ? null : md5 === expected };
}

function attributeRates(data: CelebA): AttributeCheck[] {
  const rates = splits.map((split) => [split, data.positiveRates(split)] as const);
  return data.attributes.map((name, index) => ({
    name,
    positiveRate: Object.fromEntries(rates.map(([split, rate]) => [split, rate ? rate[index]! : null])) as Record<Split, number | null>,
  }));
}

async function findDamaged(data: CelebA, { onProgress }: CheckOptions): Promise<{ name: string; reason: string }[]> {
  const { names } = data.images;
  const damaged: { name: string; reason: string }[] = [];
  let done = 0;
  await inFlight(names.length, async (index) => {
    const name = names[index]!;
    await data.read(name).then((bytes) => decodeImage(bytes, name)).catch((error: Error) => damaged.push({ name, reason: error.message }));
    onProgress?.(++done, names.length);
  });
  return damaged.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}
