/** What the files of a split show before anything is trained on them: annotations and headers of images, not pixels. */
import { inFlight } from '../../../data/in-flight';
import { InputError } from '../../../errors';
import { type Listener, withBar } from '../../../native/listener';
import type { Extent } from '../../../vision/boxes';
import { imageSize } from '../../../vision/image';
import { resolveTargets } from '../annotations/annotation';
import type { ClassList } from '../annotations/classes';
import { partOf, type DetectionSplit } from '../annotations/dataset';

/** What can be used of a split, and why the rest cannot. */
export interface ValidatedSplit {
  /** The images that can be used. */
  readonly usable: DetectionSplit;
  /** A sentence for each of the others. */
  readonly problems: readonly string[];
  /** Objects to find that are neither difficult nor crowds. */
  readonly objects: number;
}

/** Nearly every header lies in so many bytes; an image whose does not is read whole. */
const HEADER_BYTES = 64 * 1024;
const EXAMPLES = 3;

/** Reads all annotations of a split and the headers of its images. */
export async function validateSplit(
  split: DetectionSplit,
  classes: ClassList,
  listener: Listener,
): Promise<ValidatedSplit> {
  const all = split.ids.length;
  const problems = new Array<string | undefined>(all);
  let [objects, done] = [0, 0];
  const read = (update: (done: number, all: number) => void) =>
    inFlight(all, async (index) => {
      try {
        const targets = resolveTargets(
          await split.annotation(index),
          split.extent?.(index) ?? (await sizeOfImage(split, index)),
          classes,
        );
        objects += targets.labels.filter((_, row) => targets.difficult[row] === 0 && targets.crowd[row] === 0).length;
      } catch (error) {
        // Whatever keeps a file from being read is a problem of that file.
        problems[index] = (error as Error).message;
      }
      update(++done, all);
    });
  await withBar(listener, `checking ${split.name}`, (bar) => read((now, of) => bar.update(now, of)), 'steps');
  const usable = [...split.ids.keys()].filter((index) => problems[index] === undefined);
  return {
    usable: usable.length === all ? split : partOf(split, split.name, usable),
    problems: problems.filter((problem) => problem !== undefined),
    objects,
  };
}

/** @throws InputError when there is no such image, or its header cannot be read */
async function sizeOfImage(split: DetectionSplit, index: number): Promise<Extent> {
  const label = split.describe(index);
  try {
    return await imageSize(await split.imageStart(index, HEADER_BYTES), label);
  } catch {
    return imageSize(await split.image(index), label);
  }
}

/** The first of some problems in one sentence. */
export function describeProblems(what: string, problems: readonly string[], all: number): string {
  const rest = problems.length - EXAMPLES;
  return `${problems.length} of the ${all} images of ${what} cannot be used: ${problems.slice(0, EXAMPLES).join(' ')}${rest > 0 ? ` (And ${rest} more.)` : ''}`;
}

/**
 * Refuses a split that cannot be trained or validated on.
 * @throws InputError saying why
 */
export function requireUsable(
  split: DetectionSplit,
  { problems, objects }: ValidatedSplit,
  use: 'train' | 'val',
): void {
  if (split.ids.length === 0)
    throw new InputError(`Expected images in the split ${split.name}, found none; name another by data.${use}.`);
  if (problems.length > 0)
    throw new InputError(
      `${describeProblems(split.name, problems, split.ids.length)} Mend them, or take them out of the split.`,
    );
  if (objects > 0) return;
  const purpose = use === 'val' ? ', by which the best checkpoint is chosen' : '';
  throw new InputError(
    `Expected objects to find in the split ${split.name}${purpose}, found none that is not difficult; name another by data.${use}.`,
  );
}

/** The images that two splits have in common, as `describe` calls them. */
export function commonImages(one: DetectionSplit, other: DetectionSplit): string[] {
  const locations = new Set(one.ids.map((_, index) => one.describe(index)));
  return [...new Set(other.ids.map((_, index) => other.describe(index)))].filter((location) => locations.has(location));
}
