import { join } from 'node:path';
import { type Bar, type Listener, withBar } from '../../native/listener';
import type { ImageProcessor } from '../../vision/processor';
import { describeLeftOut } from './celeba';
import { FaceData, type FaceDataOptions } from './data';
import { ensureDrawnFaces } from './synth';
import type { FaceConfig } from './config';
import { splits } from './lists';
import { newProcessor } from './model';

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

/** Opens a dataset; the first use of its images shows a bar while they are decoded. */
export function openFaces(
  folder: string,
  processor: ImageProcessor,
  options: FaceDataOptions,
  listener: Listener,
): FaceData {
  let bar: Bar | undefined;
  const data = FaceData.open(folder, processor, {
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
  const data = openFaces(path, await newProcessor(config), {}, listener);
  try {
    const counts = splits.map((split) => data.celeba.split(split).length);
    for (const [i, split] of splits.entries()) if (counts[i]! > 0) await data.evaluation(split);
    return { folder: path, images: counts.reduce((sum, count) => sum + count, 0) };
  } finally {
    await data.close();
  }
}
