import { InputError } from '../../errors';
import { bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface ConstantLROptions extends SchedulerOptions {
  /** Factor until `totalIters`, between 0 and 1. @default 1/3 */
  readonly factor?: number;
  /** Steps that the factor holds for. @default 5 */
  readonly totalIters?: number;
}

const defaults: Required<ConstantLROptions> = { factor: 1 / 3, totalIters: 5, lastEpoch: -1 };

/** Multiplies the learning rate by `factor` for the first `totalIters` steps. */
export class ConstantLR extends LRScheduler {
  protected factor: number;
  protected totalIters: number;

  constructor(...args: Arguments<[optimizer: Optimizer<ParamGroup>], ConstantLROptions, 'ConstantLR'>) {
    const { optimizer, factor, totalIters, lastEpoch } = bindOptions('ConstantLR', defaults, args);
    super(optimizer, { lastEpoch });
    if (!(factor >= 0 && factor <= 1))
      throw new InputError(`ConstantLR: factor must be between 0 and 1, got ${String(factor)}.`);
    this.factor = factor;
    this.totalIters = totalIters;
    this.start();
  }

  protected computeLr(): number[] {
    if (this.lastEpoch === 0) return this.scaledLr(this.factor);
    return this.lastEpoch === this.totalIters ? this.scaledLr(1 / this.factor) : this.currentLr();
  }

  protected override closedFormLr(): number[] {
    const factor = this.lastEpoch >= this.totalIters ? this.factor + (1 - this.factor) : this.factor;
    return this.baseLrs.map((rate) => rate * factor);
  }
}
