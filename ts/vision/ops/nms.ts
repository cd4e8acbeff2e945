import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireBoxes } from './boxes';
import { requireTensors } from '../../tensor/core/arguments';

/**
 * Greedy non-maximum suppression, as torchvision's: of boxes that overlap a better one by an IoU above the threshold none is kept.
 * @param boxes (N, 4), corners
 * @param scores (N)
 * @returns indices of the boxes that are kept, best first: int64
 */
export function nms(boxes: Tensor, scores: Tensor, iouThreshold: number): Tensor {
  requireTensors('nms', { boxes, scores });
  return suppress('nms', boxes, scores, null, iouThreshold);
}

/**
 * {@link nms} for each class by itself.
 * @param idxs (N), the class of each box
 * @returns indices of the boxes that are kept, best first: int64
 */
export function batchedNms(boxes: Tensor, scores: Tensor, idxs: Tensor, iouThreshold: number): Tensor {
  requireTensors('batchedNms', { boxes, scores, idxs });
  if (idxs.ndim !== 1 || idxs.size(0) !== boxes.size(0))
    throw new ShapeError(
      `batchedNms: expected a class for each of ${boxes.size(0)} boxes, found [${idxs.shape.join(', ')}]`,
    );
  return suppress('batchedNms', boxes, scores, idxs, iouThreshold);
}

function suppress(owner: string, boxes: Tensor, scores: Tensor, idxs: Tensor | null, threshold: number): Tensor {
  requireBoxes(owner, boxes);
  const count = boxes.size(0);
  if (scores.ndim !== 1 || scores.size(0) !== count)
    throw new ShapeError(`${owner}: expected a score for each of ${count} boxes, found [${scores.shape.join(', ')}]`);
  const kept = torch.noGrad(() =>
    torch.scoped(() => {
      const order = scores.sort({ stable: true, dim: 0, descending: true })[1] as Tensor;
      const sorted = boxes.detach().indexSelect(0, order).to('float32').data() as Float32Array;
      const classes = idxs?.indexSelect(0, order).to('float64').data() as Float64Array | undefined;
      const positions = survivors(sorted, classes, threshold);
      return Array.from(positions, (position) => Number((order.data() as BigInt64Array)[position]));
    }),
  );
  return torch.tensor(kept, { dtype: 'int64', device: boxes.device });
}

// Hot: in single precision, as torchvision's kernel computes, so that a tie with the threshold falls the same way.
function survivors(boxes: Float32Array, classes: Float64Array | undefined, threshold: number): number[] {
  const { fround } = Math;
  const count = boxes.length / 4;
  const areas = Float32Array.from(
    { length: count },
    (_, i) => fround(boxes[4 * i + 2]! - boxes[4 * i]!) * fround(boxes[4 * i + 3]! - boxes[4 * i + 1]!),
  );
  const gone = new Uint8Array(count);
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    if (gone[i]) continue;
    kept.push(i);
    for (let j = i + 1; j < count; j++) {
      if (gone[j] || (classes && classes[i] !== classes[j])) continue;
      const width = Math.max(
        0,
        fround(Math.min(boxes[4 * i + 2]!, boxes[4 * j + 2]!) - Math.max(boxes[4 * i]!, boxes[4 * j]!)),
      );
      const height = Math.max(
        0,
        fround(Math.min(boxes[4 * i + 3]!, boxes[4 * j + 3]!) - Math.max(boxes[4 * i + 1]!, boxes[4 * j + 1]!)),
      );
      const shared = fround(width * height);
      if (fround(shared / fround(fround(areas[i]! + areas[j]!) - shared)) > threshold) gone[j] = 1;
    }
  }
  return kept;
}
