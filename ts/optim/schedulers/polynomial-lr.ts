import type { Optimizer } from '../optimizer';
import { bindOptions, type Arguments } from '../../nn/options';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface PolynomialLROptions extends SchedulerOptions {
  /** Steps until the learning rate is 0. @default 5 */
  readonly totalIters?: number;
  /** Power of the part of the steps that is left. @default 1 */
  readonly power?: number;
}

const defaults: Required<PolynomialLROptions> = { totalIters: 5, power: 1, lastEpoch: -1 };

/** Falls to 0 in `totalIters` steps as `(1 - step / totalIters) ** power`, and stays there. */
export class PolynomialLR extends LRScheduler {
  protected totalIters: number;
  protected power: number;

  constructor(...args: Arguments<[optimizer: Optimizer<ParamGroup>], PolynomialLROptions, 'PolynomialLR'>) {
    const { optimizer, totalIters, power, lastEpoch } = bindOptions('PolynomialLR', defaults, args);
    super(optimizer, { lastEpoch });
    this.totalIters = totalIters;
    this.power = power;
    this.start();
  }

  protected computeLr(): number[] {
    if (this.isInitial || this.lastEpoch > this.totalIters) return this.currentLr();
    return this.scaledLr((this.#left(this.lastEpoch) / this.#left(this.lastEpoch - 1)) ** this.power);
  }

  protected override closedFormLr(): number[] {
    const factor = this.#left(Math.min(this.totalIters, this.lastEpoch)) ** this.power;
    return this.baseLrs.map((rate) => rate * factor);
  }

  #left(step: number): number {
    return 1 - step / this.totalIters;
  }
}
