/**
 * Changes of the geometry of an image, written down so that image and boxes go through the same ones; and the sizes that come of
 * them. Only numbers: what changes the pixels is in resize.ts.
 */
import { clipBoxes, mirrorBoxes, scaleBoxes, translateBoxes, type Boxes, type Extent } from './boxes';

export type Step =
  /** Left becomes right. */
  | { readonly kind: 'mirror' }
  | ({ readonly kind: 'resize' } & Extent)
  /** Keeps the rectangle of this size whose top left corner is at (left, top), in whole pixels. */
  | ({ readonly kind: 'crop'; readonly left: number; readonly top: number } & Extent);

/** The size of an image after the steps. */
export function extentAfter(steps: readonly Step[], { width, height }: Extent): Extent {
  return steps.reduce<Extent>(
    (size, step) => (step.kind === 'mirror' ? size : { width: step.width, height: step.height }),
    { width, height },
  );
}

/** Boxes after the steps, as many as before; those that a crop leaves nothing of have no area. */
export function changeBoxes(steps: readonly Step[], boxes: Boxes<'xyxy'>, extent: Extent): Boxes<'xyxy'> {
  let size = extent;
  return steps.reduce((moved, step) => {
    const before = size;
    size = extentAfter([step], before);
    if (step.kind === 'mirror') return mirrorBoxes(moved, before.width);
    if (step.kind === 'crop') return clipBoxes(translateBoxes(moved, -step.left, -step.top), step);
    return scaleBoxes(moved, step.width / before.width, step.height / before.height);
  }, boxes);
}

/** A size that keeps the proportions of an image. */
export interface AspectTarget {
  /** The shorter side becomes so long, in pixels, … */
  readonly shortestEdge: number;
  /** … but the longer one at most so long. @default any length */
  readonly longestEdge?: number;
}

/**
 * Which of two definitions decides when the longer side is at its limit: the original authors' (`datasets/transforms.py`
 * of DETR) rounds the shorter side before it computes the longer one, transformers' does not; they differ by a pixel at most.
 */
export type Rounding = 'original' | 'transformers';

/** The size of an image after a resize that keeps its proportions. */
export function aspectSize(
  { width, height }: Extent,
  { shortestEdge, longestEdge = Infinity }: AspectTarget,
  rounding: Rounding,
): Extent {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const isLimited = (long / short) * shortestEdge > longestEdge;
  const exact = isLimited ? (longestEdge * short) / long : shortestEdge;
  const side = isLimited ? Math.max(1, roundHalfToEven(exact)) : shortestEdge;
  if (short === side) return { width, height };
  const factor = rounding === 'original' ? side : exact;
  // Multiplied before divided, as the references do: the order decides about the last pixel.
  return width < height
    ? { width: side, height: Math.floor((factor * height) / width) }
    : { width: Math.floor((factor * width) / height), height: side };
}

/** As Python rounds. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
