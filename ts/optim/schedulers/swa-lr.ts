import { InputError } from '../../errors';
import { requireSizes, bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface SWALROptions extends SchedulerOptions {
  /** Steps from the present learning rate to `swaLr`. @default 10 */
  readonly annealEpochs?: number;
  /** Form of the way. @default 'cos' */
  readonly annealStrategy?: 'cos' | 'linear';
}

const defaults: Required<SWALROptions> = { annealEpochs: 10, annealStrategy: 'cos', lastEpoch: -1 };

/** Moves the learning rate to a constant one for averaging weights (Izmailov et al. 2018, arXiv 1803.05407). */
export class SWALR extends LRScheduler {
  protected annealEpochs: number;
  protected annealStrategy: 'cos' | 'linear';

  /** @param swaLr the learning rate to go to, one for all groups or one for each */
  constructor(
    ...args: Arguments<[optimizer: Optimizer<ParamGroup>, swaLr: number | readonly number[]], SWALROptions, 'SWALR'>
  ) {
    const { optimizer, swaLr, annealEpochs, annealStrategy, lastEpoch } = bindOptions('SWALR', defaults, args);
    super(optimizer, { lastEpoch });
    requireSizes('SWALR', { annealEpochs });
    if (annealStrategy !== 'cos' && annealStrategy !== 'linear')
      throw new InputError(`SWALR: annealStrategy must be 'cos' or 'linear', got '${String(annealStrategy)}'.`);
    const rates = this.perGroup('swaLr', swaLr);
    for (const [i, group] of this.groups.entries()) group.swaLr = rates[i]!;
    this.annealEpochs = annealEpochs;
    this.annealStrategy = annealStrategy;
    this.start();
  }

  /** How far the rates have come after so many steps, 0 to 1. */
  #progress(step: number): number {
    const part = Math.max(0, Math.min(1, step / Math.max(1, this.annealEpochs)));
    return this.annealStrategy === 'cos' ? (1 - Math.cos(Math.PI * part)) / 2 : part;
  }

  protected computeLr(): number[] {
    const step = this.annealEpochs === 0 ? Math.max(1, this.stepCount - 1) : this.stepCount - 1;
    const [before, now] = [this.#progress(step - 1), this.#progress(step)];
    return this.groups.map(({ lr, swaLr }) => {
      const target = swaLr as number;
      const start = before === 1 ? target : (lr - before * target) / (1 - before);
      return target * now + start * (1 - now);
    });
  }
}
