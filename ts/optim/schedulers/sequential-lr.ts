import { InputError } from '../../errors';
import { bindOptions, type Arguments } from '../../nn/options';
import { itemsOf } from '../../options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { checkMembers, schedulersOf } from './members';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';
import type { SchedulerStateDict } from './scheduler';

const defaults: Required<SchedulerOptions> = { lastEpoch: -1 };

/** One schedule after the other: the next takes over at each milestone, a step number. */
export class SequentialLR extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[];
  #milestones: readonly number[];

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer<ParamGroup>, schedulers: readonly LRScheduler[], milestones: readonly number[]],
      SchedulerOptions,
      'SequentialLR'
    >
  ) {
    const { optimizer, schedulers, milestones, lastEpoch } = bindOptions('SequentialLR', defaults, args);
    super(optimizer, { lastEpoch: lastEpoch + 1 });
    this.#schedulers = schedulersOf('SequentialLR', schedulers);
    checkMembers('SequentialLR', optimizer, this.#schedulers);
    this.#milestones = itemsOf('SequentialLR', 'a list of step numbers for milestones', milestones);
    const [found, wanted] = [this.#milestones.length, this.#schedulers.length - 1];
    if (found !== wanted)
      throw new InputError(`SequentialLR: expected ${wanted} milestones, one less than schedulers, found ${found}`);
    this.start();
  }

  /** Takes back the first steps that the schedulers made when they were built, and makes that of the first one. */
  protected override start(): void {
    for (const group of this.groups) group.lr = group.initialLr as number;
    this.undoSchedulers();
    const first = this.#at(0);
    first.restart();
    this.lastLr = first.getLastLr();
  }

  protected undoSchedulers(): void {
    for (const scheduler of this.#schedulers) scheduler.undo();
  }

  override undo(): void {
    this.undoSchedulers();
  }

  override restart(): void {
    this.step();
  }

  #at(epoch: number): LRScheduler {
    return this.#schedulers[this.#milestones.filter((milestone) => milestone <= epoch).length] as LRScheduler;
  }

  override step(): void {
    this.lastEpoch++;
    const scheduler = this.#at(this.lastEpoch);
    if (this.#milestones.includes(this.lastEpoch)) scheduler.jump(0);
    else scheduler.step();
    this.lastLr = scheduler.getLastLr();
  }

  protected computeLr(): number[] {
    return this.currentLr();
  }

  override stateDict(): SchedulerStateDict {
    const { last_epoch, _last_lr } = super.stateDict();
    return {
      _milestones: [...this.#milestones],
      last_epoch,
      _last_lr,
      _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()),
    };
  }

  override loadStateDict(state: Readonly<SchedulerStateDict>): void {
    super.loadStateDict(state);
    this.#milestones = [...(state['_milestones'] as number[])];
    for (const [i, saved] of (state['_schedulers'] as SchedulerStateDict[]).entries())
      this.#schedulers[i]?.loadStateDict(saved);
  }
}
