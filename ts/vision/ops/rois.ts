import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { expected } from '../../options';
import { requireTensor } from '../../tensor/core/arguments';

/** A region of one image of a batch, corners in pixels of the original. */
export interface Roi {
  readonly image: number;
  readonly box: readonly [xmin: number, ymin: number, xmax: number, ymax: number];
}

/** Rows and columns from a number for both, or a pair. */
export function pairOf(owner: string, size: number | readonly [number, number]): readonly [number, number] {
  const pair = typeof size === 'number' ? ([size, size] as const) : size;
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((side) => Number.isInteger(side) && side > 0))
    throw expected(owner, 'one or two numbers from 1 for outputSize', size, '', ShapeError);
  return pair as readonly [number, number];
}

/**
 * Reads regions, given as (K, 5) with the number of the image first, or as one (L, 4) for each image.
 * @throws ShapeError for anything else, or for an image that is not in the batch
 */
export function readRois(owner: string, input: Tensor, boxes: Tensor | readonly Tensor[]): Roi[] {
  requireTensor(owner, 'input', input);
  if (input.ndim !== 4)
    throw new ShapeError(`${owner}: expected an input (N, C, H, W), found [${input.shape.join(', ')}]`);
  const images = input.size(0);
  const rows = (tensor: Tensor, columns: number): number[][] => {
    requireTensor(owner, 'boxes', tensor);
    if (tensor.ndim === 2 && tensor.shape[1] === columns)
      return torch.scoped(() => tensor.detach().to('float64').toArray() as number[][]);
    throw new ShapeError(
      `${owner}: expected boxes (K, 5), or a list of (L, 4), one for each image, found [${tensor.shape.join(', ')}]`,
    );
  };
  const list = Array.isArray(boxes) ? (boxes as readonly Tensor[]) : null;
  if (list && list.length !== images)
    throw new ShapeError(`${owner}: expected boxes for each of ${images} images, found ${list.length} tensors`);
  const rois = list
    ? list.flatMap((tensor, image) => rows(tensor, 4).map((box): Roi => ({ image, box: box as unknown as Roi['box'] })))
    : rows(boxes as Tensor, 5).map(([image, ...box]): Roi => ({ image: image!, box: box as unknown as Roi['box'] }));
  const odd = rois.find(({ image }) => !Number.isInteger(image) || image < 0 || image >= images);
  if (odd) throw new ShapeError(`${owner}: expected numbers of images from 0 to ${images - 1}, found ${odd.image}`);
  return rois;
}
