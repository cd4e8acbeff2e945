import { createHash } from 'node:crypto';
import { inFlight } from '../../data/in-flight';
import type { Extent } from '../../vision/boxes';
import { decodeImage, imageSize } from '../../vision/image';
import { describeBox, isShare, sizeMismatch, type AnnotatedObject, type Annotation } from './annotations/annotation';
import type { ClassList } from './annotations/classes';
import type { DetectionSplit } from './annotations/dataset';
import type { DatasetIssues } from './annotations/issues';

/** What reading one image and its annotation brought; each of the two is what was read, or why it was not. */
export interface ImageRecord {
  /** The image's file. */
  readonly location: string;
  readonly annotation: Annotation | string;
  readonly image: ReadImage | string | 'missing';
}

interface ReadImage {
  readonly size: Extent;
  /** SHA-1 of the file. */
  readonly digest: string;
}

export interface ReadOptions {
  readonly decode?: boolean;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Reads every image of the splits once. By its key, in the order of the splits. */
export async function readImages(
  splits: readonly DetectionSplit[],
  { decode = false, onProgress }: ReadOptions,
): Promise<Map<string, ImageRecord>> {
  const wanted = new Map(
    splits.flatMap((split) => split.ids.map((_, index) => [split.key(index), { split, index }] as const)),
  );
  const all = [...wanted];
  const records = new Array<ImageRecord>(all.length);
  let done = 0;
  await inFlight(all.length, async (at) => {
    const [, { split, index }] = all[at]!;
    const location = split.describe(index);
    const annotation = await orReason(split.annotation(index));
    const image = split.hasImage(index) ? await orReason(readImage(split, index, decode)) : 'missing';
    records[at] = { location, annotation, image };
    onProgress?.(++done, all.length);
  });
  return new Map(all.map(([key], at) => [key, records[at]!]));
}

/** Looks for all that is wrong with one image. */
export function checkImage(
  { location, annotation, image }: ImageRecord,
  classes: ClassList,
  issues: DatasetIssues,
): void {
  if (image === 'missing') issues.add('missing image', `${location} is not there.`);
  else if (typeof image === 'string') issues.add('damaged image', image);
  if (typeof annotation === 'string') return issues.add('broken annotation', annotation);
  const size = typeof image === 'string' ? annotation.size : image.size;
  if (typeof image !== 'string' && annotation.size && !sameExtent(annotation.size, image.size)) {
    issues.add('size differs from the image', sizeMismatch(annotation.location, annotation.size, image.size));
  }
  for (const { kind, message } of annotation.issues ?? []) issues.add(kind, message);
  checkTwins(annotation, issues);
  for (const object of annotation.objects) {
    if (classes.idOf(object.name) === undefined)
      issues.add('unknown class', `${object.location}: ${object.name} is not one of the ${classes.length} classes.`);
    checkBox(object, size, issues);
  }
}

function checkBox(object: AnnotatedObject, size: Extent | undefined, issues: DatasetIssues): void {
  const [left, top, right, bottom] = object.box;
  const where = `${object.location}: the box of ${object.name} spans ${describeBox(object)}`;
  if (right <= left || bottom <= top) return issues.add('box without area', `${where}.`);
  if (!size) return;
  if (isShare(object, size))
    return issues.add(
      'box in shares of the image',
      `${where}, all of it in the first pixel of ${size.width} x ${size.height}: boxes are in pixels, not in shares.`,
    );
  if (right - left < 1 || bottom - top < 1) issues.add('box below a pixel', `${where}.`);
  const beyond = Math.max(-left, -top, right - size.width, bottom - size.height);
  const message = `${where}, the image ${size.width} x ${size.height}.`;
  if (beyond > 1) issues.add('box outside of the image', message);
  else if (beyond > 0) issues.add('box over the border by a pixel', message);
}

/** Objects that are annotated twice, by a merge of files, say. */
function checkTwins({ objects }: Annotation, issues: DatasetIssues): void {
  const seen = new Set<string>();
  for (const object of objects) {
    if (seen.size === seen.add(`${object.name} ${object.box.join()}`).size)
      issues.add('object twice', `${object.location}: there is another ${object.name} with the same box.`);
  }
}

async function readImage(split: DetectionSplit, index: number, decode: boolean): Promise<ReadImage> {
  const [bytes, label] = [await split.image(index), split.describe(index)];
  const { width, height } = decode ? await decodeImage(bytes, label) : await imageSize(bytes, label);
  return { size: { width, height }, digest: createHash('sha1').update(bytes).digest('hex') };
}

function orReason<Value>(work: Promise<Value>): Promise<Value | string> {
  return work.catch((error: Error) => error.message);
}

function sameExtent(one: Extent, other: Extent): boolean {
  return one.width === other.width && one.height === other.height;
}
