import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { requireSizes, bindOptions, type Arguments } from '../../nn/options';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface StepLROptions extends SchedulerOptions {
  /** Factor at each period. @default 0.1 */
  readonly gamma?: number;
}

const defaults: Required<StepLROptions> = { gamma: 0.1, lastEpoch: -1 };

/** Multiplies the learning rate by `gamma` every `stepSize` steps. */
export class StepLR extends LRScheduler {
  protected stepSize: number;
  protected gamma: number;

  constructor(...args: Arguments<[optimizer: Optimizer<ParamGroup>, stepSize: number], StepLROptions, 'StepLR'>) {
    const { optimizer, stepSize, gamma, lastEpoch } = bindOptions('StepLR', defaults, args);
    super(optimizer, { lastEpoch });
    this.stepSize = stepSize;
    requireSizes('StepLR', { stepSize }, 1);
    this.gamma = gamma;
    this.start();
  }

  protected computeLr(): number[] {
    const turns = this.lastEpoch !== 0 && this.lastEpoch % this.stepSize === 0;
    return turns ? this.scaledLr(this.gamma) : this.currentLr();
  }

  protected override closedFormLr(): number[] {
    return this.baseLrs.map((rate) => rate * this.gamma ** Math.floor(this.lastEpoch / this.stepSize));
  }
}
