import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions, requireTensors } from '../options';
import { reduce, requireSameShape, type Reduction } from './losses';

export interface BoxLossOptions {
  /** What becomes of the losses of the pairs. @default 'none' */
  readonly reduction?: Reduction;
  /** Added to the areas that are divided by. @default 1e-7 */
  readonly eps?: number;
}

/**
 * `1 - GIoU` of pairs of boxes, corners as xmin, ymin, xmax, ymax: (M, 4), (M, 4) -> (M)
 * (Rezatofighi et al. 2019, arXiv 1902.09630), as torchvision defines it. No pairs have the mean 0.
 */
export function generalizedBoxIouLoss(boxes1: Tensor, boxes2: Tensor, options: BoxLossOptions = {}): Tensor {
  requireTensors('generalizedBoxIouLoss', { boxes1, boxes2 });
  const defaults: Required<BoxLossOptions> = { reduction: 'none', eps: 1e-7 };
  const { reduction, eps } = resolveOptions('generalizedBoxIouLoss', defaults, options);
  requireSameShape('generalizedBoxIouLoss', boxes1, boxes2, 'boxes2');
  if (boxes1.shape.at(-1) !== 4)
    throw new ShapeError(`generalizedBoxIouLoss expects boxes (M, 4), got [${boxes1.shape.join(', ')}].`);
  const [a, b] = [corners(boxes1), corners(boxes2)];
  const overlap = area([a[0].maximum(b[0]), a[1].maximum(b[1]), a[2].minimum(b[2]), a[3].minimum(b[3])], true);
  const hull = area([a[0].minimum(b[0]), a[1].minimum(b[1]), a[2].maximum(b[2]), a[3].maximum(b[3])]);
  const union = area(a).add(area(b)).sub(overlap);
  const gap = hull.sub(union).div(hull.add(eps));
  const losses = torch.rsub(overlap.div(union.add(eps)).sub(gap), 1);
  return reduction === 'mean' && losses.numel() === 0 ? losses.sum().mul(0) : reduce(losses, reduction);
}

type Corners = readonly [xmin: Tensor, ymin: Tensor, xmax: Tensor, ymax: Tensor];

function corners(boxes: Tensor): Corners {
  return boxes.unbind(-1) as [Tensor, Tensor, Tensor, Tensor];
}

/** With `orZero`, a box whose sides have no length, or less, has no area and no gradient. */
function area([xmin, ymin, xmax, ymax]: Corners, orZero = false): Tensor {
  const product = xmax.sub(xmin).mul(ymax.sub(ymin));
  return orZero ? torch.where(xmax.gt(xmin).logicalAnd(ymax.gt(ymin)), product, torch.zerosLike(product)) : product;
}
