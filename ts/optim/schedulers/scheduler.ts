import { InputError } from '../../errors';
import { expected } from '../../options';
import { camelCase } from '../../tensor/operators/schema';
import { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { snakeCase } from '../state-dict';

/** What a scheduler remembers, under PyTorch's keys. */
export type SchedulerStateDict = Record<string, unknown>;

/** Where PyTorch's key is not the field's name in snake_case. */
const pythonKeys: Readonly<Record<string, string>> = {
  stepCount: '_step_count',
  lastLr: '_last_lr',
  tMax: 'T_max',
  t0: 'T_0',
  ti: 'T_i',
  tMult: 'T_mult',
  tCur: 'T_cur',
  schedulePhases: '_schedule_phases',
  annealFuncType: '_anneal_func_type',
  annealStrategy: '_anneal_strategy',
};
const fieldNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(pythonKeys).map(([field, key]) => [key, field]),
);

/** Base of what sets the learning rates of an optimizer. Its public and protected fields are its state. */
export abstract class Scheduler {
  protected lastLr: number[] = [];
  readonly #optimizer: Optimizer<ParamGroup>;

  constructor(optimizer: Optimizer<ParamGroup>) {
    if (!(optimizer instanceof Optimizer))
      throw expected(new.target.name, 'an optimizer for optimizer', optimizer, 'pass it first', InputError);
    this.#optimizer = optimizer;
  }

  /** Whose learning rates it sets. */
  get optimizer(): Optimizer<ParamGroup> {
    return this.#optimizer;
  }

  protected get groups(): readonly ParamGroup[] {
    return this.#optimizer.paramGroups;
  }

  /** The learning rates set last, one a group. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** The learning rates as they stand. */
  protected currentLr(): number[] {
    return this.groups.map((group) => group.lr);
  }

  /** One value for all groups, or one for each, as a list. */
  protected perGroup<T>(name: string, value: T | readonly T[]): T[] {
    if (!Array.isArray(value)) return this.groups.map(() => value as T);
    if (value.length === this.groups.length) return [...(value as readonly T[])];
    const [wanted, owner] = [this.groups.length, this.constructor.name];
    throw new InputError(
      `${owner}: expected ${wanted} values for ${name}, one a parameter group, found ${value.length}`,
    );
  }

  /** Everything but the optimizer, under PyTorch's keys. */
  stateDict(): SchedulerStateDict {
    const fields = Object.entries(this).filter(([, value]) => typeof value !== 'function');
    return Object.fromEntries(
      fields.map(([field, value]) => [pythonKeys[field] ?? snakeCase(field), structuredClone(value)]),
    );
  }

  /** Takes over what `stateDict()` gave, here or in Python; keys that it does not know are passed over. The optimizer's learning rates are not changed. */
  loadStateDict(state: Readonly<SchedulerStateDict>): void {
    for (const [key, value] of Object.entries(state)) {
      const field = fieldNames[key] ?? camelCase(key);
      if (Object.hasOwn(this, field)) Reflect.set(this, field, structuredClone(value));
    }
  }
}
