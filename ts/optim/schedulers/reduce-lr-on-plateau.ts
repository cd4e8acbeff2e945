import { InputError } from '../../errors';
import { bindOptions, type Arguments } from '../../nn/options';
import { Tensor } from '../../tensor';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { Scheduler, type SchedulerStateDict } from './scheduler';

export interface ReduceLROnPlateauOptions {
  /** Whether the metric is to fall or to rise. @default 'min' */
  readonly mode?: 'min' | 'max';
  /** Factor on the learning rate, below 1. @default 0.1 */
  readonly factor?: number;
  /** Steps without progress that are borne. @default 10 */
  readonly patience?: number;
  /** What counts as progress. @default 1e-4 */
  readonly threshold?: number;
  /** Whether `threshold` is a part of the best metric or a difference to it. @default 'rel' */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Steps after a reduction in which nothing is counted. @default 0 */
  readonly cooldown?: number;
  /** Least learning rate, one for all groups or one for each. @default 0 */
  readonly minLr?: number | readonly number[];
  /** A reduction by less is left out. @default 1e-8 */
  readonly eps?: number;
}

const defaults: Required<ReduceLROnPlateauOptions> = {
  mode: 'min',
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: 'rel',
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
};

/** Reduces the learning rate when a metric makes no more progress. */
export class ReduceLROnPlateau extends Scheduler {
  /** Number of the present step; 0 after construction. */
  lastEpoch = 0;
  protected factor: number;
  protected minLrs: number[];
  /** The least rate of groups that join later; null where each group has its own. */
  protected defaultMinLr: number | null;
  protected patience: number;
  protected cooldown: number;
  protected eps: number;
  protected mode: 'min' | 'max';
  protected threshold: number;
  protected thresholdMode: 'rel' | 'abs';
  /** What any metric is better than. */
  protected modeWorse: number;
  protected best: number;
  protected cooldownCounter = 0;
  protected numBadEpochs = 0;

  constructor(...args: Arguments<[optimizer: Optimizer<ParamGroup>], ReduceLROnPlateauOptions, 'ReduceLROnPlateau'>) {
    const { optimizer, minLr, mode, factor, thresholdMode, ...rest } = bindOptions('ReduceLROnPlateau', defaults, args);
    super(optimizer);
    if (!(factor < 1)) throw new InputError(`ReduceLROnPlateau: factor must be below 1, got ${String(factor)}.`);
    if (mode !== 'min' && mode !== 'max')
      throw new InputError(`ReduceLROnPlateau: mode must be 'min' or 'max', got '${String(mode)}'.`);
    if (thresholdMode !== 'rel' && thresholdMode !== 'abs')
      throw new InputError(`ReduceLROnPlateau: thresholdMode must be 'rel' or 'abs', got '${String(thresholdMode)}'.`);
    this.factor = factor;
    this.minLrs = this.perGroup('minLr', minLr);
    this.defaultMinLr = typeof minLr === 'number' ? minLr : null;
    this.patience = rest.patience;
    this.cooldown = rest.cooldown;
    this.eps = rest.eps;
    this.mode = mode;
    this.threshold = rest.threshold;
    this.thresholdMode = thresholdMode;
    this.best = this.modeWorse = worst(mode);
    this.lastLr = this.currentLr();
  }

  /** Takes note of the metric of an epoch, and reduces the learning rates when it has been no better for too long. */
  step(metric: number | Tensor): void {
    const current = metric instanceof Tensor ? Number(metric.item()) : metric;
    if (typeof current !== 'number')
      throw new InputError(`ReduceLROnPlateau: step() takes the metric to watch, a number, got ${typeof current}.`);
    this.lastEpoch++;
    if (this.#isBetter(current)) {
      this.best = current;
      this.numBadEpochs = 0;
    } else this.numBadEpochs++;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.patience) {
      this.#reduce();
      this.cooldownCounter = this.cooldown;
      this.numBadEpochs = 0;
    }
    this.lastLr = this.currentLr();
  }

  #isBetter(metric: number): boolean {
    const margin = this.thresholdMode === 'abs' ? this.threshold : null;
    if (this.mode === 'min') return metric < (margin === null ? this.best * (1 - this.threshold) : this.best - margin);
    return metric > (margin === null ? this.best * (1 + this.threshold) : this.best + margin);
  }

  #reduce(): void {
    if (this.minLrs.length !== this.groups.length)
      this.minLrs = this.perGroup('minLr', this.defaultMinLr ?? this.minLrs);
    for (const [i, group] of this.groups.entries()) {
      const reduced = Math.max(group.lr * this.factor, this.minLrs[i]!);
      if (group.lr - reduced > this.eps) group.lr = reduced;
    }
  }

  override loadStateDict(state: Readonly<SchedulerStateDict>): void {
    super.loadStateDict(state);
    this.modeWorse = worst(this.mode);
    // JSON has no infinity and writes null.
    (this.best as number | null) ??= this.modeWorse;
  }
}

function worst(mode: 'min' | 'max'): number {
  return mode === 'min' ? Infinity : -Infinity;
}
