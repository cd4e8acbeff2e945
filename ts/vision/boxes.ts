/**
 * Boxes around things in an image. Coordinates are continuous, in pixels from the top left corner: the
 * pixel in row 0 and column 0 covers the square from (0, 0) to (1, 1), so a box over the whole image
 * is (0, 0, width, height).
 */
import { InputError } from '../errors';
import { expected } from '../options';

/** Left, top, right, bottom; or centre and size; or left, top and size. */
export type BoxFormat = 'xyxy' | 'cxcywh' | 'xywh';

/** Any number of boxes of one format, four numbers each, one box after the other. */
export interface Boxes<Format extends BoxFormat> {
  readonly format: Format;
  readonly data: Float64Array;
}

/** Width and height in pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** Boxes from their numbers, four a box. @throws InputError when the numbers do not come in fours */
export function boxes<Format extends BoxFormat>(format: Format, numbers: ArrayLike<number>): Boxes<Format> {
  if (typeof numbers !== 'object' || numbers === null || numbers.length % 4 !== 0)
    throw expected('boxes', 'four numbers for each box', numbers, '', InputError);
  return { format, data: Float64Array.from(numbers) };
}

export function countBoxes(boxes: Boxes<BoxFormat>): number {
  const { data } = requireBoxes('countBoxes', boxes);
  return data.length / 4;
}

/** From corners to centre and size. */
export function xyxyToCxcywh(boxes: Boxes<'xyxy'>): Boxes<'cxcywh'> {
  const { data } = requireBoxes('xyxyToCxcywh', boxes);
  return {
    format: 'cxcywh',
    data: mapBoxes(data, (left, top, right, bottom) => [
      (left + right) / 2,
      (top + bottom) / 2,
      right - left,
      bottom - top,
    ]),
  };
}

/** From centre and size to corners. */
export function cxcywhToXyxy(boxes: Boxes<'cxcywh'>): Boxes<'xyxy'> {
  const { data } = requireBoxes('cxcywhToXyxy', boxes);
  return {
    format: 'xyxy',
    data: mapBoxes(data, (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2]),
  };
}

/** From left, top and size to corners. */
export function xywhToXyxy(boxes: Boxes<'xywh'>): Boxes<'xyxy'> {
  const { data } = requireBoxes('xywhToXyxy', boxes);
  return {
    format: 'xyxy',
    data: mapBoxes(data, (left, top, width, height) => [left, top, left + width, top + height]),
  };
}

/** From corners to left, top and size. */
export function xyxyToXywh(boxes: Boxes<'xyxy'>): Boxes<'xywh'> {
  const { data } = requireBoxes('xyxyToXywh', boxes);
  return {
    format: 'xywh',
    data: mapBoxes(data, (left, top, right, bottom) => [left, top, right - left, bottom - top]),
  };
}

/** Stretches the plane, whatever the format: x by one factor, y by the other. */
export function scaleBoxes<Format extends BoxFormat>(boxes: Boxes<Format>, x: number, y: number): Boxes<Format> {
  const { format, data } = requireBoxes('scaleBoxes', boxes);
  return { format, data: data.map((value, index) => value * (index % 2 === 0 ? x : y)) };
}

/** Moves boxes by so many pixels. */
export function translateBoxes(boxes: Boxes<'xyxy'>, x: number, y: number): Boxes<'xyxy'> {
  const { format, data } = requireBoxes('translateBoxes', boxes);
  return { format, data: data.map((value, index) => value + (index % 2 === 0 ? x : y)) };
}

/** What mirroring an image left to right does to its boxes. */
export function mirrorBoxes(boxes: Boxes<'xyxy'>, width: number): Boxes<'xyxy'> {
  const { format, data } = requireBoxes('mirrorBoxes', boxes);
  return { format, data: mapBoxes(data, (left, top, right, bottom) => [width - right, top, width - left, bottom]) };
}

/** Cuts off what lies outside of an image; a box that lies outside as a whole is left without area. */
export function clipBoxes(boxes: Boxes<'xyxy'>, extent: Extent): Boxes<'xyxy'> {
  const { format, data } = requireBoxes('clipBoxes', boxes);
  if (typeof extent !== 'object' || extent === null)
    throw expected('clipBoxes', '{ width, height }', extent, '', InputError);
  const { width, height } = extent;
  return { format, data: data.map((value, index) => Math.min(Math.max(value, 0), index % 2 === 0 ? width : height)) };
}

/** Indices of the boxes that have an area. */
export function nonEmptyBoxes(boxes: Boxes<'xyxy'>): number[] {
  const { data } = requireBoxes('nonEmptyBoxes', boxes);
  return Array.from({ length: data.length / 4 }, (_, index) => index).filter(
    (index) => data[4 * index + 2]! > data[4 * index]! && data[4 * index + 3]! > data[4 * index + 1]!,
  );
}

export function takeBoxes<Format extends BoxFormat>(boxes: Boxes<Format>, indices: readonly number[]): Boxes<Format> {
  const { format, data } = requireBoxes('takeBoxes', boxes);
  const taken = new Float64Array(4 * indices.length);
  indices.forEach((index, row) => taken.set(data.subarray(4 * index, 4 * index + 4), 4 * row));
  return { format, data: taken };
}

/** Width times height of each box. */
export function boxAreas(boxes: Boxes<'xyxy'>): Float64Array {
  const { data } = requireBoxes('boxAreas', boxes);
  return Float64Array.from(
    { length: data.length / 4 },
    (_, i) => (data[4 * i + 2]! - data[4 * i]!) * (data[4 * i + 3]! - data[4 * i + 1]!),
  );
}

/** Area that box `i` of one list and box `j` of another have in common. */
export function intersection(
  { data: one }: Boxes<'xyxy'>,
  i: number,
  { data: other }: Boxes<'xyxy'>,
  j: number,
): number {
  const width = Math.min(one[4 * i + 2]!, other[4 * j + 2]!) - Math.max(one[4 * i]!, other[4 * j]!);
  if (width <= 0) return 0;
  const height = Math.min(one[4 * i + 3]!, other[4 * j + 3]!) - Math.max(one[4 * i + 1]!, other[4 * j + 1]!);
  return height <= 0 ? 0 : width * height;
}

type Four = [number, number, number, number];

function mapBoxes(data: Float64Array, change: (...box: Four) => Four): Float64Array {
  const changed = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += 4)
    changed.set(change(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!), at);
  return changed;
}

function requireBoxes<Format extends BoxFormat>(owner: string, value: Boxes<Format>): Boxes<Format> {
  const isBoxes = typeof value === 'object' && value !== null && (value.data as unknown) instanceof Float64Array;
  if (!isBoxes) throw expected(owner, 'boxes { format, data }', value, '', InputError);
  return value;
}
