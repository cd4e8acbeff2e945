import { InputError } from '../../errors';
import { resolveOptions } from '../../options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { Scheduler } from './scheduler';

export interface SchedulerOptions {
  /** The number of the last step already made, to resume; -1 starts anew. @default -1 */
  readonly lastEpoch?: number;
}

/**
 * Base of the learning rate schedules. Each `step()` sets the learning rate of every group, from the group's present
 * one where PyTorch does so: two schedulers on one optimizer then multiply.
 *
 * Call `start()` at the end of a subclass's constructor: it makes the step to number 0.
 */
export abstract class LRScheduler extends Scheduler {
  /** Learning rates before scheduling, one a group. */
  baseLrs: number[] = [];
  /** Number of the present step; 0 after construction. */
  lastEpoch: number;
  protected stepCount = 0;
  /** True during the step to number 0. */
  #initial = false;

  constructor(optimizer: Optimizer<ParamGroup>, options: SchedulerOptions = {}) {
    super(optimizer);
    this.lastEpoch = resolveOptions<Required<SchedulerOptions>>(new.target.name, { lastEpoch: -1 }, options).lastEpoch;
  }

  /** Whether this is the step to number 0, made by the constructor. */
  protected get isInitial(): boolean {
    return this.#initial;
  }

  /** Notes the learning rates to scale and sets those of the first step. */
  protected start(): void {
    for (const [i, group] of this.groups.entries()) {
      if (this.lastEpoch === -1) group.initialLr ??= group.lr;
      else if (group.initialLr === undefined) {
        throw new InputError(
          `${this.constructor.name}: group ${i} has no initialLr to resume from: load the optimizer's state first.`,
        );
      }
    }
    this.baseLrs = this.groups.map((group) => group.initialLr as number);
    this.restart();
  }

  /** Sets the learning rates of the step after `lastEpoch`, as the first one. */
  restart(): void {
    this.stepCount = 0;
    this.#initial = true;
    try {
      this.step();
    } finally {
      this.#initial = false;
    }
  }

  /** The learning rates for `lastEpoch`, one a group. */
  protected abstract computeLr(): number[];

  /** The learning rates for `lastEpoch` from the base rates alone, where the schedule has such a form. */
  protected closedFormLr(): number[] | null {
    return null;
  }

  /** Sets the learning rates of the next step. Call it after the optimizer's `step()`. */
  step(): void {
    this.stepCount++;
    this.lastEpoch++;
    this.setLr(this.computeLr());
  }

  /** Sets the learning rates of a step by its number, as `SequentialLR` does when a schedule's turn comes. */
  jump(epoch: number): void {
    this.lastEpoch = epoch;
    this.setLr(this.closedFormLr() ?? this.computeLr());
  }

  /** Gives the groups their rates. */
  protected setLr(rates: readonly number[]): void {
    for (const [i, group] of this.groups.entries()) group.lr = rates[i] as number;
    this.lastLr = this.groups.map((group) => group.lr);
  }

  /** The learning rates as they stand, times `factor`. */
  protected scaledLr(factor: number): number[] {
    return this.groups.map((group) => group.lr * factor);
  }

  /** Takes back the step of the constructor: `SequentialLR` makes it again at the right time. */
  undo(): void {
    this.lastEpoch--;
  }
}

/** Whether the momentum that a schedule moves is the first beta; throws where the optimizer has neither. */
export function usesBeta1(owner: string, { defaults }: Optimizer<ParamGroup>): boolean {
  if ('betas' in defaults) return true;
  if ('momentum' in defaults) return false;
  throw new InputError(
    `${owner}: cycleMomentum needs an optimizer with momentum or betas: set cycleMomentum to false.`,
  );
}

export function setMomentum(group: ParamGroup, momentum: number, beta1: boolean): void {
  if (beta1) group.betas = [momentum, group.betas![1]];
  else group.momentum = momentum;
}
