import { itemsOf } from '../../options';
import type { Optimizer } from '../optimizer';
import { bindOptions, type Arguments } from '../../nn/options';
import type { ParamGroup } from '../param-group';
import { LRScheduler } from './lr-scheduler';
import type { StepLROptions } from './step-lr';

const defaults: Required<StepLROptions> = { gamma: 0.1, lastEpoch: -1 };

/** Multiplies the learning rate by `gamma` at each milestone, a step number; one that occurs twice counts twice. */
export class MultiStepLR extends LRScheduler {
  /** How often each milestone occurs. */
  protected milestones: Record<number, number> = {};
  protected gamma: number;

  constructor(
    ...args: Arguments<[optimizer: Optimizer<ParamGroup>, milestones: Iterable<number>], StepLROptions, 'MultiStepLR'>
  ) {
    const { optimizer, milestones, gamma, lastEpoch } = bindOptions('MultiStepLR', defaults, args);
    super(optimizer, { lastEpoch });
    this.gamma = gamma;
    for (const milestone of itemsOf('MultiStepLR', 'a list of step numbers for milestones', milestones))
      this.milestones[milestone] = (this.milestones[milestone] ?? 0) + 1;
    this.start();
  }

  protected computeLr(): number[] {
    const times = this.milestones[this.lastEpoch];
    return times === undefined ? this.currentLr() : this.scaledLr(this.gamma ** times);
  }

  protected override closedFormLr(): number[] {
    const passed = Object.entries(this.milestones).filter(([milestone]) => Number(milestone) <= this.lastEpoch);
    const times = passed.reduce((sum, [, count]) => sum + count, 0);
    return this.baseLrs.map((rate) => rate * this.gamma ** times);
  }
}
