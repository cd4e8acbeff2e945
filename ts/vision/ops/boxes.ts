/** Boxes as tensors (N, 4), with the definitions of torchvision.ops.boxes; corners are xmin, ymin, xmax, ymax. */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isFloatingPoint } from '../../tensor/types/dtype';
import type { BoxFormat } from '../boxes';
import { requireTensor } from '../../tensor/core/arguments';
import { expected, show } from '../../options';

/** @throws ShapeError for what is not (N, 4) */
export function requireBoxes(owner: string, boxes: Tensor): void {
  if (!(boxes instanceof torch.Tensor) || boxes.ndim !== 2 || boxes.shape[1] !== 4) {
    const found = boxes instanceof torch.Tensor ? `[${boxes.shape.join(', ')}]` : typeof boxes;
    throw new ShapeError(`${owner}: expected boxes (N, 4), found ${found}`);
  }
}

/** Wide enough for the products of coordinates: half floats become float32, integers int64. */
function wide(tensor: Tensor): Tensor {
  if (!isFloatingPoint(tensor.dtype)) return tensor.to('int64');
  return tensor.dtype === 'float64' || tensor.dtype === 'float32' ? tensor : tensor.to('float32');
}

const column = (boxes: Tensor, i: number): Tensor => boxes.select(1, i);

/** Areas of boxes: (N, 4) -> (N). */
export function boxArea(boxes: Tensor): Tensor {
  requireBoxes('boxArea', boxes);
  return torch.scoped(() => area(boxes));
}

/** (…, 4) -> (…) */
function area(boxes: Tensor): Tensor {
  const [xmin, ymin, xmax, ymax] = wide(boxes).unbind(-1) as [Tensor, Tensor, Tensor, Tensor];
  return xmax.sub(xmin).mul(ymax.sub(ymin));
}

const upperLeft = (boxes: Tensor): Tensor => boxes.narrow(-1, 0, 2);
const lowerRight = (boxes: Tensor): Tensor => boxes.narrow(-1, 2, 2);

/** What boxes have in common, and cover together, where their shapes broadcast: (…, 4), (…, 4) -> (…) each. */
function overlap(boxes1: Tensor, boxes2: Tensor): { intersection: Tensor; union: Tensor } {
  const upper = upperLeft(boxes1).maximum(upperLeft(boxes2)); // (…, 2)
  const lower = lowerRight(boxes1).minimum(lowerRight(boxes2));
  const sides = wide(lower.sub(upper)).clamp(0);
  const intersection = sides.select(-1, 0).mul(sides.select(-1, 1));
  return { intersection, union: area(boxes1).add(area(boxes2)).sub(intersection) };
}

/** Sides of the smallest box around both, where their shapes broadcast: (…, 4), (…, 4) -> (…, 2). */
function hull(boxes1: Tensor, boxes2: Tensor): Tensor {
  const upper = upperLeft(boxes1).minimum(upperLeft(boxes2));
  const lower = lowerRight(boxes1).maximum(lowerRight(boxes2));
  return wide(lower.sub(upper)).clamp(0);
}

/** Gives the first list a dimension, so that each of its boxes meets each of the second: (N, 4) -> (N, 1, 4). */
const againstEach = (boxes: Tensor): Tensor => boxes.unsqueeze(1);

function requireBoth(owner: string, boxes1: Tensor, boxes2: Tensor): void {
  requireBoxes(owner, boxes1);
  requireBoxes(owner, boxes2);
}

/** Intersection over union of each pair: (N, 4), (M, 4) -> (N, M). */
export function boxIou(boxes1: Tensor, boxes2: Tensor): Tensor {
  requireBoth('boxIou', boxes1, boxes2);
  return torch.scoped(() => {
    const { intersection, union } = overlap(againstEach(boxes1), boxes2);
    return intersection.div(union);
  });
}

/** GIoU of each pair (Rezatofighi et al. 2019, arXiv 1902.09630): (N, 4), (M, 4) -> (N, M). */
export function generalizedBoxIou(boxes1: Tensor, boxes2: Tensor): Tensor {
  requireBoth('generalizedBoxIou', boxes1, boxes2);
  return torch.scoped(() => generalizedIou(againstEach(boxes1), boxes2));
}

/**
 * GIoU of boxes whose shapes broadcast, from -1 for far apart to 1 for the same: (…, 4), (…, 4) -> (…).
 * @internal
 */
export function generalizedIou(boxes1: Tensor, boxes2: Tensor): Tensor {
  const { intersection, union } = overlap(boxes1, boxes2);
  const sides = hull(boxes1, boxes2);
  const around = sides.select(-1, 0).mul(sides.select(-1, 1));
  return intersection.div(union).sub(around.sub(union).div(around));
}

/** IoU, and the squared distance of the centres over the squared diagonal of the hull. */
function distances(boxes1: Tensor, boxes2: Tensor, eps: number): { iou: Tensor; distance: Tensor } {
  const { intersection, union } = overlap(againstEach(boxes1), boxes2);
  const diagonal = hull(againstEach(boxes1), boxes2).pow(2).sum(2).add(eps);
  const centre = (boxes: Tensor): Tensor => wide(upperLeft(boxes).add(lowerRight(boxes))).div(2);
  const between = centre(boxes1).unsqueeze(1).sub(centre(boxes2)).pow(2).sum(2);
  return { iou: intersection.div(union), distance: between.div(diagonal) };
}

/** DIoU of each pair (Zheng et al. 2020, arXiv 1911.08287): (N, 4), (M, 4) -> (N, M). */
export function distanceBoxIou(boxes1: Tensor, boxes2: Tensor, eps = 1e-7): Tensor {
  requireBoth('distanceBoxIou', boxes1, boxes2);
  return torch.scoped(() => {
    const { iou, distance } = distances(boxes1, boxes2, eps);
    return iou.sub(distance);
  });
}

/** CIoU of each pair (Zheng et al. 2020, arXiv 1911.08287), with the aspect ratios' part: (N, 4), (M, 4) -> (N, M). */
export function completeBoxIou(boxes1: Tensor, boxes2: Tensor, eps = 1e-7): Tensor {
  requireBoth('completeBoxIou', boxes1, boxes2);
  return torch.scoped(() => {
    const { iou, distance } = distances(boxes1, boxes2, eps);
    const angle = (boxes: Tensor): Tensor =>
      column(boxes, 2)
        .sub(column(boxes, 0))
        .div(column(boxes, 3).sub(column(boxes, 1)))
        .atan();
    const v = angle(boxes1)
      .unsqueeze(1)
      .sub(angle(boxes2))
      .pow(2)
      .mul(4 / Math.PI ** 2);
    const alpha = torch.noGrad(() => v.div(v.sub(iou).add(1 + eps)));
    return iou.sub(distance).sub(alpha.mul(v));
  });
}

/**
 * Boxes in another format: corners (`'xyxy'`), corner and size (`'xywh'`), centre and size (`'cxcywh'`). (N, 4) -> (N, 4)
 * @throws InputError for a format that is none of them
 */
export function boxConvert(boxes: Tensor, inFmt: BoxFormat, outFmt: BoxFormat): Tensor {
  requireTensor('boxConvert', 'boxes', boxes);
  for (const format of [inFmt, outFmt]) {
    if (!['xyxy', 'xywh', 'cxcywh'].includes(format))
      throw new InputError(`boxConvert: expected the format 'xyxy', 'xywh' or 'cxcywh', found ${show(format)}`);
  }
  if (boxes.shape.at(-1) !== 4)
    throw new ShapeError(`boxConvert: expected boxes (…, 4), found [${boxes.shape.join(', ')}]`);
  if (inFmt === outFmt) return boxes.clone();
  return torch.scoped(() => {
    const [xmin, ymin, xmax, ymax] = cornersOf(boxes.unbind(-1) as Sides, inFmt);
    if (outFmt === 'xyxy') return torch.stack([xmin, ymin, xmax, ymax], -1).to(boxes.dtype);
    const size = [xmax.sub(xmin), ymax.sub(ymin)];
    const start = outFmt === 'xywh' ? [xmin, ymin] : [xmin.add(xmax).div(2), ymin.add(ymax).div(2)];
    return torch.stack([...start, ...size], -1).to(boxes.dtype);
  });
}

type Sides = [Tensor, Tensor, Tensor, Tensor];

function cornersOf([a, b, c, d]: Sides, format: BoxFormat): Sides {
  if (format === 'xyxy') return [a, b, c, d];
  if (format === 'xywh') return [a, b, a.add(c), b.add(d)];
  const [right, down] = [c.mul(0.5), d.mul(0.5)];
  return [a.sub(right), b.sub(down), a.add(right), b.add(down)];
}

/** Boxes cut to an image of `[height, width]`: (…, 4) -> (…, 4). */
export function clipBoxesToImage(boxes: Tensor, size: readonly [height: number, width: number]): Tensor {
  requireTensor('clipBoxesToImage', 'boxes', boxes);
  if (boxes.shape.at(-1) !== 4)
    throw new ShapeError(`clipBoxesToImage: expected boxes (…, 4), found [${boxes.shape.join(', ')}]`);
  if (!Array.isArray(size) || size.length !== 2)
    throw expected('clipBoxesToImage', 'a size [height, width]', size, '', InputError);
  const [height, width] = size;
  return torch.scoped(() => {
    const [xmin, ymin, xmax, ymax] = boxes.unbind(-1) as [Tensor, Tensor, Tensor, Tensor];
    return torch.stack([xmin.clamp(0, width), ymin.clamp(0, height), xmax.clamp(0, width), ymax.clamp(0, height)], -1);
  });
}

/** Indices of the boxes whose sides are both at least `minSize`: (N, 4) -> (K), int64. */
export function removeSmallBoxes(boxes: Tensor, minSize: number): Tensor {
  requireBoxes('removeSmallBoxes', boxes);
  return torch.scoped(() => {
    const sides = boxes.narrow(1, 2, 2).sub(boxes.narrow(1, 0, 2));
    return sides.ge(minSize).all(1).nonzero().select(1, 0);
  });
}

/**
 * The box around each mask, from its first to its last pixel: (N, H, W) -> (N, 4), float32.
 * @throws InputError for a mask without a pixel
 */
export function masksToBoxes(masks: Tensor): Tensor {
  requireTensor('masksToBoxes', 'masks', masks);
  if (masks.ndim !== 3)
    throw new ShapeError(`masksToBoxes: expected masks (N, H, W), found [${masks.shape.join(', ')}]`);
  return torch.scoped(() => {
    const found = Array.from({ length: masks.size(0) }, (_, i) => {
      const pixels = masks.select(0, i).ne(0).nonzero(); // (K, 2) of row and column
      if (pixels.size(0) === 0)
        throw new InputError(`masksToBoxes: expected masks with pixels in them, found mask ${i} empty`);
      return torch.cat([pixels.amin(0).flip(0), pixels.amax(0).flip(0)]);
    });
    return found.length === 0 ? torch.zeros([0, 4], { device: masks.device }) : torch.stack(found).to('float32');
  });
}
