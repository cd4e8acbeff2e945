import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { requireSizes, type FactoryOptions } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface RunningNormOptions extends FactoryOptions {
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
  /** Weight of the newest batch in the running statistics; null averages over all batches alike. @default 0.1 */
  readonly momentum?: number | null;
  /** Scale and shift each channel by trained numbers. @default true for batch norm, false for instance norm */
  readonly affine?: boolean;
  /** Keep running statistics for evaluation. @default true for batch norm, false for instance norm */
  readonly trackRunningStats?: boolean;
  /** With `affine`: train a shift too. @default true */
  readonly bias?: boolean;
}

/** What batch and instance normalisation share: the parameters, and statistics that run along. */
export abstract class RunningNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** (numFeatures) */
  declare weight: Parameter | null;
  /** (numFeatures) */
  declare bias: Parameter | null;
  /** (numFeatures) */
  declare running_mean: Tensor | null;
  /** (numFeatures); unbiased */
  declare running_var: Tensor | null;
  /** int64 scalar */
  declare num_batches_tracked: Tensor | null;

  protected constructor(options: Required<RunningNormOptions> & { readonly numFeatures: number }) {
    super();
    const { numFeatures, eps, momentum, affine, trackRunningStats: track, bias, ...factory } = options;
    requireSizes(new.target.name, { numFeatures });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = track;
    this.registerParameter('weight', affine ? new Parameter(torch.empty([numFeatures], factory)) : null);
    this.registerParameter('bias', affine && bias ? new Parameter(torch.empty([numFeatures], factory)) : null);
    this.registerBuffer('running_mean', track ? torch.zeros([numFeatures], factory) : null);
    this.registerBuffer('running_var', track ? torch.ones([numFeatures], factory) : null);
    this.registerBuffer(
      'num_batches_tracked',
      track ? torch.zeros([], { device: factory.device, dtype: 'int64' }) : null,
    );
    this.resetParameters();
  }

  abstract override forward(input: Tensor): Tensor;

  /** Fills `weight` with 1 and `bias` with 0, and forgets the running statistics. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  /** Forgets the running statistics: mean 0, variance 1, no batch seen. */
  resetRunningStats(): void {
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  /** Checkpoints older than PyTorch 0.4.1 do not count their batches, nor do those of frozen normalisations. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const key = `${prefix}num_batches_tracked`;
    const own = this.num_batches_tracked;
    // On the meta device, where models are built that a checkpoint fills, the module's own has no value.
    if (own !== null && !state.has(key))
      state.set(key, own.device === 'meta' ? torch.zeros([], { dtype: 'int64' }) : own);
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
