/** What is looked at before the first step of a training: the splits, and the headers of their images. */
import { inFlight } from '../../data/in-flight';
import { InputError } from '../../errors';
import { type Listener, withBar } from '../../native/listener';
import { imageSize } from '../../vision/image';
import type { CelebA } from './celeba';
import type { FaceData } from './data';
import { splits, type Split } from './lists';

const EXAMPLES = 3;

/**
 * Judges the splits of a dataset before a training.
 * @param onError whether images of the training split that cannot be read are an error
 * @throws InputError when it cannot train or validate on them
 */
export async function preflight(data: FaceData, listener: Listener, onError: 'stop' | 'skip' = 'stop'): Promise<void> {
  const { celeba } = data;
  for (const split of ['train', 'val'] as const) {
    if (celeba.split(split).length === 0)
      throw new InputError(`Expected images in the ${split} split of ${celeba.path}, found none: ${countsOf(celeba)}.`);
  }
  for (const split of splits) {
    const problems = celeba.images.isChecked ? [] : await unreadable(celeba, split, listener);
    if (problems.length === 0) continue;
    const sentence = describeProblems(split, problems, celeba.split(split).length);
    if (split === 'train' && onError === 'skip') {
      listener.say(`${sentence} The training goes without them.`);
      continue;
    }
    if (split !== 'test') throw new InputError(`${sentence} Mend them, or take their rows out of the lists.`);
    listener.say(`${sentence} The figures under "test" will be without them.`);
  }
  if (celeba.split('test').length === 0)
    listener.say(`There will be no figures under "test": ${celeba.path} has no images in that split.`);
  // What only decoding shows of the validation images is better known before the first epoch than after it.
  await data.evaluation('val');
}

/** The first of some problems in one sentence. */
export function describeProblems(split: Split, problems: readonly string[], all: number): string {
  const rest = problems.length - EXAMPLES;
  return `${problems.length} of the ${all} images of the ${split} split cannot be read: ${problems.slice(0, EXAMPLES).join(' ')}${rest > 0 ? ` (And ${rest} more.)` : ''}`;
}

/** A sentence for each image of a split whose header cannot be read, in order. */
async function unreadable(celeba: CelebA, split: Split, listener: Listener): Promise<string[]> {
  const faces = celeba.split(split);
  const problems = new Array<string | undefined>(faces.length);
  let done = 0;
  const read = (update: (done: number, all: number) => void) =>
    inFlight(faces.length, async (index) => {
      const { name } = faces[index]!;
      try {
        await imageSize(await celeba.read(name), name);
      } catch (error) {
        problems[index] = (error as Error).message;
      }
      update(++done, faces.length);
    });
  if (faces.length > 0)
    await withBar(listener, `checking the ${split} images`, (bar) => read((now, all) => bar.update(now, all)), 'steps');
  return problems.filter((problem) => problem !== undefined);
}

function countsOf(celeba: CelebA): string {
  return splits.map((split) => `${celeba.split(split).length} in ${split}`).join(', ');
}
