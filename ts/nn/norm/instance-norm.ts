import { ShapeError } from '../../errors';
import type { Tensor } from '../../tensor';
import { instanceNorm } from '../functional';
import { factoryDefaults, bindOptions, type Arguments } from '../options';
import { RunningNorm, type RunningNormOptions } from './running-norm';

/** Of all instance norms, whatever their dimensions. */
export type InstanceNormOptions = RunningNormOptions;

const defaults: Required<InstanceNormOptions> = {
  eps: 1e-5,
  momentum: 0.1,
  affine: false,
  trackRunningStats: false,
  bias: true,
  ...factoryDefaults,
};

/** Zero mean and unit variance of each channel of each sample (Ulyanov et al. 2016, arXiv 1607.08022). */
abstract class InstanceNorm extends RunningNorm {
  constructor(...args: Arguments<[numFeatures: number], InstanceNormOptions, 'InstanceNorm'>) {
    super(bindOptions(new.target.name, defaults, args, 'InstanceNorm'));
  }

  /** Dimensions of a batch. */
  protected abstract readonly dimensions: number;

  forward(input: Tensor): Tensor {
    const { dimensions, numFeatures } = this;
    const batched = input.ndim === dimensions;
    if (!batched && input.ndim !== dimensions - 1) {
      const expected = `${dimensions} dimensions, or ${dimensions - 1} without a batch`;
      throw new ShapeError(`${this.constructor.name} expects ${expected}, got [${input.shape.join(', ')}].`);
    }
    if (this.affine && input.shape.at(1 - dimensions) !== numFeatures)
      throw new ShapeError(
        `${this.constructor.name} expects ${numFeatures} channels, got [${input.shape.join(', ')}].`,
      );
    return batched ? normalized(this, input) : normalized(this, input.unsqueeze(0)).squeeze(0); // (C, *) -> (1, C, *) -> (C, *)
  }
}

function normalized(norm: InstanceNorm, input: Tensor): Tensor {
  const { running_mean: runningMean, running_var: runningVar, weight, bias, eps } = norm;
  const useInputStats = norm.training || !norm.trackRunningStats;
  return instanceNorm(input, {
    runningMean,
    runningVar,
    weight,
    bias,
    useInputStats,
    momentum: norm.momentum ?? 0,
    eps,
  });
}

/** Zero mean and unit variance of each channel of each sample: (B, numFeatures, L), or (numFeatures, L). */
export class InstanceNorm1d extends InstanceNorm {
  protected get dimensions(): number {
    return 3;
  }
}

/** Zero mean and unit variance of each channel of each sample: (B, numFeatures, H, W), or (numFeatures, H, W). */
export class InstanceNorm2d extends InstanceNorm {
  protected get dimensions(): number {
    return 4;
  }
}

/** Zero mean and unit variance of each channel of each sample: (B, numFeatures, D, H, W), or (numFeatures, D, H, W). */
export class InstanceNorm3d extends InstanceNorm {
  protected get dimensions(): number {
    return 5;
  }
}
