/** Parameters that begin to train later than others. */
import { InputError } from '../errors';
import type { Module, Parameter } from '../nn';
import type { Optimizer } from '../optim';
import { checkOptions, expected } from '../options';
import { byFirstMatch, type Pattern } from './patterns';

/** Parameters that are frozen until an epoch begins. */
export interface UnfreezeRule {
  /** The first epoch that trains them; epochs count from 1. */
  readonly epoch: number;
  readonly pattern: Pattern;
}

/** The parameters that each rule holds back, in the order of the rules. */
export class GradualUnfreezing {
  readonly #waiting: readonly {
    readonly epoch: number;
    readonly parameters: readonly (readonly [string, Parameter])[];
  }[];

  /** @throws InputError for a rule that does not hold */
  constructor(model: Module, rules: readonly UnfreezeRule[]) {
    for (const rule of rules) {
      checkOptions('fit: unfreeze', rule, ['epoch', 'pattern']);
      if (!Number.isInteger(rule.epoch) || rule.epoch < 2)
        throw expected('fit: unfreeze', 'a whole number from 2 on for epoch', rule.epoch, '', InputError);
    }
    const patterns = rules.map(({ pattern }) => pattern);
    const matched = byFirstMatch('fit: unfreeze', model.namedParameters(), patterns);
    this.#waiting = rules.map(({ epoch }, i) => ({ epoch, parameters: matched.get(i)! }));
  }

  /** Those that are to train, whether they require gradients now or not. */
  get parameters(): ReadonlySet<Parameter> {
    return new Set(this.#waiting.flatMap(({ parameters }) => parameters.map(([, parameter]) => parameter)));
  }

  /** @throws InputError where the optimizer could not train them */
  requireIn({ paramGroups }: Optimizer): void {
    const held = new Set(paramGroups.flatMap(({ params }) => params));
    const absent = this.#waiting.flatMap(({ parameters }) => parameters).find(([, parameter]) => !held.has(parameter));
    if (absent)
      throw new InputError(
        `fit: unfreeze: expected an optimizer that has the parameters which train later, found none that has ${absent[0]}`,
      );
  }

  /** Makes the parameters what they are in an epoch, which counts from 1. */
  enter(epoch: number): void {
    for (const rule of this.#waiting)
      for (const [, parameter] of rule.parameters) parameter.requiresGrad_(epoch >= rule.epoch);
  }
}
