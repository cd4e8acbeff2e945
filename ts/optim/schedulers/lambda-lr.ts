import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { resolveOptions } from '../../nn/options';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

/** The factor on the base rate, by the number of the step. */
export type LrLambda = (epoch: number) => number;

const defaults: Required<SchedulerOptions> = { lastEpoch: -1 };

/** Multiplies the base rates by a function of the step, one for all groups or one for each. The functions are not saved. */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly LrLambda[];

  constructor(optimizer: Optimizer<ParamGroup>, lrLambda: LrLambda | readonly LrLambda[], options: SchedulerOptions = {}) {
    const { lastEpoch } = resolveOptions('LambdaLR', defaults, options);
    super(optimizer, { lastEpoch });
    this.#lambdas = typeof lrLambda === 'function' ? this.groups.map(() => lrLambda) : lrLambda;
    if (this.#lambdas.length !== this.groups.length) {
      throw new InputError(
        `LambdaLR: expected ${this.groups.length} functions, one a parameter group, got ${this.#lambdas.length}.`,
      );
    }
    this.start();
  }

  protected computeLr(): number[] {
    return this.baseLrs.map((rate, i) => rate * (this.#lambdas[i] as LrLambda)(this.lastEpoch));
  }

  override stateDict(): Record<string, unknown> {
    return { ...super.stateDict(), lr_lambdas: this.#lambdas.map(() => null) };
  }
}
