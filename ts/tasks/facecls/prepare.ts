import type { Listener } from '../../native/listener';
import type { FaceConfig } from './config';
import { splits } from './lists';
import { newProcessor } from './model';
import { faceFolder, openFaces } from './open';

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
