import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { requireSizes, bindOptions, type Arguments } from '../../nn/options';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface CosineAnnealingLROptions extends SchedulerOptions {
  /** Learning rate at the bottom. @default 0 */
  readonly etaMin?: number;
}

const defaults: Required<CosineAnnealingLROptions> = { etaMin: 0, lastEpoch: -1 };

/** Half a cosine from the base rate down to `etaMin` in `tMax` steps, and up again after (SGDR without restarts, arXiv 1608.03983). */
export class CosineAnnealingLR extends LRScheduler {
  protected tMax: number;
  protected etaMin: number;

  constructor(
    ...args: Arguments<[optimizer: Optimizer<ParamGroup>, tMax: number], CosineAnnealingLROptions, 'CosineAnnealingLR'>
  ) {
    const { optimizer, tMax, etaMin, lastEpoch } = bindOptions('CosineAnnealingLR', defaults, args);
    super(optimizer, { lastEpoch });
    this.tMax = tMax;
    requireSizes('CosineAnnealingLR', { tMax }, 1);
    this.etaMin = etaMin;
    this.start();
  }

  protected computeLr(): number[] {
    const { lastEpoch, tMax, etaMin } = this;
    if (this.isInitial) return this.currentLr();
    if (this.stepCount === 1 && lastEpoch > 0) return this.closedFormLr();
    if ((lastEpoch - 1 - tMax) % (2 * tMax) === 0) {
      // At the bottom the ratio below would divide by zero.
      return this.groups.map(
        ({ lr }, i) => lr + (((this.baseLrs[i] as number) - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2,
      );
    }
    const ratio = (1 + Math.cos((Math.PI * lastEpoch) / tMax)) / (1 + Math.cos((Math.PI * (lastEpoch - 1)) / tMax));
    return this.groups.map(({ lr }) => ratio * (lr - etaMin) + etaMin);
  }

  protected override closedFormLr(): number[] {
    const { lastEpoch, tMax, etaMin } = this;
    return this.baseLrs.map((rate) => etaMin + ((rate - etaMin) * (1 + Math.cos((Math.PI * lastEpoch) / tMax))) / 2);
  }
}
