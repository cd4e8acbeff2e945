import { InputError } from '../../errors';
import { alikeNames, vocClasses, type ClassList } from './classes';
import { classesAmong, type DetectionData, type DetectionSplit } from './dataset';
import { Findings, type Finding } from './findings';
import { officialSets } from './official';
import { openDetectionData } from './open';
import { checkPicture, readPictures, type PictureRecord, type ReadOptions } from './picture-check';
import { shouldDiffer } from './split-roles';

export interface CheckOptions extends ReadOptions {
  /** The classes that there should be. @default those that the data name */
  readonly classes?: ClassList;
  /** Folder or archive of a COCO file's pictures. @default beside it */
  readonly images?: string;
  /** Decode every picture, to find damaged ones; else only their headers are read. @default false */
  readonly decode?: boolean;
  /** Told after each picture. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** What `vocdet data check` reports of a dataset. */
export interface DetectionCheck {
  readonly path: string;
  readonly splits: readonly SplitCheck[];
  readonly findings: readonly Finding[];
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
  /** Pictures without any object. */
  readonly empty: number;
  readonly classes: readonly ClassCount[];
}

export interface ClassCount {
  readonly name: string;
  /** Pictures that show it. */
  readonly images: number;
  /** Difficult ones and crowds included. */
  readonly objects: number;
}

/**
 * Checks a dataset in VOC's layout or COCO's format and counts what it holds. Every picture is read once, whatever
 * the number of splits that it is in.
 * @throws InputError when there is no dataset at all
 */
export async function checkDetectionData(path: string, options: CheckOptions = {}): Promise<DetectionCheck> {
  const data = await openDetectionData(path, options.images);
  try {
    const findings = new Findings();
    const splits = await openSplits(data, findings);
    const pictures = await readPictures(splits, options);
    const classes = options.classes ?? (await data.namedClasses()) ?? classesAmong(data, new Set(namesIn(pictures)), firstFailure(pictures));
    for (const picture of pictures.values()) checkPicture(picture, classes, findings);
    for (const { kind, message } of data.issues()) findings.add(kind, message);
    checkSpelling(pictures, findings);
    checkOverlaps(splits, pictures, findings);
    const counts = splits.map((split) => countSplit(split, pictures, classes));
    checkCounts(counts, classes, findings);
    const list = findings.list();
    const total = (severity: Finding['severity']) => list.reduce((sum, finding) => sum + (finding.severity === severity ? finding.count : 0), 0);
    return { path, splits: counts, findings: list, errors: total('error'), warnings: total('warning') };
  } finally {
    data.close();
  }
}

/** @throws the first error when no split can be read */
async function openSplits(data: DetectionData, findings: Findings): Promise<DetectionSplit[]> {
  const opened = await Promise.allSettled(data.splits.map((name) => data.split(name)));
  const failed = opened.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const splits = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (splits.length === 0) throw failed[0] ?? new InputError(`Expected a split in ${data.path}, found none.`);
  for (const { message } of failed) findings.add('split that cannot be read', message);
  for (const { name, ids } of splits) if (ids.length === 0) findings.add('split without pictures', `${name} has no pictures.`);
  return splits;
}

function firstFailure(pictures: ReadonlyMap<string, PictureRecord>): string | undefined {
  return [...pictures.values()].map(({ annotation }) => annotation).find((annotation) => typeof annotation === 'string');
}

/** Names that differ in case, blanks or hyphens are one class as a rule, and a slip of the pen. */
function checkSpelling(pictures: ReadonlyMap<string, PictureRecord>, findings: Findings): void {
  const counts = new Map<string, number>();
  for (const name of namesIn(pictures)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [one, other] of alikeNames([...counts.keys()])) {
    findings.add('classes that differ in spelling only', `${one} (${counts.get(one)!} objects) and ${other} (${counts.get(other)!} objects) are two classes.`);
  }
}

function* namesIn(pictures: ReadonlyMap<string, PictureRecord>): Iterable<string> {
  for (const { annotation } of pictures.values()) if (typeof annotation !== 'string') for (const { name } of annotation.objects) yield name;
}

/** Pictures that are in two splits that should differ: as one file, or as two of the same content. */
function checkOverlaps(splits: readonly DetectionSplit[], pictures: ReadonlyMap<string, PictureRecord>, findings: Findings): void {
  const seenPlaces = new Map<string, string[]>();
  const seenContent = new Map<string, { place: string; split: string }[]>();
  for (const split of splits) {
    for (const index of split.ids.keys()) {
      const place = split.describe(index);
      const before = seenPlaces.get(place) ?? [];
      const twin = before.find((name) => shouldDiffer(name, split.name));
      if (twin !== undefined) findings.add('picture in two splits', `${place} is in ${twin} and in ${split.name}.`);
      seenPlaces.set(place, [...before, split.name]);

      const { picture } = pictures.get(split.key(index))!;
      if (typeof picture === 'string') continue;
      const alike = seenContent.get(picture.digest) ?? [];
      const copy = alike.find((other) => other.place !== place && shouldDiffer(other.split, split.name));
      if (copy) findings.add('same picture under two names', `${place} of ${split.name} has the content of ${copy.place} of ${copy.split}.`);
      seenContent.set(picture.digest, [...alike, { place, split: split.name }]);
    }
  }
}

function countSplit(split: DetectionSplit, pictures: ReadonlyMap<string, PictureRecord>, classes: ClassList): SplitCheck {
  const annotations = split.ids.flatMap((_, index) => {
    const { annotation } = pictures.get(split.key(index))!;
    return typeof annotation === 'string' ? [] : [annotation];
  });
  const objects = annotations.flatMap((annotation) => annotation.objects);
  // A folder may be called as the challenge's and hold other classes.
  const official = classes === vocClasses ? officialSets[split.name] : undefined;
  return {
    split: split.name,
    images: { found: split.ids.length, official: official?.images ?? null },
    objects: { found: objects.filter(({ difficult, crowd }) => !difficult && !crowd).length, official: official?.objects ?? null },
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

function checkCounts(counts: readonly SplitCheck[], classes: ClassList, findings: Findings): void {
  for (const { split, images, objects, difficult } of counts) {
    if (images.found > 0 && objects.found + difficult === 0) findings.add('split without objects', `${split} has no objects to find.`);
    for (const [what, { found, official }] of Object.entries({ pictures: images, objects })) {
      if (official !== null && found !== official) findings.add('count differs from the official one', `${split} has ${found} ${what}, the official set ${official}.`);
    }
  }
  classes.names.forEach((name, id) => {
    if (counts.every((count) => count.classes[id]!.objects === 0)) findings.add('class without objects', `No split has an object of the class ${name}.`);
  });
}
