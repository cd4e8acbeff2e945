import { Module } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { ModelFactory } from '../pretrained';

/** What the batch normalisations of published ResNets add to the variance. */
export const BATCH_NORM_EPS = 1e-5;

/**
 * Batch normalisation whose statistics, scale and shift stay as they were loaded: all four are buffers. Detectors use it
 * because their batches are too small to measure anything (torchvision's FrozenBatchNorm2d).
 */
export class FrozenBatchNorm2d extends Module {
  declare weight: Tensor;
  declare bias: Tensor;
  declare running_mean: Tensor;
  declare running_var: Tensor;

  constructor(
    readonly numFeatures: number,
    factory?: ModelFactory,
  ) {
    super();
    this.registerBuffer('weight', torch.ones([numFeatures], { ...factory }));
    this.registerBuffer('bias', torch.zeros([numFeatures], { ...factory }));
    this.registerBuffer('running_mean', torch.zeros([numFeatures], { ...factory }));
    this.registerBuffer('running_var', torch.ones([numFeatures], { ...factory }));
  }

  /** (B, numFeatures, H, W) to the same shape. */
  forward(input: Tensor): Tensor {
    const { scale, shift } = scaleAndShift(this);
    const overPixels = [1, -1, 1, 1]; // (C) -> (1, C, 1, 1)
    return input.mul(scale.view(overPixels)).add(shift.view(overPixels));
  }

  /** Files of normalisations that were trained count their batches. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    state.delete(`${prefix}num_batches_tracked`);
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=1e-05`;
  }
}

interface Statistics {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly running_mean: Tensor | null;
  readonly running_var: Tensor | null;
}

/** What a normalisation by running statistics multiplies each channel by and then adds: (C), (C). */
export function scaleAndShift({ weight, bias, running_mean, running_var }: Statistics): {
  scale: Tensor;
  shift: Tensor;
} {
  const scale = weight!.mul(running_var!.add(BATCH_NORM_EPS).rsqrt());
  return { scale, shift: bias!.sub(running_mean!.mul(scale)) };
}
