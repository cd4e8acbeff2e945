import { InputError } from '../errors';
import type { Outcome, TrainPlan } from './types';
import type { LoopState } from './state';
import type { Work } from './throughput';

/** What a plan over `batches` batches an epoch asks for at each state of the loop. */
export class Triggers {
  readonly #plan: TrainPlan;
  readonly #batches: number;

  constructor(plan: TrainPlan, batches: number) {
    this.#plan = plan;
    this.#batches = batches;
  }

  /** Optimizer steps in all. */
  get steps(): number {
    const { epochs, maxSteps } = this.#plan;
    return Math.min(epochs * this.#stepsPerEpoch, maxSteps || Infinity);
  }

  /** The last step of an epoch may average fewer batches than the others. */
  get #stepsPerEpoch(): number {
    return Math.ceil(this.#batches / this.#plan.accumulate);
  }

  /** Micro-batches that the step averages to which the next batch belongs. */
  microBatches(state: LoopState): number {
    return Math.min(this.#plan.accumulate, this.#batches - this.firstBatch(state));
  }

  /** The first batch of that step. */
  firstBatch({ batch }: LoopState): number {
    return batch - (batch % this.#plan.accumulate);
  }

  /** True when the batches that are done make up whole steps. */
  stepDue(state: LoopState): boolean {
    return state.batch % this.#plan.accumulate === 0 || this.epochEnds(state);
  }

  /** True where the next batch is the last of its step. */
  endsStep(state: LoopState): boolean {
    return this.stepDue({ ...state, batch: state.batch + 1 });
  }

  /** How the loop ended, or undefined when there is more to do. */
  outcome(state: LoopState): Exclude<Outcome, 'interrupted'> | undefined {
    const { epochs, maxSteps, patience } = this.#plan;
    if (state.epoch >= epochs || (maxSteps > 0 && state.step >= maxSteps)) return 'completed';
    if (patience > 0 && state.stale >= patience) return 'stopped early';
    return this.#isOutOfTime(state) ? 'out of time' : undefined;
  }

  #isOutOfTime({ seconds }: LoopState): boolean {
    const { maxMinutes } = this.#plan;
    return maxMinutes > 0 && seconds >= 60 * maxMinutes;
  }

  /** True when all batches of the running epoch are done. */
  epochEnds(state: LoopState): boolean {
    return state.batch === this.#batches;
  }

  /** The error for data that gives other batches than it says. */
  otherBatches({ epoch }: LoopState, found: string): InputError {
    return new InputError(
      `fit: expected ${this.#batches} batches in epoch ${epoch + 1}, found ${found}; ` +
        'data.batches is their number, and data.epoch(epoch, { startBatch }) gives those from startBatch on',
    );
  }

  logDue(state: LoopState): boolean {
    return state.step % this.#plan.logSteps === 0 || this.epochEnds(state) || this.#isLast(state);
  }

  evaluationDue(state: LoopState): boolean {
    const { evaluateStart, evaluateEpochs, evaluateSteps } = this.#plan;
    if (state.step === state.evaluatedStep) return false;
    if (state.step === 0) return evaluateStart;
    if (evaluateSteps > 0 && state.step % evaluateSteps === 0) return true;
    if (evaluateEpochs === 0) return false;
    if (this.#isLast(state)) return true;
    return this.epochEnds(state) && (state.epoch + 1) % evaluateEpochs === 0;
  }

  /** True after the last step, as far as that is known before an evaluation. */
  #isLast(state: LoopState): boolean {
    return state.step >= this.steps || this.#isOutOfTime(state);
  }

  /**
   * Also before an evaluation, so that one that fails costs no training.
   * @param sinceCheckpointMs time since the last checkpoint
   */
  checkpointDue(state: LoopState, sinceCheckpointMs: number): boolean {
    const { checkpointMinutes, checkpointSteps } = this.#plan;
    if (state.step === 0) return false;
    if (this.evaluationDue(state)) return true;
    if (checkpointSteps > 0 && state.step % checkpointSteps === 0) return true;
    return checkpointMinutes > 0 && sinceCheckpointMs > 60_000 * checkpointMinutes;
  }

  /** What is still to do, if neither patience nor time ends it. Each evaluation has a checkpoint before it and one after it. */
  remaining(state: LoopState): Work {
    const evaluations = this.#remainingEvaluations(state);
    return { steps: this.steps - state.step, evaluations, checkpoints: 2 * evaluations };
  }

  /** The one that is due now, those after every so many steps, and those at the ends of other epochs. */
  #remainingEvaluations(state: LoopState): number {
    const { evaluateEpochs, evaluateSteps } = this.#plan;
    const { steps } = this;
    const perEpoch = this.#stepsPerEpoch;
    let evaluations = this.evaluationDue(state) ? 1 : 0;
    if (evaluateSteps > 0) evaluations += Math.floor(steps / evaluateSteps) - Math.floor(state.step / evaluateSteps);
    if (evaluateEpochs === 0) return evaluations;
    let end = state.step;
    for (let epoch = Math.floor(state.step / perEpoch) + 1; end < steps; epoch++) {
      end = Math.min(epoch * perEpoch, steps);
      const isCounted = evaluateSteps > 0 && end % evaluateSteps === 0;
      if (!isCounted && (end === steps || epoch % evaluateEpochs === 0)) evaluations++;
    }
    return evaluations;
  }
}
