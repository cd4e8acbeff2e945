import type { EvaluationLog } from '../../train/tracking/tracker';
import { decodeImage } from '../../vision/image';
import { showOrSay } from '../shown-image';
import type { CelebA } from './celeba';
import { evenly, type SplitOutputs } from './outputs';
import { predictionImage, predictionsAt } from './predictions';

/** Shows the same few images of a split in each evaluation, with the attributes that the model finds. */
export async function showImages(
  log: EvaluationLog,
  celeba: CelebA,
  outputs: SplitOutputs,
  count: number,
): Promise<void> {
  if (!log.wantsImages) return;
  for (const image of evenly(outputs.names.length, count)) {
    const name = outputs.names[image]!;
    await showOrSay(log, `val/${name}`, async () => {
      const decoded = await decodeImage(await celeba.read(name), name);
      return predictionImage(decoded, predictionsAt(outputs, image));
    });
  }
}
