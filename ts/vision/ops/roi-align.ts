import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions } from '../../options';
import { pairOf, readRois, type Roi } from './rois';

export interface RoiAlignOptions {
  /** Size of the input over that of the image which the boxes are in. @default 1 */
  readonly spatialScale?: number;
  /** Points in each direction of each output cell; 0 and below take as many as there are pixels. @default -1 */
  readonly samplingRatio?: number;
  /** Whether coordinates are shifted by half a pixel, so that they mean the same in both sizes. @default false */
  readonly aligned?: boolean;
}

const defaults: Required<RoiAlignOptions> = { spatialScale: 1, samplingRatio: -1, aligned: false };
const AT_ONCE = 64; // regions, which bounds the memory between the two products

/**
 * RoIAlign (He et al. 2017, arXiv 1703.06870), as torchvision defines it: averages of bilinear samples in each cell of each region.
 * Has a gradient with respect to `input`; there is none with respect to the boxes, as in torchvision.
 * @param input (N, C, H, W)
 * @param boxes (K, 5), the number of the image first, or a list of (L, 4), one for each image
 * @returns (K, C, outputSize[0], outputSize[1])
 */
export function roiAlign(
  input: Tensor,
  boxes: Tensor | readonly Tensor[],
  outputSize: number | readonly [number, number],
  options: RoiAlignOptions = {},
): Tensor {
  const settings = resolveOptions('roiAlign', defaults, options);
  const [rows, columns] = pairOf('roiAlign', outputSize);
  const rois = readRois('roiAlign', input, boxes);
  const [, channels, height, width] = input.shape as [number, number, number, number];
  if (rois.length === 0) return input.sum().mul(0).expand([0, channels, rows, columns]);
  return torch.scoped(() => {
    const parts: Tensor[] = [];
    for (const group of grouped(rois)) {
      // Bilinear sampling and the mean over a cell go by rows and by columns apart: two products of matrices.
      const vertical = matrix(
        group.map(({ box }) => weights(box[1], box[3], rows, height, settings)),
        [rows, height],
        input,
      ); // (k, rows, H)
      const horizontal = matrix(
        group.map(({ box }) => weights(box[0], box[2], columns, width, settings)),
        [columns, width],
        input,
      ); // (k, columns, W)
      const image = input
        .select(0, group[0]!.image)
        .permute(1, 0, 2)
        .reshape([height, channels * width]);
      const squeezed = vertical
        .view([-1, height])
        .matmul(image)
        .view([group.length, rows * channels, width]);
      parts.push(
        squeezed.matmul(horizontal.transpose(1, 2)).view([group.length, rows, channels, columns]).permute(0, 2, 1, 3),
      );
    }
    return torch.cat(parts).contiguous();
  });
}

/** Neighbours of one image, in order. */
function grouped(rois: readonly Roi[]): Roi[][] {
  const groups: Roi[][] = [];
  for (const roi of rois) {
    const last = groups.at(-1);
    if (last && last[0]!.image === roi.image && last.length < AT_ONCE) last.push(roi);
    else groups.push([roi]);
  }
  return groups;
}

function matrix(rows: readonly Float64Array[], shape: readonly [number, number], { dtype, device }: Tensor): Tensor {
  const all = new Float64Array(rows.length * shape[0] * shape[1]);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return torch.fromTypedArray(all, [rows.length, ...shape], { dtype, device });
}

/** How much each pixel of a line counts in each of `cells` cells between two coordinates: (cells, size). */
function weights(
  first: number,
  last: number,
  cells: number,
  size: number,
  { spatialScale, samplingRatio, aligned }: Required<RoiAlignOptions>,
): Float64Array {
  const found = new Float64Array(cells * size);
  const offset = aligned ? 0.5 : 0;
  const start = first * spatialScale - offset;
  const extent = last * spatialScale - offset - start;
  const length = aligned ? extent : Math.max(extent, 1);
  const cell = length / cells;
  const samples = samplingRatio > 0 ? samplingRatio : Math.ceil(length / cells);
  for (let i = 0; i < cells; i++) {
    for (let sample = 0; sample < samples; sample++) {
      const point = start + i * cell + ((sample + 0.5) * cell) / samples;
      if (!(point >= -1 && point <= size)) continue; // outside, where the input counts as 0
      const inside = Math.max(point, 0);
      const low = Math.min(Math.floor(inside), size - 1);
      const high = Math.min(low + 1, size - 1);
      const share = low >= size - 1 ? 0 : inside - low;
      found[i * size + low]! += (1 - share) / samples;
      found[i * size + high]! += share / samples;
    }
  }
  return found;
}
