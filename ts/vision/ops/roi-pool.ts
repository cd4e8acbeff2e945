import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions } from '../../options';
import { pairOf, readRois } from './rois';

export interface RoiPoolOptions {
  /** Size of the input over that of the image which the boxes are in. @default 1 */
  readonly spatialScale?: number;
}

/**
 * RoI pooling (Girshick 2015, arXiv 1504.08083), as torchvision defines it: the greatest value in each cell of each region, whose
 * bounds are rounded to pixels. Has a gradient with respect to `input`.
 * @param input (N, C, H, W)
 * @param boxes (K, 5), the number of the image first, or a list of (L, 4), one for each image
 * @returns (K, C, outputSize[0], outputSize[1])
 */
export function roiPool(
  input: Tensor,
  boxes: Tensor | readonly Tensor[],
  outputSize: number | readonly [number, number],
  options: RoiPoolOptions = {},
): Tensor {
  const { spatialScale } = resolveOptions<Required<RoiPoolOptions>>('roiPool', { spatialScale: 1 }, options);
  const [rows, columns] = pairOf('roiPool', outputSize);
  const rois = readRois('roiPool', input, boxes);
  const [, channels, height, width] = input.shape as [number, number, number, number];
  if (rois.length === 0) return input.sum().mul(0).expand([0, channels, rows, columns]);
  return torch.scoped(() => {
    const nothing = torch.zeros([channels], { dtype: input.dtype, device: input.device });
    const pooled = rois.map(({ image, box }) => {
      const plane = input.select(0, image); // (C, H, W)
      const vertical = bounds(box[1], box[3], rows, height, spatialScale);
      const horizontal = bounds(box[0], box[2], columns, width, spatialScale);
      const cells = vertical.flatMap(([top, bottom]) =>
        horizontal.map(([left, right]) => {
          if (bottom <= top || right <= left) return nothing;
          return plane
            .narrow(1, top, bottom - top)
            .narrow(2, left, right - left)
            .flatten(1)
            .max(1)[0];
        }),
      );
      return torch.stack(cells, 1).view([channels, rows, columns]);
    });
    return torch.stack(pooled);
  });
}

/** First pixel of each cell, and the one after its last. */
function bounds(first: number, last: number, cells: number, size: number, scale: number): [number, number][] {
  const start = roundAway(first * scale);
  const cell = Math.max(roundAway(last * scale) - start + 1, 1) / cells;
  const inside = (pixel: number): number => Math.min(Math.max(pixel + start, 0), size);
  return Array.from({ length: cells }, (_, i) => [inside(Math.floor(i * cell)), inside(Math.ceil((i + 1) * cell))]);
}

/** C's `round`: halves go away from zero. */
const roundAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));
