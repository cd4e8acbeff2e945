import { InputError } from '../../errors';
import { camelCase } from '../../tensor/schema';
import { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { snakeCase } from '../state-dict';

export interface SchedulerOptions {
  /** The number of the last step already made, to resume; -1 starts anew. @default -1 */
  readonly lastEpoch?: number;
}

/** What a scheduler remembers, under PyTorch's keys. */
export type SchedulerStateDict = Record<string, unknown>;

/** Where PyTorch's key is not the field's name in snake_case. */
const pythonKeys: Readonly<Record<string, string>> = { stepCount: '_step_count', lastLr: '_last_lr', tMax: 'T_max' };
const fieldNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(pythonKeys).map(([field, key]) => [key, field]),
);

/**
 * Base of the learning rate schedules. Each `step()` sets the learning rate of every group, from the group's present
 * one where PyTorch does so: two schedulers on one optimizer then multiply.
 *
 * Call `start()` at the end of a subclass's constructor: it makes the step to number 0.
 */
export abstract class LRScheduler {
  /** Learning rates before scheduling, one a group. */
  baseLrs: number[] = [];
  /** Number of the present step; 0 after construction. */
  lastEpoch: number;
  protected stepCount = 0;
  protected lastLr: number[] = [];
  /** True during the step to number 0. */
  #initial = false;
  readonly #optimizer: Optimizer<ParamGroup>;

  constructor(optimizer: Optimizer<ParamGroup>, options: SchedulerOptions = {}) {
    if (!(optimizer instanceof Optimizer))
      throw new InputError(`${new.target.name} takes an optimizer first, got ${typeof optimizer}.`);
    this.#optimizer = optimizer;
    this.lastEpoch = options.lastEpoch ?? -1;
  }

  get optimizer(): Optimizer<ParamGroup> {
    return this.#optimizer;
  }

  protected get groups(): readonly ParamGroup[] {
    return this.#optimizer.paramGroups;
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
    this.#set(this.computeLr());
  }

  /** Sets the learning rates of a step by its number, as `SequentialLR` does when a schedule's turn comes. */
  jump(epoch: number): void {
    this.lastEpoch = epoch;
    this.#set(this.closedFormLr() ?? this.computeLr());
  }

  #set(rates: readonly number[]): void {
    for (const [i, group] of this.groups.entries()) group.lr = rates[i] as number;
    this.lastLr = this.groups.map((group) => group.lr);
  }

  /** The learning rates set last, one a group. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** The learning rates as they stand. */
  protected currentLr(): number[] {
    return this.groups.map((group) => group.lr);
  }

  /** The learning rates as they stand, times `factor`. */
  protected scaledLr(factor: number): number[] {
    return this.groups.map((group) => group.lr * factor);
  }

  /** Takes back the step of the constructor: `SequentialLR` makes it again at the right time. */
  undo(): void {
    this.lastEpoch--;
  }

  /** Everything but the optimizer, under PyTorch's keys. */
  stateDict(): SchedulerStateDict {
    const fields = Object.entries(this).filter(([, value]) => typeof value !== 'function');
    return Object.fromEntries(fields.map(([field, value]) => [pythonKeys[field] ?? snakeCase(field), structuredClone(value)]));
  }

  loadStateDict(state: Readonly<SchedulerStateDict>): void {
    for (const [key, value] of Object.entries(state)) {
      const field = fieldNames[key] ?? camelCase(key);
      if (Object.hasOwn(this, field)) Reflect.set(this, field, structuredClone(value));
    }
  }
}
