import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { bindOptions, type Arguments } from '../../nn/options';
import { LRScheduler } from './lr-scheduler';
import { checkMembers, schedulersOf } from './members';
import type { SchedulerStateDict } from './scheduler';

export interface ChainedOptions {
  /** Whose rates they set; null takes that of the schedulers. @default null */
  readonly optimizer?: Optimizer<ParamGroup> | null;
}

/** Several schedules that step together; each goes on from what the one before it has set. */
export class ChainedScheduler extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[];

  constructor(...args: Arguments<[schedulers: readonly LRScheduler[]], ChainedOptions, 'ChainedScheduler'>) {
    const bound = bindOptions('ChainedScheduler', { optimizer: null } as Required<ChainedOptions>, args);
    const schedulers = schedulersOf('ChainedScheduler', bound.schedulers);
    const own = bound.optimizer ?? schedulers[0]?.optimizer;
    if (own === undefined) throw new InputError('ChainedScheduler: expected at least one scheduler, found none');
    super(own);
    checkMembers('ChainedScheduler', own, schedulers);
    this.#schedulers = [...schedulers];
    this.lastLr = this.currentLr();
  }

  override step(): void {
    for (const scheduler of this.#schedulers) scheduler.step();
    this.lastLr = this.currentLr();
  }

  /** The schedulers have made their first steps themselves. */
  override restart(): void {
    this.step();
  }

  override jump(epoch: number): void {
    for (const scheduler of this.#schedulers) scheduler.jump(epoch);
    this.lastLr = this.currentLr();
  }

  override undo(): void {
    for (const scheduler of this.#schedulers) scheduler.undo();
  }

  protected computeLr(): number[] {
    return this.currentLr();
  }

  override stateDict(): SchedulerStateDict {
    return { _last_lr: this.getLastLr(), _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  override loadStateDict(state: Readonly<SchedulerStateDict>): void {
    super.loadStateDict(state);
    for (const [i, saved] of (state['_schedulers'] as SchedulerStateDict[]).entries())
      this.#schedulers[i]?.loadStateDict(saved);
  }
}
