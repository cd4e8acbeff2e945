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

  /** Optimizer steps in all; the last one of an epoch may average fewer batches. */
  get steps(): number {
    const { epochs, maxSteps } = this.#plan;
    return Math.min(epochs * this.#stepsOfEpoch, maxSteps || Infinity);
  }

  get #stepsOfEpoch(): number {
    return Math.ceil(this.#batches / this.#plan.accumulate);
  }

  /** Batches of the step that the next batch belongs to. */
  batchesOfStep({ batch }: LoopState): number {
    const { accumulate } = this.#plan;
    return Math.min(accumulate, this.#batches - (batch - (batch % accumulate)));
  }

  /** True when the batches that are done make up whole steps. */
  stepDue(state: LoopState): boolean {
    return state.batch % this.#plan.accumulate === 0 || this.epochEnds(state);
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

  epochEnds(state: LoopState): boolean {
    return state.batch === this.#batches;
  }

  logDue(state: LoopState): boolean {
    return state.step % this.#plan.logSteps === 0 || this.epochEnds(state);
  }

  evaluationDue(state: LoopState): boolean {
    const { evaluateStart, evaluateEpochs, evaluateSteps, epochs } = this.#plan;
    if (state.step === state.evaluatedStep) return false;
    if (state.step === 0) return evaluateStart;
    if (evaluateSteps > 0 && state.step % evaluateSteps === 0) return true;
    if (evaluateEpochs === 0) return false;
    if (state.step >= this.steps || this.#isOutOfTime(state)) return true;
    const epoch = state.epoch + 1;
    return this.epochEnds(state) && (epoch % evaluateEpochs === 0 || epoch === epochs);
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

  /** What is still to do; every evaluation is followed by a checkpoint. */
  remaining(state: LoopState): Work {
    const { epochs, evaluateEpochs, evaluateSteps } = this.#plan;
    const steps = this.steps - state.step;
    const bySteps = evaluateSteps > 0 ? Math.floor(steps / evaluateSteps) : 0;
    const passes = Math.min(epochs - state.epoch, Math.ceil(steps / this.#stepsOfEpoch));
    const byEpochs = evaluateEpochs > 0 ? Math.ceil(passes / evaluateEpochs) : 0;
    const evaluations = bySteps + byEpochs;
    return { steps, evaluations, checkpoints: evaluations };
  }
}
