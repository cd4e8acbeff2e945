import { isInitialized } from '../../distributed/init';
import { groupOf, ProcessGroup } from '../../distributed/process-group';
import { ShapeError } from '../../errors';
import { resolveOptions } from '../../options';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import '../module-shorthands';
import { bindOptions, expected, factoryDefaults, type Arguments } from '../options';
import { BatchNorm, type BatchNormOptions } from './batch-norm';
import { syncBatchNorm } from './sync-statistics';

export interface SyncBatchNormOptions extends BatchNormOptions {
  /** The processes whose batches are normalised as one. @default all */
  readonly processGroup?: ProcessGroup | null;
}

const defaults: Required<SyncBatchNormOptions> = {
  eps: 1e-5,
  momentum: 0.1,
  affine: true,
  trackRunningStats: true,
  processGroup: null,
  bias: true,
  ...factoryDefaults,
};

export interface ConvertSyncBatchnormOptions {
  /** The processes whose batches are normalised as one. @default all */
  readonly processGroup?: ProcessGroup | null;
}

/**
 * Zero mean and unit variance of each channel over the batches of all processes, in training: (B, numFeatures, *), of as many samples
 * as each process has. Forward and backward pass wait for the other processes, and the event loop waits with them. In evaluation, in
 * one process, and without `initProcessGroup` it is a batch norm. PyTorch's takes tensors of GPUs alone; this one those of the CPU, too.
 */
export class SyncBatchNorm extends BatchNorm {
  readonly processGroup: ProcessGroup | null;

  constructor(...args: Arguments<[numFeatures: number], SyncBatchNormOptions, 'SyncBatchNorm'>) {
    const { processGroup, ...options } = bindOptions('SyncBatchNorm', defaults, args);
    if (processGroup !== null && !(processGroup instanceof ProcessGroup))
      throw expected('SyncBatchNorm', 'a process group or null for processGroup', processGroup);
    super(options);
    this.processGroup = processGroup;
  }

  protected override checkInput({ ndim, shape }: Tensor): void {
    if (ndim < 2 || shape[1] !== this.numFeatures)
      throw new ShapeError(`SyncBatchNorm expects (B, ${this.numFeatures}, *), got [${shape.join(', ')}].`);
  }

  protected override normalize(input: Tensor, momentum: number): Tensor {
    const group = this.training && isInitialized() ? groupOf('SyncBatchNorm', this.processGroup) : null;
    if (group === null || group.size === 1) return super.normalize(input, momentum);
    const { running_mean: mean, running_var: variance, weight, bias, eps } = this;
    const running = mean && variance && this.trackRunningStats ? { mean, variance, momentum } : null;
    return syncBatchNorm(input, weight, bias, running, eps, group);
  }

  /**
   * Puts a SyncBatchNorm in the place of each batch norm of a module, with its parameters and statistics.
   * @returns the module; where that is a batch norm itself, what stands for it
   */
  static convertSyncBatchnorm(module: Module, options: ConvertSyncBatchnormOptions = {}): Module {
    if (!(module instanceof Module)) throw expected('convertSyncBatchnorm', 'a module', module);
    const { processGroup } = resolveOptions<Required<ConvertSyncBatchnormOptions>>(
      'convertSyncBatchnorm',
      { processGroup: null },
      options,
    );
    if (module instanceof BatchNorm) return converted(module, processGroup);
    const made = new Map<BatchNorm, SyncBatchNorm>(); // a norm that occurs twice stays one
    for (const [name, norm] of module.namedModules('', false)) {
      if (!(norm instanceof BatchNorm)) continue;
      const sync = made.get(norm) ?? converted(norm, processGroup);
      made.set(norm, sync);
      module.setSubmodule(name, sync);
    }
    return module;
  }
}

/** A SyncBatchNorm over the same parameters and statistics. */
function converted(norm: BatchNorm, processGroup: ProcessGroup | null): SyncBatchNorm {
  const { numFeatures, eps, momentum, affine, trackRunningStats, training } = norm;
  const bias = norm.bias !== null;
  const options = { eps, momentum, affine, trackRunningStats, processGroup, bias, device: 'meta' as const };
  const result = new SyncBatchNorm(numFeatures, options);
  const { weight, running_mean, running_var, num_batches_tracked } = norm;
  return Object.assign(result, { weight, bias: norm.bias, running_mean, running_var, num_batches_tracked, training });
}
