import { ShapeError, TorchError } from '../../../errors';
import { boxAreas, countBoxes, takeBoxes, type Boxes } from '../../../vision/boxes';
import type { ClassList } from '../annotations/classes';

/** What a detector found in one image; row `i` of all three belongs together. */
export interface Detections {
  /** Numbers of classes. */
  readonly labels: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  /** In pixels of the image. */
  readonly boxes: Boxes<'xyxy'>;
}

/** What is in one image; row `i` of all belongs together. */
export interface Truths {
  /** Numbers of classes. */
  readonly labels: ArrayLike<number>;
  /** In pixels of the image. */
  readonly boxes: Boxes<'xyxy'>;
  /** 1 for objects that VOC marks as hard to see. @default 0 for all */
  readonly difficult?: ArrayLike<number>;
  /** 1 for regions with any number of objects, as COCO has them. @default 0 for all */
  readonly crowd?: ArrayLike<number>;
  /** Areas in square pixels, where they are not those of the boxes. @default those of the boxes */
  readonly areas?: ArrayLike<number>;
}

/** Detections of one class in one image, by falling score; equal scores as they were given. */
export interface ClassDetections {
  /** Which rows of the image's detections they are. */
  readonly rows: readonly number[];
  readonly boxes: Boxes<'xyxy'>;
  readonly areas: Float64Array;
  readonly scores: Float64Array;
}

/** Objects of one class in one image. */
export interface ClassTruths {
  readonly boxes: Boxes<'xyxy'>;
  readonly areas: Float64Array;
  readonly difficult: Uint8Array;
  readonly crowd: Uint8Array;
}

/**
 * @throws ShapeError when the rows of an image do not fit each other
 * @throws TorchError when a label is no class or a score no number
 */
export function requireUsable(imageId: string, detections: Detections, truths: Truths, classes: ClassList): void {
  requireRows(`the detections of image ${imageId}`, detections);
  requireRows(`the objects of image ${imageId}`, truths);
  for (const label of [...Array.from(detections.labels), ...Array.from(truths.labels)]) {
    if (Number.isInteger(label) && label >= 0 && label < classes.length) continue;
    throw new TorchError(`Image ${imageId}: expected a class from 0 to ${classes.length - 1}, found ${label}.`);
  }
  const bad = Array.from(detections.scores).find((score) => !Number.isFinite(score));
  if (bad !== undefined)
    throw new TorchError(`Image ${imageId}: expected the score of a detection to be a finite number, found ${bad}.`);
}

/** Rows of each class that occurs. */
export function rowsByClass(labels: ArrayLike<number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const same = rows.get(labels[row]!);
    if (same) same.push(row);
    else rows.set(labels[row]!, [row]);
  }
  return rows;
}

export function selectDetections({ scores, boxes }: Detections, rows: readonly number[]): ClassDetections {
  const order = [...rows].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const taken = takeBoxes(boxes, order);
  return { rows: order, boxes: taken, areas: boxAreas(taken), scores: Float64Array.from(order, (row) => scores[row]!) };
}

export function selectTruths({ boxes, difficult, crowd, areas }: Truths, rows: readonly number[]): ClassTruths {
  const taken = takeBoxes(boxes, rows);
  return {
    boxes: taken,
    areas: areas ? Float64Array.from(rows, (row) => areas[row]!) : boxAreas(taken),
    difficult: Uint8Array.from(rows, (row) => difficult?.[row] ?? 0),
    crowd: Uint8Array.from(rows, (row) => crowd?.[row] ?? 0),
  };
}

function requireRows(what: string, { boxes, ...columns }: Detections | Truths): void {
  const rows = countBoxes(boxes);
  for (const [name, column] of Object.entries(columns) as [string, ArrayLike<number> | undefined][]) {
    if (column === undefined || column.length === rows) continue;
    throw new ShapeError(`Expected ${what} to have as many ${name} as boxes, found ${column.length} and ${rows}.`);
  }
}
