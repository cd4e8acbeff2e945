/** What the files of a split show before anything is trained on them: annotations and headers of pictures, not pixels. */
import { inFlight } from '../../data/in-flight';
import { InputError } from '../../errors';
import { type Listener, withBar } from '../../native/listener';
import type { Extent } from '../../vision/boxes';
import { imageSize } from '../../vision/image-size';
import { resolveTargets } from './annotation';
import type { ClassList } from './classes';
import { partOf, type DetectionSplit } from './dataset';

/** What can be used of a split, and why the rest cannot. */
export interface JudgedSplit {
  /** The pictures that can be used. */
  readonly usable: DetectionSplit;
  /** A sentence for each of the others. */
  readonly problems: readonly string[];
  /** Objects to find that are neither difficult nor crowds. */
  readonly objects: number;
}

/** Nearly every header lies in so many bytes; a picture whose does not is read whole. */
const HEADER_BYTES = 64 * 1024;
const EXAMPLES = 3;

/** Reads all annotations of a split and the headers of its pictures. */
export async function judgeSplit(split: DetectionSplit, classes: ClassList, listener: Listener): Promise<JudgedSplit> {
  const all = split.ids.length;
  const problems = new Array<string | undefined>(all);
  let [objects, done] = [0, 0];
  const read = (update: (done: number, all: number) => void) =>
    inFlight(all, async (index) => {
      try {
        const targets = resolveTargets(await split.annotation(index), await pictureSize(split, index), classes);
        objects += targets.labels.filter((_, row) => targets.difficult[row] === 0 && targets.crowd[row] === 0).length;
      } catch (error) {
        // Whatever keeps a file from being read is a problem of that file.
        problems[index] = (error as Error).message;
      }
      update(++done, all);
    });
  await withBar(listener, `checking ${split.name}`, (bar) => read((now, of) => bar.update(now, of)), 'steps');
  const usable = [...split.ids.keys()].filter((index) => problems[index] === undefined);
  return { usable: usable.length === all ? split : partOf(split, split.name, usable), problems: problems.filter((problem) => problem !== undefined), objects };
}

/** @throws InputError when there is no such picture, or its header cannot be read */
export async function pictureSize(split: DetectionSplit, index: number): Promise<Extent> {
  const label = split.describe(index);
  try {
    return await imageSize(await split.pictureStart(index, HEADER_BYTES), label);
  } catch {
    return imageSize(await split.picture(index), label);
  }
}

/** The first of some problems in one sentence. */
export function describeProblems(what: string, problems: readonly string[], all: number): string {
  const rest = problems.length - EXAMPLES;
  return `${problems.length} of the ${all} pictures of ${what} cannot be used: ${problems.slice(0, EXAMPLES).join(' ')}${rest > 0 ? ` (And ${rest} more.)` : ''}`;
}

/**
 * Refuses a split that cannot be trained or validated on.
 * @throws InputError saying why
 */
export function requireUsable(split: DetectionSplit, { problems, objects }: JudgedSplit, use: 'train' | 'val'): void {
  if (split.ids.length === 0) throw new InputError(`Expected pictures in the split ${split.name}, found none; name another by data.${use}.`);
  if (problems.length > 0) throw new InputError(`${describeProblems(split.name, problems, split.ids.length)} Mend them, or take them out of the split.`);
  if (objects > 0) return;
  const purpose = use === 'val' ? ', by which the best checkpoint is chosen,' : '';
  throw new InputError(`Expected objects to find in the split ${split.name}${purpose} found none that is not difficult; name another by data.${use}.`);
}

/** The pictures that two splits have in common, as `describe` calls them. */
export function commonPictures(one: DetectionSplit, other: DetectionSplit): string[] {
  const places = new Set(one.ids.map((_, index) => one.describe(index)));
  return [...new Set(other.ids.map((_, index) => other.describe(index)))].filter((place) => places.has(place));
}
