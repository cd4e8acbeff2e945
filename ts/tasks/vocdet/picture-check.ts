import { createHash } from 'node:crypto';
import { inFlight } from '../../data/in-flight';
import type { Extent } from '../../vision/boxes';
import { decodeImage } from '../../vision/image';
import { imageSize } from '../../vision/image-size';
import { describeBox, isShare, sizeMismatch, type AnnotatedObject, type Annotation } from './annotation';
import type { ClassList } from './classes';
import type { DetectionSplit } from './dataset';
import type { Findings } from './findings';

/** What reading one picture and its annotation brought; each of the two is what was read, or why it was not. */
export interface PictureRecord {
  /** The picture's file. */
  readonly place: string;
  readonly annotation: Annotation | string;
  readonly picture: ReadPicture | string | 'missing';
}

interface ReadPicture {
  readonly size: Extent;
  /** SHA-1 of the file. */
  readonly digest: string;
}

export interface ReadOptions {
  readonly decode?: boolean;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Reads every picture of the splits once. By its key, in the order of the splits. */
export async function readPictures(splits: readonly DetectionSplit[], { decode = false, onProgress }: ReadOptions): Promise<Map<string, PictureRecord>> {
  const wanted = new Map(splits.flatMap((split) => split.ids.map((_, index) => [split.key(index), { split, index }] as const)));
  const all = [...wanted];
  const records = new Array<PictureRecord>(all.length);
  let done = 0;
  await inFlight(all.length, async (at) => {
    const [, { split, index }] = all[at]!;
    const place = split.describe(index);
    const annotation = await orReason(split.annotation(index));
    const picture = split.hasPicture(index) ? await orReason(readPicture(split, index, decode)) : 'missing';
    records[at] = { place, annotation, picture };
    onProgress?.(++done, all.length);
  });
  return new Map(all.map(([key], at) => [key, records[at]!]));
}

/** Looks for all that is wrong with one picture. */
export function checkPicture({ place, annotation, picture }: PictureRecord, classes: ClassList, findings: Findings): void {
  if (picture === 'missing') findings.add('missing picture', `${place} is not there.`);
  else if (typeof picture === 'string') findings.add('damaged picture', picture);
  if (typeof annotation === 'string') return findings.add('broken annotation', annotation);
  const size = typeof picture === 'string' ? annotation.size : picture.size;
  if (typeof picture !== 'string' && annotation.size && !sameExtent(annotation.size, picture.size)) {
    findings.add('size differs from the picture', sizeMismatch(annotation.place, annotation.size, picture.size));
  }
  for (const { kind, message } of annotation.issues ?? []) findings.add(kind, message);
  checkTwins(annotation, findings);
  for (const object of annotation.objects) {
    if (classes.idOf(object.name) === undefined) findings.add('unknown class', `${object.place}: ${object.name} is not one of the ${classes.length} classes.`);
    checkBox(object, size, findings);
  }
}

function checkBox(object: AnnotatedObject, size: Extent | undefined, findings: Findings): void {
  const [left, top, right, bottom] = object.box;
  const where = `${object.place}: the box of ${object.name} spans ${describeBox(object)}`;
  if (right <= left || bottom <= top) return findings.add('box without area', `${where}.`);
  if (!size) return;
  if (isShare(object, size)) return findings.add('box in shares of the picture', `${where}, all of it in the first pixel of ${size.width} x ${size.height}: boxes are in pixels, not in shares.`);
  if (right - left < 1 || bottom - top < 1) findings.add('box below a pixel', `${where}.`);
  const beyond = Math.max(-left, -top, right - size.width, bottom - size.height);
  const message = `${where}, the picture ${size.width} x ${size.height}.`;
  if (beyond > 1) findings.add('box outside of the picture', message);
  else if (beyond > 0) findings.add('box over the border by a pixel', message);
}

/** Objects that are annotated twice, by a merge of files, say. */
function checkTwins({ objects }: Annotation, findings: Findings): void {
  const seen = new Set<string>();
  for (const object of objects) {
    if (seen.size === seen.add(`${object.name} ${object.box.join()}`).size) findings.add('object twice', `${object.place}: there is another ${object.name} with the same box.`);
  }
}

async function readPicture(split: DetectionSplit, index: number, decode: boolean): Promise<ReadPicture> {
  const [bytes, label] = [await split.picture(index), split.describe(index)];
  const { width, height } = decode ? await decodeImage(bytes, label) : await imageSize(bytes, label);
  return { size: { width, height }, digest: createHash('sha1').update(bytes).digest('hex') };
}

function orReason<Value>(work: Promise<Value>): Promise<Value | string> {
  return work.catch((error: Error) => error.message);
}

function sameExtent(one: Extent, other: Extent): boolean {
  return one.width === other.width && one.height === other.height;
}
