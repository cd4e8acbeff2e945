import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inFlight } from '../../data/in-flight';
import { decodeImage, imageSize } from '../../vision/image';
import type { CelebA, LeftOut } from './celeba';
import type { FileCheck } from './face-images';
import { splits, type Split } from './lists';
import { openFaceDataset } from './open';

/** What the official CelebA holds, from its README and torchvision's `celeba.py`. */
export const expectedCounts = {
  images: 202_599,
  splits: { train: 162_770, val: 19_867, test: 19_962 } satisfies Record<Split, number>,
  /** MD5 by file name. */
  md5: {
    'img_align_celeba.zip': '00d2c5bc6d35e252742224ab0c1e8fcb',
    'list_attr_celeba.txt': '75e246fa4810816ffd6ee81facbd244c',
    'list_eval_partition.txt': 'd32c9cbf5e040fd4025c592c306e6668',
    'identity_CelebA.txt': '32bd1bd63d3c78cd57e08160ec5ed1e2',
    'list_bbox_celeba.txt': '00566efa6fedff7a56946cd1c10f1c16',
    'list_landmarks_align_celeba.txt': 'cc24ecafdb5b50baae59b03474781f8c',
  } as Readonly<Record<string, string>>,
} as const;

export interface CheckOptions {
  /** Decode every image, to find damaged ones; else only their headers are read. @default false */
  readonly decode?: boolean;
  /** Told after each image. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** What `facecls data check` reports of a dataset in CelebA's format. */
export interface DatasetCheck {
  readonly path: string;
  readonly files: readonly FileCheck[];
  readonly images: Count;
  readonly splits: readonly (Count & { readonly split: Split })[];
  readonly attributes: readonly AttributeCheck[];
  /** What is not used, because it is not in all three of lists and images. */
  readonly leftOut: LeftOut;
  /** Attributes that all or none of the images to train on have, and names that differ in spelling only, a sentence each. */
  readonly warnings: readonly string[];
  /** Images that cannot be read, with the reason. */
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
}

/** A number found, beside that of the official CelebA. */
export interface Count {
  readonly found: number;
  readonly official: number;
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
  const data = await openFaceDataset(path);
  try {
    const files = [...data.files];
    if (data.images.path.endsWith('.zip')) files.push(data.images.path);
    const shards = await checkShards(data);
    return {
      path,
      files: [...(await Promise.all(files.map(checkFile))), ...shards.files],
      images: { found: data.images.names.length, official: expectedCounts.images },
      splits: splits.map((split) => ({
        split,
        found: data.split(split).length,
        official: expectedCounts.splits[split],
      })),
      attributes: attributeRates(data),
      leftOut: data.leftOut,
      warnings: warningsOf(data),
      damaged: [...shards.damaged, ...(await findDamaged(data, options))],
    };
  } finally {
    await data.close();
  }
}

async function checkShards({ images }: CelebA): Promise<Pick<DatasetCheck, 'files' | 'damaged'>> {
  const files: FileCheck[] = [];
  const damaged: { name: string; reason: string }[] = [];
  for await (const { problem, ...file } of images.check?.() ?? []) {
    files.push(file);
    if (problem !== undefined) damaged.push({ name: file.path, reason: problem });
  }
  return { files, damaged };
}

async function checkFile(path: string): Promise<FileCheck> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  const md5 = hash.digest('hex');
  const expected = expectedCounts.md5[basename(path)];
  return { path, bytes: statSync(path).size, md5, isOfficial: expected === undefined ? null : md5 === expected };
}

function attributeRates(data: CelebA): AttributeCheck[] {
  const rates = splits.map((split) => [split, data.positiveRates(split)] as const);
  return data.attributes.map((name, index) => ({
    name,
    positiveRate: Object.fromEntries(rates.map(([split, rate]) => [split, rate ? rate[index]! : null])) as Record<
      Split,
      number | null
    >,
  }));
}

function warningsOf(data: CelebA): string[] {
  const folded = (name: string) =>
    name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[-_\s]/g, '');
  const alike = data.attributes.filter((name, index) =>
    data.attributes.some((other, at) => at > index && folded(other) === folded(name)),
  );
  const rates = data.positiveRates('train') ?? [];
  const constant = data.attributes.filter((_, index) => rates[index] === 0 || rates[index] === 1);
  const empty = splits.filter((split) => data.split(split).length === 0);
  return [
    ...empty.map((split) => `The ${split} split has no images.`),
    ...alike.map((name) => `The attribute ${name} is there under another spelling too.`),
    ...(constant.length > 0
      ? [`All images to train on agree on ${constant.join(', ')}: nothing can be learnt of it.`]
      : []),
  ];
}

async function findDamaged(
  data: CelebA,
  { decode = false, onProgress }: CheckOptions,
): Promise<{ name: string; reason: string }[]> {
  const names = splits.flatMap((split) => data.split(split).map(({ name }) => name));
  const look = decode ? decodeImage : imageSize;
  const damaged: { name: string; reason: string }[] = [];
  let done = 0;
  await inFlight(names.length, async (index) => {
    const name = names[index]!;
    await data
      .read(name)
      .then<unknown>((bytes) => look(bytes, name))
      .catch((error: Error) => damaged.push({ name, reason: error.message }));
    onProgress?.(++done, names.length);
  });
  return damaged.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}
