import type { Outcome } from './events';
import type { Work } from './throughput';
import type { TrainPlan } from './types';
import type { LoopState } from './state';

/** What a plan over `batches` batches an epoch asks for at each state of the loop. */
export class Triggers {
  constructor(
    private readonly plan: TrainPlan,
    private readonly batches: number,
  ) {}

  /** Optimizer steps in all; the last one of an epoch may average fewer batches. */
  get steps(): number {
    return this.plan.epochs * Math.ceil(this.batches / this.plan.accumulate);
  }

  /** Of how many batches the step is made that the next batch belongs to, and which of them it is. */
  microBatch(state: LoopState): { readonly of: number; readonly index: number } {
    const index = state.batch % this.plan.accumulate;
    return { of: Math.min(this.plan.accumulate, this.batches - (state.batch - index)), index };
  }

  /** How the loop ended, or undefined when there is more to do. */
  outcome(state: LoopState): Exclude<Outcome, 'interrupted'> | undefined {
    if (state.epoch >= this.plan.epochs) return 'completed';
    return this.plan.patience > 0 && state.stale >= this.plan.patience ? 'stopped early' : undefined;
  }

  epochEnds(state: LoopState): boolean {
    return state.batch === this.batches;
  }

  logDue(state: LoopState): boolean {
    return state.step % this.plan.logSteps === 0 || this.epochEnds(state);
  }

  evaluationDue(state: LoopState): boolean {
    const { evaluateStart, evaluateEpochs, evaluateSteps, epochs } = this.plan;
    if (state.step === state.evaluatedStep) return false;
    if (state.step === 0) return evaluateStart;
    if (evaluateSteps > 0 && state.step % evaluateSteps === 0) return true;
    const epoch = state.epoch + 1;
    return this.epochEnds(state) && (epoch % evaluateEpochs === 0 || epoch === epochs);
  }

  /** @param sinceCheckpointMs time since the last checkpoint */
  checkpointDue(state: LoopState, sinceCheckpointMs: number): boolean {
    const { checkpointMinutes, checkpointSteps } = this.plan;
    if (state.step === 0) return false;
    if (checkpointSteps > 0 && state.step % checkpointSteps === 0) return true;
    return checkpointMinutes > 0 && sinceCheckpointMs > 60_000 * checkpointMinutes;
  }

  /** What is still to do; every evaluation is followed by a checkpoint. */
  remaining(state: LoopState): Work {
    const { epochs, evaluateEpochs, evaluateSteps } = this.plan;
    const steps = this.steps - state.step;
    const bySteps = evaluateSteps > 0 ? Math.floor(steps / evaluateSteps) : 0;
    const evaluations = bySteps + Math.ceil((epochs - state.epoch) / evaluateEpochs);
    return { steps, evaluations, checkpoints: evaluations };
  }
}
