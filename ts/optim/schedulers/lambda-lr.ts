import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { bindOptions, type Arguments } from '../../nn/options';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';
import type { SchedulerStateDict } from './scheduler';
import { expected } from '../../options';

/** A factor by the number of the step. */
export type LrLambda = (epoch: number) => number;

const defaults: Required<SchedulerOptions> = { lastEpoch: -1 };

/** What the constructors take: the optimizer, and a function for all groups or one for each. */
export type LambdaArguments = Arguments<
  [optimizer: Optimizer<ParamGroup>, lrLambda: LrLambda | readonly LrLambda[]],
  SchedulerOptions,
  'LambdaLR'
>;

/** Base of the schedules that follow a function of the step, one for all groups or one for each. The functions are not saved. */
abstract class FunctionSchedule extends LRScheduler {
  readonly #lambdas: readonly LrLambda[];

  constructor(...args: LambdaArguments) {
    const { optimizer, lrLambda, lastEpoch } = bindOptions(new.target.name, defaults, args, 'LambdaLR');
    super(optimizer, { lastEpoch });
    this.#lambdas = this.perGroup<LrLambda>('lrLambda', lrLambda);
    const other = this.#lambdas.find((lambda) => typeof lambda !== 'function');
    if (other !== undefined) throw expected(new.target.name, 'a function for lrLambda', other, '', InputError);
    this.start();
  }

  /** The factors of the present step, one a group. */
  protected factors(): number[] {
    return this.#lambdas.map((lambda) => lambda(this.lastEpoch));
  }

  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), lr_lambdas: this.#lambdas.map(() => null) };
  }
}

/** Multiplies the base rates by a function of the step. */
export class LambdaLR extends FunctionSchedule {
  protected computeLr(): number[] {
    const factors = this.factors();
    return this.baseLrs.map((rate, i) => rate * factors[i]!);
  }
}

/** Multiplies the learning rates, at each step after the first, by a function of it. */
export class MultiplicativeLR extends FunctionSchedule {
  protected computeLr(): number[] {
    if (this.isInitial) return this.currentLr();
    const factors = this.factors();
    return this.groups.map(({ lr }, i) => lr * factors[i]!);
  }
}
