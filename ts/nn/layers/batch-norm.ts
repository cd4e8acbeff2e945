import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import { Tensor } from '../../tensor';
import { batchNorm } from '../functional';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, resolveOptions, type FactoryOptions } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface BatchNormOptions extends FactoryOptions {
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
  /** Weight of the newest batch in the running statistics; null averages over all batches alike. @default 0.1 */
  readonly momentum?: number | null;
  /** Scale and shift each channel by trained numbers. @default true */
  readonly affine?: boolean;
  /** Keep running statistics for evaluation; without them each batch is normalised by its own. @default true */
  readonly trackRunningStats?: boolean;
  /** With `affine`: train a shift too. @default true */
  readonly bias?: boolean;
}

const defaults: Required<BatchNormOptions> = {
  eps: 1e-5,
  momentum: 0.1,
  affine: true,
  trackRunningStats: true,
  bias: true,
  ...factoryDefaults,
};

/** Zero mean and unit variance of each channel: (B, numFeatures, H, W) (Ioffe and Szegedy 2015, arXiv 1502.03167). */
export class BatchNorm2d extends Module {
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** (numFeatures) */
  weight: Parameter | null;
  /** (numFeatures) */
  bias: Parameter | null;
  /** (numFeatures) */
  declare running_mean: Tensor | null;
  /** (numFeatures); unbiased */
  declare running_var: Tensor | null;
  /** int64 scalar */
  declare num_batches_tracked: Tensor | null;

  constructor(
    readonly numFeatures: number,
    options: BatchNormOptions = {},
  ) {
    super();
    requireSizes('BatchNorm2d', { numFeatures });
    const {
      eps,
      momentum,
      affine,
      trackRunningStats: track,
      bias,
      ...factory
    } = resolveOptions('BatchNorm2d', defaults, options);
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = track;
    this.weight = affine ? new Parameter(torch.empty([numFeatures], factory)) : null;
    this.bias = affine && bias ? new Parameter(torch.empty([numFeatures], factory)) : null;
    this.registerBuffer('running_mean', track ? torch.zeros([numFeatures], factory) : null);
    this.registerBuffer('running_var', track ? torch.ones([numFeatures], factory) : null);
    this.registerBuffer('num_batches_tracked', track ? torch.zeros([], { device: factory.device, dtype: 'int64' }) : null);
    this.resetParameters();
  }

  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  resetRunningStats(): void {
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  forward(input: Tensor): Tensor {
    if (input.ndim !== 4)
      throw new ShapeError(`BatchNorm2d expects (B, C, H, W), got ${input.ndim} dimensions: [${input.shape.join(', ')}].`);
    const { weight, bias, eps, training, trackRunningStats } = this;
    const useBuffers = !training || trackRunningStats;
    return batchNorm(input, useBuffers ? this.running_mean : null, useBuffers ? this.running_var : null, {
      weight,
      bias,
      eps,
      momentum: this.#countBatch(),
      training: training || this.running_mean === null,
    });
  }

  /** The weight of this batch in the running statistics. */
  #countBatch(): number {
    if (!this.training || this.num_batches_tracked === null) return this.momentum ?? 0;
    this.num_batches_tracked.add_(1);
    return this.momentum ?? 1 / Number(this.num_batches_tracked.item());
  }

  /** Checkpoints older than PyTorch 0.4.1 do not count their batches. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const key = `${prefix}num_batches_tracked`;
    if (this.num_batches_tracked !== null && !state.has(key)) state.set(key, this.num_batches_tracked);
  }

  override extraRepr(): string {
    const { numFeatures, eps, affine, bias, trackRunningStats } = this;
    const momentum = this.momentum === null ? 'None' : repr.float(this.momentum);
    return (
      `${numFeatures}, eps=${repr.float(eps)}, momentum=${momentum}, affine=${repr.bool(affine)}, ` +
      `bias=${repr.bool(bias !== null)}, track_running_stats=${repr.bool(trackRunningStats)}`
    );
  }
}
