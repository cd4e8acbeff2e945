import { ShapeError } from '../../errors';
import type { Tensor } from '../../tensor';
import { batchNorm } from '../functional';
import { factoryDefaults, bindOptions, type Arguments } from '../options';
import { RunningNorm, type RunningNormOptions } from './running-norm';

/** Of all batch norms, whatever their dimensions. */
export type BatchNormOptions = RunningNormOptions;

const defaults: Required<BatchNormOptions> = {
  eps: 1e-5,
  momentum: 0.1,
  affine: true,
  trackRunningStats: true,
  bias: true,
  ...factoryDefaults,
};

/** Zero mean and unit variance of each channel over the batch (Ioffe and Szegedy 2015, arXiv 1502.03167). */
export abstract class BatchNorm extends RunningNorm {
  constructor(...args: Arguments<[numFeatures: number], BatchNormOptions, 'BatchNorm'>) {
    super(bindOptions(new.target.name, defaults, args, 'BatchNorm'));
  }

  /** @throws ShapeError for a shape that this norm does not take */
  protected abstract checkInput(input: Tensor): void;

  forward(input: Tensor): Tensor {
    this.checkInput(input);
    return this.normalize(input, countBatch(this));
  }

  /** @param momentum weight of this batch in the running statistics */
  protected normalize(input: Tensor, momentum: number): Tensor {
    const { weight, bias, eps, training, trackRunningStats } = this;
    const useBuffers = !training || trackRunningStats;
    return batchNorm(input, useBuffers ? this.running_mean : null, useBuffers ? this.running_var : null, {
      weight,
      bias,
      eps,
      momentum,
      training: training || this.running_mean === null,
    });
  }
}

/** Counts this batch: its weight in the running statistics. */
function countBatch(norm: BatchNorm): number {
  if (!norm.training || norm.num_batches_tracked === null) return norm.momentum ?? 0;
  norm.num_batches_tracked.add_(1);
  return norm.momentum ?? 1 / Number(norm.num_batches_tracked.item());
}

abstract class BatchNormNd extends BatchNorm {
  /** The shapes taken, in words, by their count of dimensions. */
  protected abstract readonly inputs: Readonly<Record<number, string>>;

  protected checkInput(input: Tensor): void {
    if (Object.hasOwn(this.inputs, input.ndim)) return;
    const expected = Object.values(this.inputs).join(' or ');
    const found = `${input.ndim} dimensions: [${input.shape.join(', ')}]`;
    throw new ShapeError(`${this.constructor.name} expects ${expected}, got ${found}.`);
  }
}

/** Zero mean and unit variance of each channel over the batch: (B, numFeatures) or (B, numFeatures, L). */
export class BatchNorm1d extends BatchNormNd {
  protected get inputs(): Readonly<Record<number, string>> {
    return { 2: '(B, C)', 3: '(B, C, L)' };
  }
}

/** Zero mean and unit variance of each channel over the batch: (B, numFeatures, H, W). */
export class BatchNorm2d extends BatchNormNd {
  protected get inputs(): Readonly<Record<number, string>> {
    return { 4: '(B, C, H, W)' };
  }
}

/** Zero mean and unit variance of each channel over the batch: (B, numFeatures, D, H, W). */
export class BatchNorm3d extends BatchNormNd {
  protected get inputs(): Readonly<Record<number, string>> {
    return { 5: '(B, C, D, H, W)' };
  }
}
