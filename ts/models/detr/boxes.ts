/** Boxes as tensors, four numbers in the last dimension. Their formats on the host are those of ts/vision/boxes.ts. */
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';

/** Centre and size -> left, top, right, bottom: (*, 4) -> (*, 4). */
export function cxcywhToXyxy(boxes: Tensor): Tensor {
  const [centre, size] = [boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2)];
  const half = size.mul(0.5);
  return torch.cat([centre.sub(half), centre.add(half)], -1);
}

/** Product of width and height: (*, 2) -> (*). */
function area(size: Tensor): Tensor {
  return size.select(-1, 0).mul(size.select(-1, 1));
}

/**
 * Generalized overlap (Rezatofighi et al. 2019, arXiv 1902.09630) of boxes left, top, right, bottom: from -1 for far apart to
 * 1 for the same. Shapes broadcast: (*, 4), (*, 4) -> (*).
 */
export function generalizedIou(one: Tensor, other: Tensor): Tensor {
  const [oneStart, oneEnd] = [one.narrow(-1, 0, 2), one.narrow(-1, 2, 2)];
  const [otherStart, otherEnd] = [other.narrow(-1, 0, 2), other.narrow(-1, 2, 2)];
  const common = area(torch.minimum(oneEnd, otherEnd).sub(torch.maximum(oneStart, otherStart)).clampMin(0));
  const union = area(oneEnd.sub(oneStart))
    .add(area(otherEnd.sub(otherStart)))
    .sub(common);
  const around = area(torch.maximum(oneEnd, otherEnd).sub(torch.minimum(oneStart, otherStart)).clampMin(0));
  return common.div(union).sub(around.sub(union).div(around));
}
