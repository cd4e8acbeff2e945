import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions } from '../../options';
import { requireTensors } from '../../tensor/core/arguments';

export interface FocalLossOptions {
  /** Weight of the positive class, 1 - alpha that of the negative one; -1 weighs nothing. @default 0.25 */
  readonly alpha?: number;
  /** How much what is easy counts less. @default 2 */
  readonly gamma?: number;
  /** What becomes of the losses. @default 'none' */
  readonly reduction?: 'none' | 'mean' | 'sum';
}

/**
 * The focal loss of RetinaNet (Lin et al. 2017, arXiv 1708.02002), as torchvision defines it.
 * @param inputs logits of any shape
 * @param targets 0 or 1, of the same shape and floating point
 */
export function sigmoidFocalLoss(inputs: Tensor, targets: Tensor, options: FocalLossOptions = {}): Tensor {
  requireTensors('sigmoidFocalLoss', { inputs, targets });
  const { alpha, gamma, reduction } = resolveOptions<Required<FocalLossOptions>>(
    'sigmoidFocalLoss',
    { alpha: 0.25, gamma: 2, reduction: 'none' },
    options,
  );
  if (!(alpha >= 0 && alpha <= 1) && alpha !== -1)
    throw new InputError(`sigmoidFocalLoss: expected alpha from 0 to 1, or -1 for none, found ${alpha}`);
  if (!['none', 'mean', 'sum'].includes(reduction))
    throw new InputError(
      `sigmoidFocalLoss: expected the reduction 'none', 'mean' or 'sum', found ${String(reduction)}`,
    );
  if (inputs.shape.join() !== targets.shape.join()) {
    throw new ShapeError(
      `sigmoidFocalLoss: expected targets of the inputs' shape [${inputs.shape.join(', ')}], found [${targets.shape.join(', ')}]`,
    );
  }
  return torch.scoped(() => {
    const p = inputs.sigmoid();
    const none = 0; // at::Reduction::None
    const entropy = torch.ops.aten.binary_cross_entropy_with_logits.default(
      inputs,
      targets,
      null,
      null,
      none,
    ) as Tensor;
    const opposite = torch.rsub(targets, 1);
    const right = p.mul(targets).add(torch.rsub(p, 1).mul(opposite));
    let loss = entropy.mul(torch.rsub(right, 1).pow(gamma));
    if (alpha >= 0)
      loss = targets
        .mul(alpha)
        .add(opposite.mul(1 - alpha))
        .mul(loss);
    return reduction === 'mean' ? loss.mean() : reduction === 'sum' ? loss.sum() : loss;
  });
}
