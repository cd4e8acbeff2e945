import { inFlight } from '../../../data/in-flight';
import { InputError } from '../../../errors';
import { type Listener, withBar } from '../../../native/listener';
import { imageFingerprint } from '../../../train/config/fingerprint';
import type { SampleOrder } from '../../../data/samplers';
import type { ShardOrderOptions } from '../../../data/shards/shard-order';
import type { Extent } from '../../../vision/boxes';
import type { Annotation } from './annotation';
import { classesOf, type ClassList } from './classes';
import type { Issue } from './issues';

/** Annotated images in a fixed order. */
export interface DetectionSplit {
  /** As it was asked for: `2007/trainval+2012/trainval`, say. */
  readonly name: string;
  /** Names of the images, each once. */
  readonly ids: readonly string[];
  /** @throws InputError when the annotation is missing or cannot be used */
  annotation(index: number): Promise<Annotation>;
  hasImage(index: number): boolean;
  /** The bytes of the image's file. @throws InputError when it is missing */
  image(index: number): Promise<Buffer>;
  /** The first bytes of the image's file, or all of them where that costs no more. */
  imageStart(index: number, bytes: number): Promise<Buffer>;
  /** What to call the image's file in messages. */
  describe(index: number): string;
  /** The same for the same image with the same annotation, in whatever split it is. */
  key(index: number): string;
  /** Width and height of an image that was looked at when it was packed; undefined where its header has to be read. */
  extent?(index: number): Extent | undefined;
  /** The order in which it is best trained on. @default any is as good */
  order?(options: ShardOrderOptions): SampleOrder;
  /** Is told which images will be read in a pass, batch after batch. */
  expect?(batches: readonly ArrayLike<number>[]): void;
}

/** A dataset on disk, whatever its format. */
export interface DetectionData {
  readonly path: string;
  /** Names of all splits that there are. */
  readonly splits: readonly string[];
  /**
   * One split, or several joined by "+"; its list is read, its images are not.
   * @throws InputError naming what there is, when there is no such split
   */
  split(name: string): Promise<DetectionSplit>;
  /** The classes that the dataset lists by itself; undefined when only its annotations tell. */
  namedClasses(): Promise<ClassList | undefined>;
  /** The classes of the challenge whose name the dataset has: they hold when its annotations name no others. */
  readonly officialClasses?: ClassList;
  /** What is wrong with files of the dataset whatever the image. */
  issues(): readonly Issue[];
  /** A sentence for each of its files that is not as it was written, where checksums tell. */
  check?(): AsyncIterable<string>;
  close(): void | Promise<void>;
}

/**
 * The classes of a dataset: those that it lists, else those that occur in its splits. Annotations that cannot be read are
 * passed over here: whoever uses them says so.
 */
export async function findClasses(data: DetectionData): Promise<ClassList> {
  const named = await data.namedClasses();
  if (named) return named;
  const names = new Set<string>();
  const seen = new Set<string>();
  const failures: Error[] = [];
  for (const set of data.splits) {
    const split = await data.split(set);
    // An image may be in several splits.
    const fresh = [...split.ids.keys()].filter((index) => seen.size !== seen.add(split.key(index)).size);
    await inFlight(fresh.length, async (at) => {
      const objects = await split.annotation(fresh[at]!).then(
        (annotation) => annotation.objects,
        (error: Error) => (failures.push(error), []),
      );
      for (const { name } of objects) names.add(name);
    });
  }
  return classesAmong(data, names, failures[0]?.message);
}

/**
 * The class list for names found in the annotations of a dataset.
 * @param failure why an annotation could not be read
 * @throws InputError when there are none
 */
export function classesAmong(
  { officialClasses, path }: DetectionData,
  names: ReadonlySet<string>,
  failure?: string,
): ClassList {
  if (names.size === 0)
    throw new InputError(
      `Expected objects in the annotations of ${path}, found none${failure === undefined ? '' : `: ${failure.replace(/\.$/, '')}`}.`,
    );
  if (officialClasses && [...names].every((name) => officialClasses.idOf(name) !== undefined)) return officialClasses;
  return classesOf(names, path);
}

/** A digest of the images of a split and of what there is to find in them, the same wherever the dataset lies. */
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
  return imageFingerprint(ids, labels);
}

/** A split to be joined with others, and what its ids begin with so that they differ from those of others. */
export interface SplitPart {
  readonly split: DetectionSplit;
  readonly source: string;
}

/**
 * Several splits as one, in their order.
 * @throws InputError when an image is in two of them
 */
export function joinSplits(name: string, parts: readonly SplitPart[]): DetectionSplit {
  const fromSeveral = new Set(parts.map(({ source }) => source)).size > 1;
  const entries = parts.flatMap(({ split }) => split.ids.map((_, index) => ({ split, index })));
  const ids = parts.flatMap(({ split, source }) => split.ids.map((id) => (fromSeveral ? `${source}/${id}` : id)));
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined) throw new InputError(`Expected every image once in the set ${name}, found ${twice} twice.`);
  return {
    name,
    ids,
    annotation: (index) => entries[index]!.split.annotation(entries[index]!.index),
    hasImage: (index) => entries[index]!.split.hasImage(entries[index]!.index),
    image: (index) => entries[index]!.split.image(entries[index]!.index),
    imageStart: (index, bytes) => entries[index]!.split.imageStart(entries[index]!.index, bytes),
    key: (index) => entries[index]!.split.key(entries[index]!.index),
    describe: (index) => entries[index]!.split.describe(entries[index]!.index),
    extent: (index) => entries[index]!.split.extent?.(entries[index]!.index),
  };
}

/** Some images of a split, under another name. */
export function partOf(split: DetectionSplit, name: string, indices: readonly number[]): DetectionSplit {
  return {
    name,
    ids: indices.map((index) => split.ids[index]!),
    annotation: (index) => split.annotation(indices[index]!),
    hasImage: (index) => split.hasImage(indices[index]!),
    image: (index) => split.image(indices[index]!),
    imageStart: (index, bytes) => split.imageStart(indices[index]!, bytes),
    describe: (index) => split.describe(indices[index]!),
    key: (index) => split.key(indices[index]!),
    extent: (index) => split.extent?.(indices[index]!),
    expect: (batches) => split.expect?.(batches.map((batch) => Uint32Array.from(batch, (index) => indices[index]!))),
  };
}
