/** Plans: operators with their arguments, called one after the other in one native call (native/plan.h). */
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { replaceWire, restore, rewind, take } from '../../native/wire';
import { takeTensorOrNull } from '../autograd/backward';
import { runInBackground, type AsyncOptions } from '../threads/async';
import { context } from '../core/context';
import { keep } from '../memory/lifetime';
import { PlanOperand } from '../core/arguments';
import { encodeAll, type Operator } from '../operators/operator';
import type { Complex } from '../types/dtype';
import { Tensor } from '../core/tensor';

/** An argument of a step: a value of the plan, a constant of its pool, or anything that is no tensor. */
export type StepArgument =
  | PlanOperand
  | Complex
  | { readonly float: number }
  | number
  | bigint
  | boolean
  | string
  | null
  | readonly StepArgument[];

// Frees what the collector has taken the object of.
const releasedPools = new FinalizationRegistry<number>((id) => binding.poolFree(id));
const releasedPlans = new FinalizationRegistry<number>((id) => binding.planFree(id));

/**
 * The constants of all plans of a model: tensors that exist without them, and what steps compute of these. Where one of the
 * former is written to, the latter are computed anew before the next run.
 */
export class ConstantPool {
  /** @internal */
  readonly id = binding.poolNew();

  constructor() {
    releasedPools.register(this, this.id, this);
  }

  /** The number of a tensor, which stays the same tensor. */
  addSource(tensor: Tensor): number {
    return guarded('ConstantPool', () => binding.poolSource(this.id, tensor._handle));
  }

  /**
   * A tensor whose change means that others have changed, which libtorch does not count: batch normalisation writes its running
   * statistics without a new version, but counts its batches.
   */
  addWitness(tensor: Tensor): void {
    guarded('ConstantPool', () => binding.poolWitness(this.id, tensor._handle));
  }

  /** Calls an operator on constants: the number of the first of its `count` results, which follow one another. */
  addStep(operator: Operator, args: readonly StepArgument[], count: number): number {
    return guarded(operator.qualifiedName, () => {
      const { index } = operator;
      return binding.poolStep(this.id, index, encodeAll(args), count);
    });
  }

  /** The tensor of a number, as it is now. */
  get(number: number): Tensor {
    return keep(new Tensor(guarded('ConstantPool', () => binding.poolGet(this.id, number))));
  }

  /** Frees constants that no plan reads any more. */
  drop(numbers: readonly number[]): void {
    binding.poolDrop(this.id, numbers);
  }

  dispose(): void {
    releasedPools.unregister(this);
    binding.poolFree(this.id);
  }
}

/** How a run ended. As in native/plan.h. */
export const Outcome = { Done: 0, GuardFailed: 1, ConstantsChanged: 2, InputsDiffer: 3 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Operators in their order, with slots for the values between them. */
export class Plan {
  readonly #id: number;
  #outputs = 0;

  /** @param inputs examples: what a run gets must have their shapes, strides and types. They take the first slots. */
  constructor(pool: ConstantPool, inputs: readonly Tensor[]) {
    this.#id = guarded('Plan', () => {
      encodeAll([inputs]);
      return binding.planNew(pool.id);
    });
    releasedPlans.register(this, this.#id, this);
  }

  /**
   * @param results slots of the results; -1 for one that nobody reads
   * @param guard what the operator must give for the plan to hold
   */
  addStep(operator: Operator, args: readonly StepArgument[], results: readonly number[], guard?: boolean): void {
    guarded(operator.qualifiedName, () => {
      const { index } = operator;
      binding.planStep(this.#id, index, encodeAll(args), results, guard);
    });
  }

  /** @param outputs slots of what a run gives */
  finish(outputs: readonly number[]): void {
    guarded('Plan', () => binding.planFinish(this.#id, outputs));
    this.#outputs = outputs.length;
  }

  /** The outputs, or why there are none. */
  run(inputs: readonly Tensor[]): Tensor[] | Exclude<Outcome, 0> {
    context();
    return guarded('Plan', () => {
      encodeAll([inputs]);
      const reply = binding.planRun(this.#id);
      if (reply?.wire) replaceWire(reply.wire);
      return this.#outputsOf();
    });
  }

  /** The same in a native thread of its own, while the event loop goes on. */
  runAsync(inputs: readonly Tensor[], options?: AsyncOptions): Promise<Tensor[] | Exclude<Outcome, 0>> {
    return runInBackground(
      'Plan',
      () => {
        encodeAll([inputs]);
        return binding.planRunAsync(this.#id);
      },
      ({ wire }) => {
        restore(wire);
        return this.#outputsOf();
      },
      options,
      true,
    );
  }

  #outputsOf(): Tensor[] | Exclude<Outcome, 0> {
    rewind();
    const outcome = take() as Outcome;
    if (outcome !== Outcome.Done) return outcome;
    return Array.from({ length: this.#outputs }, () => takeTensorOrNull()!);
  }

  dispose(): void {
    releasedPlans.unregister(this);
    binding.planFree(this.#id);
  }
}
