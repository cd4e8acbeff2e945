import { InputError } from '../../errors';
import { bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface LinearLROptions extends SchedulerOptions {
  /** Factor of the first step, above 0 and up to 1. @default 1/3 */
  readonly startFactor?: number;
  /** Factor from `totalIters` on, between 0 and 1. @default 1 */
  readonly endFactor?: number;
  /** Steps from the one factor to the other. @default 5 */
  readonly totalIters?: number;
}

const defaults: Required<LinearLROptions> = { startFactor: 1 / 3, endFactor: 1, totalIters: 5, lastEpoch: -1 };

/** Moves the factor on the learning rate in a line from `startFactor` to `endFactor`. */
export class LinearLR extends LRScheduler {
  protected startFactor: number;
  protected endFactor: number;
  protected totalIters: number;

  constructor(...args: Arguments<[optimizer: Optimizer<ParamGroup>], LinearLROptions, 'LinearLR'>) {
    const { optimizer, startFactor, endFactor, totalIters, lastEpoch } = bindOptions('LinearLR', defaults, args);
    super(optimizer, { lastEpoch });
    if (!(startFactor > 0 && startFactor <= 1))
      throw new InputError(`LinearLR: startFactor must be above 0 and at most 1, got ${String(startFactor)}.`);
    if (!(endFactor >= 0 && endFactor <= 1))
      throw new InputError(`LinearLR: endFactor must be between 0 and 1, got ${String(endFactor)}.`);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.start();
  }

  protected computeLr(): number[] {
    const { lastEpoch, startFactor, endFactor, totalIters } = this;
    if (lastEpoch === 0) return this.scaledLr(startFactor);
    if (this.isInitial || lastEpoch > totalIters) return this.currentLr();
    const slope = endFactor - startFactor;
    return this.scaledLr(1 + slope / (totalIters * startFactor + (lastEpoch - 1) * slope));
  }

  protected override closedFormLr(): number[] {
    const { lastEpoch, startFactor, endFactor, totalIters } = this;
    return this.baseLrs.map(
      (rate) => rate * (startFactor + ((endFactor - startFactor) * Math.min(totalIters, lastEpoch)) / totalIters),
    );
  }
}
