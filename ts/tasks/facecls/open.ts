import { join } from 'node:path';
import { type Bar, type Listener, withBar } from '../../native/listener';
import type { ImageProcessor } from '../../vision/processor';
import { isSharded, type ShardsOptions } from '../../data/shards/sharded-dataset';
import { type CelebA, describeLeftOut, openCelebA } from './celeba';
import { FaceData, type FaceDataOptions } from './data';
import { ensureDrawnFaces } from './synth';
import type { FaceConfig } from './config';
import { type ShardingOptions, shardsOptions } from '../shards';
import { splits, type Split } from './lists';
import { newProcessor } from './model';
import { openFaceShards, shardFaces } from './shards';

/** Where the drawn faces lie. */
export const DRAWN_FACES = join('data', 'processed', 'faces');

/** The folder to read faces from: `folder`, or that of the drawn faces, which are drawn when they are not there yet. */
export async function faceFolder(folder: string | null, listener: Listener): Promise<string> {
  if (folder !== null) return folder;
  await withBar(
    listener,
    'drawing faces',
    (bar) => ensureDrawnFaces(DRAWN_FACES, { onProgress: (done, all) => bar.update(done, all) }),
    'steps',
  );
  return DRAWN_FACES;
}

/**
 * Opens a dataset in CelebA's format, or the shards that were made of one.
 * @throws InputError when it cannot be used, as `openCelebA` does
 */
export async function openFaceDataset(folder: string, shards: ShardsOptions = {}): Promise<CelebA> {
  return isSharded(folder) ? openFaceShards(folder, shards) : openCelebA(folder);
}

/** Opens a dataset; the first use of its images shows a bar while they are decoded. */
export async function openFaces(
  folder: string,
  processor: ImageProcessor,
  { shards, ...options }: FaceDataOptions & { readonly shards?: ShardsOptions },
  listener: Listener,
): Promise<FaceData> {
  let bar: Bar | undefined;
  const data = FaceData.of(await openFaceDataset(folder, shards), processor, {
    ...options,
    onCaching: (split, done, all) => {
      bar ??= listener.bar(`reading the ${split} images`, 'steps');
      bar.update(done, all);
      if (done < all) return;
      bar.stop();
      bar = undefined;
    },
  });
  const leftOut = describeLeftOut(data.celeba);
  if (leftOut !== undefined) listener.say(leftOut);
  return data;
}

/**
 * Opens a dataset as training with `config` would, and fills the cache of resized images.
 * @param folder null for the drawn faces
 * @throws InputError for a dataset that cannot be used
 */
export async function prepare(
  config: FaceConfig,
  folder: string | null,
  listener: Listener,
): Promise<{ folder: string; images: number }> {
  const path = await faceFolder(folder, listener);
  const shards = shardsOptions(config.data.shards);
  const data = await openFaces(path, await newProcessor(config), { shards }, listener);
  try {
    const counts = splits.map((split) => data.celeba.split(split).length);
    for (const [i, split] of splits.entries()) if (counts[i]! > 0) await data.evaluation(split);
    return { folder: path, images: counts.reduce((sum, count) => sum + count, 0) };
  } finally {
    await data.close();
  }
}

/**
 * Opens a dataset and writes it as `shardFaces` does.
 * @param folder null for the drawn faces
 * @returns how many images of each split
 */
export async function shard(
  folder: string | null,
  out: string,
  listener: Listener,
  options: ShardingOptions = {},
): Promise<Record<Split, number>> {
  const celeba = await openFaceDataset(await faceFolder(folder, listener));
  try {
    const leftOut = describeLeftOut(celeba);
    if (leftOut !== undefined) listener.say(leftOut);
    await shardFaces(celeba, out, options);
    return Object.fromEntries(splits.map((split) => [split, celeba.split(split).length])) as Record<Split, number>;
  } finally {
    await celeba.close();
  }
}
