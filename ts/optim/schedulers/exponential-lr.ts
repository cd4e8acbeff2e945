import type { Optimizer } from '../optimizer';
import { bindOptions, type Positional } from '../../nn/positions';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

const defaults: Required<SchedulerOptions> = { lastEpoch: -1 };

/** Multiplies the learning rate by `gamma` at each step. */
export class ExponentialLR extends LRScheduler {
  constructor(
    optimizer: Optimizer<ParamGroup>,
    protected gamma: number,
    ...given: Positional<SchedulerOptions, 'ExponentialLR'>
  ) {
    const { lastEpoch } = bindOptions('ExponentialLR', defaults, given);
    super(optimizer, { lastEpoch });
    this.start();
  }

  protected computeLr(): number[] {
    return this.isInitial ? this.currentLr() : this.scaledLr(this.gamma);
  }

  protected override closedFormLr(): number[] {
    return this.baseLrs.map((rate) => rate * this.gamma ** this.lastEpoch);
  }
}
