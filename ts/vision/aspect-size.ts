import type { Extent } from './boxes';

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
