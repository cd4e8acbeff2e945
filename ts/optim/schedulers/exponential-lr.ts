import type { Optimizer } from '../optimizer';
import { bindOptions, type Arguments } from '../../nn/options';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

const defaults: Required<SchedulerOptions> = { lastEpoch: -1 };

/** Multiplies the learning rate by `gamma` at each step. */
export class ExponentialLR extends LRScheduler {
  protected gamma: number;

  constructor(
    ...args: Arguments<[optimizer: Optimizer<ParamGroup>, gamma: number], SchedulerOptions, 'ExponentialLR'>
  ) {
    const { optimizer, gamma, lastEpoch } = bindOptions('ExponentialLR', defaults, args);
    super(optimizer, { lastEpoch });
    this.gamma = gamma;
    this.start();
  }

  protected computeLr(): number[] {
    return this.isInitial ? this.currentLr() : this.scaledLr(this.gamma);
  }

  protected override closedFormLr(): number[] {
    return this.baseLrs.map((rate) => rate * this.gamma ** this.lastEpoch);
  }
}
