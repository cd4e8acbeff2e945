import { inFlight } from '../../data/in-flight';
import { InputError } from '../../errors';
import { type Listener, withBar } from '../../native/listener';
import { pictureFingerprint } from '../../train/config/fingerprint';
import type { Annotation } from './annotation';
import { classesOf, type ClassList } from './classes';

/** Annotated pictures in a fixed order. */
export interface DetectionSplit {
  /** As it was asked for: `2007/trainval+2012/trainval`, say. */
  readonly name: string;
  /** Names of the pictures, each once. */
  readonly ids: readonly string[];
  /** @throws InputError when the annotation is missing or cannot be used */
  annotation(index: number): Promise<Annotation>;
  hasPicture(index: number): boolean;
  /** The bytes of the picture's file. @throws InputError when it is missing */
  picture(index: number): Promise<Buffer>;
  /** What to call the picture's file in messages. */
  describe(index: number): string;
}

/** A dataset on disk, whatever its format. */
export interface DetectionData {
  readonly path: string;
  /** Names of all splits that there are. */
  readonly splits: readonly string[];
  /**
   * One split, or several joined by "+"; its list is read, its pictures are not.
   * @throws InputError naming what there is, when there is no such split
   */
  split(name: string): Promise<DetectionSplit>;
  /** The classes that the dataset lists by itself; undefined when only its annotations tell. */
  namedClasses(): ClassList | undefined;
  /** Changes when the files of the dataset change. */
  fingerprint(): string;
  close(): void;
}

/** The classes of a dataset: those that it lists, else those that occur in its splits. */
export async function findClasses(data: DetectionData): Promise<ClassList> {
  const named = data.namedClasses();
  if (named) return named;
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const set of data.splits) {
    const split = await data.split(set);
    for (const index of split.ids.keys()) {
      // A picture may be in several splits.
      if (seen.size === seen.add(split.describe(index)).size) continue;
      for (const { name } of (await split.annotation(index)).objects) names.add(name);
    }
  }
  return classesOf(names, data.path);
}

/** A digest of the pictures of a split and of what there is to find in them, the same wherever the dataset lies. */
export async function splitFingerprint(split: DetectionSplit, listener: Listener): Promise<string> {
  const { name, ids } = split;
  const labels = new Array<string>(ids.length);
  let done = 0;
  const read = (update: (done: number, all: number) => void) =>
    inFlight(ids.length, async (index) => {
      const { objects } = await split.annotation(index);
      labels[index] = JSON.stringify(objects.map(({ name, box, difficult, crowd }) => [name, box, difficult, crowd]));
      update(++done, ids.length);
    });
  await withBar(listener, `reading the annotations of ${name}`, (bar) => read(bar.update), 'steps');
  return pictureFingerprint(ids, labels);
}

/** A split to be joined with others, and what its ids begin with so that they differ from those of others. */
export interface SplitPart {
  readonly split: DetectionSplit;
  readonly source: string;
}

/**
 * Several splits as one, in their order.
 * @throws InputError when a picture is in two of them
 */
export function joinSplits(name: string, parts: readonly SplitPart[]): DetectionSplit {
  const fromSeveral = new Set(parts.map(({ source }) => source)).size > 1;
  const entries = parts.flatMap(({ split }) => split.ids.map((_, index) => ({ split, index })));
  const ids = parts.flatMap(({ split, source }) => split.ids.map((id) => (fromSeveral ? `${source}/${id}` : id)));
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined) throw new InputError(`Expected every picture once in the set ${name}, found ${twice} twice.`);
  return {
    name,
    ids,
    annotation: (index) => entries[index]!.split.annotation(entries[index]!.index),
    hasPicture: (index) => entries[index]!.split.hasPicture(entries[index]!.index),
    picture: (index) => entries[index]!.split.picture(entries[index]!.index),
    describe: (index) => entries[index]!.split.describe(entries[index]!.index),
  };
}
