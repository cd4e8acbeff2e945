import { resolveOptions } from '../options';
import type { Random } from './augment';
import type { Extent } from './boxes';
import { aspectSize, extentAfter, type Rounding, type Step } from './steps';

/** How training images are changed at random. */
export interface DetectionAugmentOptions {
  /** Chance that an image is mirrored, 0 to 1. @default 0.5 */
  readonly flip?: number;
  /** Lengths in pixels, one of which the shorter side becomes. @default 480, 512 … 800 */
  readonly sizes?: readonly number[];
  /** Most pixels of the longer side. @default 1333 */
  readonly longestEdge?: number;
  /** Chance that a part is cut out before, 0 to 1. @default 0.5 */
  readonly crop?: number;
  /** Lengths, one of which the shorter side becomes before a part is cut out. @default 400, 500, 600 */
  readonly cropFrom?: readonly number[];
  /** Least and most pixels of each side of the part. @default 384 to 600 */
  readonly cropSize?: readonly [number, number];
  /** @default 'original' */
  readonly rounding?: Rounding;
}

/** The recipe of the paper (Carion et al., ECCV 2020, section A.4, and `make_coco_transforms` of its code). */
export const detectionAugmentDefaults = {
  flip: 0.5,
  sizes: [480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800],
  longestEdge: 1333,
  crop: 0.5,
  cropFrom: [400, 500, 600],
  cropSize: [384, 600],
  rounding: 'original',
} as const satisfies Required<DetectionAugmentOptions>;

/**
 * Chooses the changes of one image: mirrored or not; then resized to one of the sizes, or resized, cut and resized again.
 * Every image draws the same count of numbers, so one option does not change what another does.
 */
export function planDetectionAugment(random: Random, extent: Extent, options: DetectionAugmentOptions = {}): Step[] {
  const { flip, sizes, longestEdge, crop, cropFrom, cropSize, rounding } = resolveOptions<
    Required<DetectionAugmentOptions>
  >('planDetectionAugment', detectionAugmentDefaults, options);
  const resizeTo = (size: Extent, shortestEdge: number, most?: number): Step => ({
    kind: 'resize',
    ...aspectSize(size, { shortestEdge, longestEdge: most }, rounding),
  });
  const steps: Step[] = random.uniform() < flip ? [{ kind: 'mirror' }] : [];
  const isCropped = random.uniform() < crop;
  const first = resizeTo(extent, pick(random, cropFrom));
  const part = randomPart(random, extentAfter([first], extent), cropSize);
  if (isCropped) steps.push(first, part);
  steps.push(resizeTo(extentAfter(steps, extent), pick(random, sizes), longestEdge));
  return steps;
}

/** A rectangle with sides between the two lengths, as far as the image has them. */
function randomPart(random: Random, { width, height }: Extent, [least, most]: readonly [number, number]): Step {
  const side = (length: number) => between(random, Math.min(least, length), Math.min(length, most));
  const size = { width: side(width), height: side(height) };
  return {
    kind: 'crop',
    ...size,
    top: between(random, 0, height - size.height),
    left: between(random, 0, width - size.width),
  };
}

/** A whole number from `low` to `high`, both of them possible. */
function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random.uniform() * (high - low + 1));
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.uniform() * items.length)]!;
}
