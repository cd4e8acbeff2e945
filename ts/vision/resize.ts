import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import type { Extent } from './boxes';

/** Pillow's numbers of the filters, and the operators that transformers' default processors run for them. */
const filters = { 2: '_upsample_bilinear2d_aa', 3: '_upsample_bicubic2d_aa' } as const;

/**
 * Resizes with an antialiased filter, on bytes: the sums are rounded to bytes after the horizontal and
 * after the vertical pass, as Pillow does. Weights have 15 bits here and 22 in Pillow, so a few bytes in
 * a thousand differ from Pillow's by one level (bilinear; see the goldens).
 * @param images (B, 3, H, W) uint8
 * @returns (B, 3, height, width) uint8; `images` itself when it has that size
 */
export function resize(images: Tensor, height: number, width: number, resample: keyof typeof filters): Tensor {
  if (images.shape[2] === height && images.shape[3] === width) return images;
  return torch.ops['aten']![filters[resample]]!['default']!(images, [height, width], false, null, null) as Tensor;
}

/**
 * Cuts the middle out; a side that is too short is first filled up with zeros on both ends.
 * @param images (B, 3, H, W)
 * @returns (B, 3, height, width)
 */
export function centerCrop(images: Tensor, height: number, width: number): Tensor {
  const [down, across] = [height - images.shape[2]!, width - images.shape[3]!].map((missing) =>
    Math.max(0, missing),
  ) as [number, number];
  const ends = [Math.floor(across / 2), Math.ceil(across / 2), Math.floor(down / 2), Math.ceil(down / 2)];
  const padded = down + across > 0 ? images.constantPadNd(ends, 0) : images;
  const [top, left] = [padded.shape[2]! - height, padded.shape[3]! - width].map((extra) => Math.floor(extra / 2)) as [
    number,
    number,
  ];
  return padded.narrow(2, top, height).narrow(3, left, width); // (B, 3, H, W) -> (B, 3, height, width)
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
