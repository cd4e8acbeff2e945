import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Device, DType, Tensor } from '../../tensor';

/** What there is to find in one image. */
export interface DetrLabels {
  /** (M), class numbers */
  readonly classLabels: Tensor;
  /** (M, 4), centre x and y, width and height, relative to the image as it was before padding */
  readonly boxes: Tensor;
}

/** The objects of all images of a batch, one after the other. */
export interface Targets {
  /** Objects in each image. */
  readonly counts: readonly number[];
  /** Number of the first object of each image. */
  readonly starts: readonly number[];
  /** (T), int64 */
  readonly classes: Tensor;
  /** (T, 4) */
  readonly boxes: Tensor;
}

/**
 * @param batch images that the model saw
 * @throws ShapeError, InputError when labels are not those of this batch
 */
export function packTargets(
  labels: readonly DetrLabels[],
  batch: number,
  target: { dtype: DType; device: Device },
): Targets {
  if (!Array.isArray(labels) || labels.length !== batch) {
    const found = Array.isArray(labels) ? labels.length : typeof labels;
    throw new ShapeError(
      `labels: expected a list of { classLabels, boxes }, one for each of the ${batch} images, found ${found}.`,
    );
  }
  const counts = labels.map(checkedCount);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  return {
    counts,
    starts,
    classes: torch.cat(labels.map(({ classLabels }) => classLabels.to({ device: target.device, dtype: 'int64' }))),
    boxes: torch.cat(labels.map(({ boxes }) => boxes.to(target).view([-1, 4]))), // (M, 4)
  };
}

function checkedCount({ classLabels, boxes }: DetrLabels, image: number): number {
  const [count, sizes] = [classLabels?.shape, boxes?.shape];
  if (!count || !sizes)
    throw new InputError(
      `labels: expected { classLabels, boxes } for image ${image}, found ${count ? 'no boxes' : 'no classLabels'}.`,
    );
  const fits = count.length === 1 && (sizes.join() === `${count[0]},4` || (count[0] === 0 && sizes.includes(0)));
  if (fits) return count[0]!;
  throw new ShapeError(
    `labels: expected classLabels [M] and boxes [M, 4] for image ${image}, found [${count.join(', ')}] and [${sizes.join(', ')}].`,
  );
}

/**
 * Says which object cannot be one, before the loss hides it.
 * @param boxes (T, 4), row by row
 * @param classes (T)
 */
export function checkTargets(
  boxes: ArrayLike<number>,
  classes: ArrayLike<number>,
  { counts, starts }: Targets,
  numLabels: number,
): void {
  for (let object = 0; object < classes.length; object++) {
    const box = [0, 1, 2, 3].map((i) => boxes[4 * object + i]!);
    const isClass = classes[object]! >= 0 && classes[object]! < numLabels;
    if (isClass && box.every(Number.isFinite) && box[2]! >= 0 && box[3]! >= 0) continue;
    const image = starts.findLastIndex((start, i) => start <= object && counts[i]! > 0);
    const where = `labels: object ${object - starts[image]!} of image ${image}`;
    throw new InputError(
      isClass
        ? `${where}: expected a box of centre and size, found [${box.join(', ')}]; numbers must be finite, and width and height not below 0.`
        : `${where}: expected a class from 0 to ${numLabels - 1}, found ${classes[object]!}.`,
    );
  }
}
