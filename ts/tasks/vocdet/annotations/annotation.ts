import { InputError } from '../../../errors';
import { boxAreas, boxes, clipBoxes, nonEmptyBoxes, type Boxes, type Extent } from '../../../vision/boxes';
import type { ClassList } from './classes';
import type { Issue } from './issues';

/** One thing in an image, as its annotation describes it. */
export interface AnnotatedObject {
  /** Name of its class. */
  readonly name: string;
  /** Left, top, right, bottom in continuous pixels from 0; see `ts/vision/boxes.ts`. */
  readonly box: readonly [number, number, number, number];
  /** Marked as hard to see; VOC leaves such objects out of its figures. */
  readonly difficult: boolean;
  /** A region with any number of objects, as COCO has them. */
  readonly crowd: boolean;
  /** Square pixels of the segmented area; undefined when it is not known. */
  readonly area?: number;
  /** Where it stands: file, and line where there are lines. */
  readonly location: string;
}

/** What is known of one image without opening it. */
export interface Annotation {
  /** Width and height as annotated; undefined when they are not. */
  readonly size?: Extent;
  /** The file it stands in. */
  readonly location: string;
  readonly objects: readonly AnnotatedObject[];
  /** What was left out of it, and why. */
  readonly issues?: readonly Issue[];
}

/** The objects of an image, numbered by a class list; row `i` of all columns belongs together. */
export interface Targets {
  /** Numbers of classes. */
  readonly labels: Uint16Array;
  /** In pixels of the image, inside of it. */
  readonly boxes: Boxes<'xyxy'>;
  readonly difficult: Uint8Array;
  readonly crowd: Uint8Array;
  readonly areas: Float64Array;
}

/**
 * Numbers the objects and cuts their boxes off at the borders of the image.
 * @param size of the decoded image
 * @throws InputError naming file and line, for a class that is not in the list, a box without area, outside of
 * the image or in shares of it, or an annotation made for an image of another size
 */
export function resolveTargets(
  { objects, size: annotated, location }: Annotation,
  size: Extent,
  classes: ClassList,
): Targets {
  if (annotated && (annotated.width !== size.width || annotated.height !== size.height))
    throw new InputError(sizeMismatch(location, annotated, size));
  const fractional = objects.find((object) => isShare(object, size));
  if (fractional)
    throw new InputError(
      `${fractional.location}: expected the box of ${fractional.name} in pixels, found ${describeBox(fractional)}: shares of the image, all of it in the first pixel of ${size.width} x ${size.height}.`,
    );
  const clipped = clipBoxes(
    boxes(
      'xyxy',
      objects.flatMap(({ box }) => box),
    ),
    size,
  );
  const whole = new Set(nonEmptyBoxes(clipped));
  const bad = objects.find((_, index) => !whole.has(index));
  if (bad)
    throw new InputError(
      `${bad.location}: expected the box of ${bad.name} to have an area inside of the image of ${size.width} x ${size.height}, found ${describeBox(bad)}.`,
    );
  return {
    labels: Uint16Array.from(objects, (object) => idOf(object, classes)),
    boxes: clipped,
    difficult: Uint8Array.from(objects, ({ difficult }) => Number(difficult)),
    crowd: Uint8Array.from(objects, ({ crowd }) => Number(crowd)),
    areas: boxAreas(clipped).map((area, index) => objects[index]!.area ?? area),
  };
}

/** Whether a box has numbers between 0 and 1, as formats have them that count in shares of the image. */
export function isShare({ box }: AnnotatedObject, { width, height }: Extent): boolean {
  const [left, top, right, bottom] = box;
  const isInFirstPixel = right > left && bottom > top && right <= 1 && bottom <= 1 && right > 0 && bottom > 0;
  return isInFirstPixel && width > 2 && height > 2 && box.some((value) => !Number.isInteger(value));
}

export function sizeMismatch(location: string, annotated: Extent, found: Extent): string {
  const turned = annotated.width === found.height && annotated.height === found.width;
  const hint = turned ? ' The sides are swapped: the annotation was made before the image was turned upright.' : '';
  return `${location}: expected an image of ${annotated.width} x ${annotated.height} as annotated, found one of ${found.width} x ${found.height}.${hint}`;
}

/** Left, top, right and bottom in words. */
export function describeBox({ box }: AnnotatedObject): string {
  return `${box[0]} to ${box[2]} across and ${box[1]} to ${box[3]} down`;
}

function idOf({ name, location }: AnnotatedObject, classes: ClassList): number {
  const id = classes.idOf(name);
  if (id !== undefined) return id;
  throw new InputError(
    `${location}: expected one of the ${classes.length} classes (${classes.names.slice(0, 5).join(', ')}${classes.length > 5 ? ', …' : ''}), found ${name}; add it to the class file or rename the object.`,
  );
}
