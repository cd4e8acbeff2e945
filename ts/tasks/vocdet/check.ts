import { InputError } from '../../errors';
import { alikeNames, vocClasses, type ClassList } from './annotations/classes';
import { classesAmong, type DetectionData, type DetectionSplit } from './annotations/dataset';
import { DatasetIssues, type DatasetIssue } from './annotations/issues';
import { vocReleases } from './download';
import { openDetectionData } from './annotations/open';
import { checkImage, readImages, type ImageRecord, type ReadOptions } from './image-check';
import { shouldDiffer } from './annotations/names';

export interface CheckOptions extends ReadOptions {
  /** The classes that there should be. @default those that the data name */
  readonly classes?: ClassList;
  /** Folder or archive of a COCO file's images. @default beside it */
  readonly images?: string;
  /** Decode every image, to find damaged ones; else only their headers are read. @default false */
  readonly decode?: boolean;
  /** Told after each image. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** What `vocdet data check` reports of a dataset. */
export interface DetectionCheck {
  readonly path: string;
  readonly splits: readonly SplitCheck[];
  readonly findings: readonly DatasetIssue[];
  /** How many findings keep the dataset from being used, and how many do not. */
  readonly errors: number;
  readonly warnings: number;
}

/** A number found, beside that of the official VOC; null for a split that VOC does not have. */
export interface Count {
  readonly found: number;
  readonly official: number | null;
}

export interface SplitCheck {
  readonly split: string;
  readonly images: Count;
  /** Objects that are neither difficult nor crowds. */
  readonly objects: Count;
  readonly difficult: number;
  readonly crowds: number;
  /** Images without any object. */
  readonly empty: number;
  readonly classes: readonly ClassCount[];
}

export interface ClassCount {
  readonly name: string;
  /** Images that show it. */
  readonly images: number;
  /** Difficult ones and crowds included. */
  readonly objects: number;
}

/**
 * Checks a dataset in VOC's layout or COCO's format and counts what it holds. Every image is read once, whatever
 * the number of splits that it is in.
 * @throws InputError when there is no dataset at all
 */
export async function checkDetectionData(path: string, options: CheckOptions = {}): Promise<DetectionCheck> {
  const data = await openDetectionData(path, options.images);
  try {
    const issues = new DatasetIssues();
    const splits = await openSplits(data, issues);
    const images = await readImages(splits, options);
    const classes =
      options.classes ??
      (await data.namedClasses()) ??
      classesAmong(data, new Set(namesIn(images)), firstFailure(images));
    for (const image of images.values()) checkImage(image, classes, issues);
    for (const { kind, message } of data.issues()) issues.add(kind, message);
    for await (const problem of data.check?.() ?? []) issues.add('damaged shard', problem);
    checkSpelling(images, issues);
    checkOverlaps(splits, images, issues);
    const counts = splits.map((split) => countSplit(split, images, classes));
    checkCounts(counts, classes, issues);
    const list = issues.list();
    const total = (severity: DatasetIssue['severity']) =>
      list.reduce((sum, issue) => sum + (issue.severity === severity ? issue.count : 0), 0);
    return { path, splits: counts, findings: list, errors: total('error'), warnings: total('warning') };
  } finally {
    await data.close();
  }
}

/** @throws the first error when no split can be read */
async function openSplits(data: DetectionData, issues: DatasetIssues): Promise<DetectionSplit[]> {
  const opened = await Promise.allSettled(data.splits.map((name) => data.split(name)));
  const failed = opened.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const splits = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (splits.length === 0) throw failed[0] ?? new InputError(`Expected a split in ${data.path}, found none.`);
  for (const { message } of failed) issues.add('split that cannot be read', message);
  for (const { name, ids } of splits)
    if (ids.length === 0) issues.add('split without images', `${name} has no images.`);
  return splits;
}

function firstFailure(images: ReadonlyMap<string, ImageRecord>): string | undefined {
  return [...images.values()].map(({ annotation }) => annotation).find((annotation) => typeof annotation === 'string');
}

/** Names that differ in case, blanks or hyphens are one class as a rule, and a slip of the pen. */
function checkSpelling(images: ReadonlyMap<string, ImageRecord>, issues: DatasetIssues): void {
  const counts = new Map<string, number>();
  for (const name of namesIn(images)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [one, other] of alikeNames([...counts.keys()])) {
    issues.add(
      'classes that differ in spelling only',
      `${one} (${counts.get(one)!} objects) and ${other} (${counts.get(other)!} objects) are two classes.`,
    );
  }
}

function* namesIn(images: ReadonlyMap<string, ImageRecord>): Iterable<string> {
  for (const { annotation } of images.values())
    if (typeof annotation !== 'string') for (const { name } of annotation.objects) yield name;
}

/** Images that are in two splits that should differ: as one file, or as two of the same content. */
function checkOverlaps(
  splits: readonly DetectionSplit[],
  images: ReadonlyMap<string, ImageRecord>,
  issues: DatasetIssues,
): void {
  const seenLocations = new Map<string, string[]>();
  const seenContent = new Map<string, { location: string; split: string }[]>();
  for (const split of splits) {
    for (const index of split.ids.keys()) {
      const location = split.describe(index);
      const before = seenLocations.get(location) ?? [];
      const twin = before.find((name) => shouldDiffer(name, split.name));
      if (twin !== undefined) issues.add('image in two splits', `${location} is in ${twin} and in ${split.name}.`);
      seenLocations.set(location, [...before, split.name]);

      const { image } = images.get(split.key(index))!;
      if (typeof image === 'string') continue;
      const alike = seenContent.get(image.digest) ?? [];
      const copy = alike.find((other) => other.location !== location && shouldDiffer(other.split, split.name));
      if (copy)
        issues.add(
          'same image under two names',
          `${location} of ${split.name} has the content of ${copy.location} of ${copy.split}.`,
        );
      seenContent.set(image.digest, [...alike, { location, split: split.name }]);
    }
  }
}

function countSplit(split: DetectionSplit, images: ReadonlyMap<string, ImageRecord>, classes: ClassList): SplitCheck {
  const annotations = split.ids.flatMap((_, index) => {
    const { annotation } = images.get(split.key(index))!;
    return typeof annotation === 'string' ? [] : [annotation];
  });
  const objects = annotations.flatMap((annotation) => annotation.objects);
  // A folder may be called as the challenge's and hold other classes.
  const expected = classes === vocClasses ? vocReleases[split.name] : undefined;
  return {
    split: split.name,
    images: { found: split.ids.length, official: expected?.images ?? null },
    objects: {
      found: objects.filter(({ difficult, crowd }) => !difficult && !crowd).length,
      official: expected?.objects ?? null,
    },
    difficult: objects.filter(({ difficult }) => difficult).length,
    crowds: objects.filter(({ crowd }) => crowd).length,
    empty: annotations.filter((annotation) => annotation.objects.length === 0).length,
    classes: classes.names.map((name) => ({
      name,
      images: annotations.filter((annotation) => annotation.objects.some((object) => object.name === name)).length,
      objects: objects.filter((object) => object.name === name).length,
    })),
  };
}

function checkCounts(counts: readonly SplitCheck[], classes: ClassList, issues: DatasetIssues): void {
  for (const { split, images, objects, difficult } of counts) {
    if (images.found > 0 && objects.found + difficult === 0)
      issues.add('split without objects', `${split} has no objects to find.`);
    for (const [what, { found, official: expected }] of Object.entries({ images, objects })) {
      if (expected !== null && found !== expected)
        issues.add(
          'count differs from the official one',
          `${split} has ${found} ${what}, the official set ${expected}.`,
        );
    }
  }
  classes.names.forEach((name, id) => {
    if (counts.every((count) => count.classes[id]!.objects === 0))
      issues.add('class without objects', `No split has an object of the class ${name}.`);
  });
}
