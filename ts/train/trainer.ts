import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { InputError, TorchError } from '../errors';
import { lastState, promoteLast, restoreOptimizer, saveLast, saveState } from './checkpoint';
import { Triggers } from './triggers';
import type { Metrics, Outcome, TrainEvent } from './events';
import type { TrainParts, TrainPlan } from './types';
import { MetricsLogger } from './metrics-logger';
import type { RunFolder } from './run';
import { type LoopState, addToWindow, emptyWindow, epochsBegun, initialState } from './state';
import { Stepper, batchSeed } from './stepper';

export interface TrainerOptions<Batch> {
  readonly plan: TrainPlan;
  readonly parts: TrainParts<Batch>;
  readonly run: RunFolder;
  /** Digest of all that decides the outcome; a checkpoint with another one is not gone on with. */
  readonly config: string;
  /** Hears of every step, evaluation and checkpoint. */
  readonly listener?: (event: TrainEvent) => void;
  /** Its abort saves a checkpoint and ends the loop after the running step. */
  readonly signal?: AbortSignal;
}

/**
 * The training loop of all tasks.
 *
 * Interrupted anywhere and begun again by `restore`, it ends with the same bits as if it had run through:
 * data depends on the position alone, what is random inside the model is seeded anew for each batch, and
 * optimizer, schedule and running sums are part of the checkpoint.
 */
export class Trainer<Batch> {
  private state: LoopState = initialState;
  /** The state that `checkpoints/last` holds. */
  private saved: LoopState | undefined;
  private savedAt = performance.now();
  private stepBegan = 0;
  /** Images of the running step. */
  private images = 0;
  private readonly triggers: Triggers;
  private readonly stepper: Stepper<Batch>;
  private readonly logger: MetricsLogger;
  private readonly signal: AbortSignal;

  constructor(private readonly options: TrainerOptions<Batch>) {
    const { plan, parts, run } = options;
    this.triggers = new Triggers(plan, parts.data.batches);
    this.stepper = new Stepper(parts, plan);
    this.logger = new MetricsLogger(run.file('metrics.jsonl'), parts.evaluationImages);
    this.signal = options.signal ?? new AbortController().signal;
  }

  /**
   * Goes back to where `checkpoints/last` stands; the model's weights are the caller's to load.
   * Without a checkpoint the run begins anew.
   * @throws InputError when configuration or data are not those that the checkpoint was made with
   */
  async restore(): Promise<void> {
    const { run, parts, config } = this.options;
    const last = lastState(run);
    if (last && last.config !== config) {
      throw new InputError(
        `Cannot resume ${run.path}: its configuration or its dataset is no longer what the checkpoint was made with; start a new run.`,
      );
    }
    this.logger.rewind(last?.logBytes ?? 0, last?.costs ?? null);
    if (!last) return;
    restoreOptimizer(run, parts.optimizer);
    parts.scheduler.loadStateDict(last.scheduler as never);
    this.state = this.saved = last.loop;
    // A kill between the two halves of saving a new best checkpoint leaves the second half to do.
    if (isBest(last.loop)) await promoteLast(run);
  }

  /** Trains to the end of the plan, or until the signal. */
  async fit(): Promise<Outcome> {
    const { plan } = this.options;
    this.emit({ type: 'begin', epochs: plan.epochs, step: this.state.step, steps: this.triggers.steps });
    try {
      // A run that was interrupted during an evaluation still owes it.
      await this.evaluateAndCheckpointIfDue();
      while (!this.outcome) await this.epoch();
      // Before the first step, and not judged yet, the run is no more than its configuration.
      if (this.state.step > 0 && this.saved?.step !== this.state.step) await this.checkpoint();
      this.emit({ type: 'end', step: this.state.step, outcome: this.outcome });
      return this.outcome;
    } finally {
      this.logger.close();
    }
  }

  private get outcome(): Outcome | undefined {
    return this.triggers.outcome(this.state) ?? (this.signal.aborted ? 'interrupted' : undefined);
  }

  private async epoch(): Promise<void> {
    const { model, data, release } = this.options.parts;
    model.train();
    const { epoch, batch: startBatch } = this.state;
    this.stepBegan = performance.now();
    for await (const batch of data.epoch(epoch, { startBatch })) {
      const stepped = this.advance(batch);
      release(batch);
      if (!stepped) continue;
      await this.evaluateAndCheckpointIfDue();
      if (this.outcome) return;
    }
    if (!this.triggers.epochEnds(this.state)) {
      throw new TorchError(`Expected ${data.batches} batches in epoch ${epoch + 1}, found ${this.state.batch}.`);
    }
    this.update({ epoch: epoch + 1, batch: 0 });
  }

  /** Takes one batch in; true when it ended an optimizer step. */
  private advance(batch: Batch): boolean {
    const { plan, parts } = this.options;
    const { epoch, batch: index } = this.state;
    const microBatch = this.triggers.microBatch(this.state);
    this.stepper.accumulate(batch, microBatch.of, batchSeed(plan.seed, epoch, index));
    this.images += parts.count(batch);
    this.update({ batch: index + 1 });
    if (microBatch.index + 1 < microBatch.of) return false;
    this.step();
    return true;
  }

  private step(): void {
    const lr = Math.max(...this.options.parts.optimizer.paramGroups.map((group) => group.lr));
    const values = this.withPosition(() => this.stepper.step());
    const seconds = (performance.now() - this.stepBegan) / 1000;
    this.logger.step(values.loss!, seconds, this.images);
    this.update({
      step: this.state.step + 1,
      seconds: this.state.seconds + seconds,
      window: addToWindow(this.state.window, values, seconds, this.images),
    });
    this.images = 0;
    if (this.triggers.logDue(this.state)) {
      this.logger.logTrain(this.state, lr);
      this.update({ window: emptyWindow });
    }
    this.emit(this.logger.stepEvent(this.state, this.options.plan.epochs, this.triggers.remaining(this.state), lr));
  }

  /** Adds to an error of a step where it happened and what still stands. */
  private withPosition<T>(step: () => T): T {
    try {
      return step();
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      const position = `epoch ${this.state.epoch + 1}, step ${this.state.step + 1}`;
      const rest = this.saved ? `the checkpoint of step ${this.saved.step} stands` : 'no checkpoint was written yet';
      throw new InputError(
        `${cause.message} at ${position}: ${rest}; try a lower learning rate, a longer warm-up or clipping.`,
        { cause },
      );
    }
  }

  /**
   * What is due between two steps: checkpoint, evaluation, and a turn for signals, data and progress. The checkpoint comes
   * first, so that an evaluation that fails costs no training.
   */
  private async evaluateAndCheckpointIfDue(): Promise<void> {
    const evaluationDue = this.triggers.evaluationDue(this.state);
    const due =
      this.triggers.checkpointDue(this.state, performance.now() - this.savedAt) ||
      (evaluationDue && this.state.step > 0);
    if (due && this.saved?.step !== this.state.step) await this.checkpoint();
    if (evaluationDue && (await this.evaluate())) await this.checkpoint();
    await yieldToEventLoop();
    this.stepBegan = performance.now();
  }

  /** True when the evaluation ran to its end. */
  private async evaluate(): Promise<boolean> {
    const { parts } = this.options;
    const began = performance.now();
    try {
      parts.model.eval();
      const metrics = await parts.evaluate(this.signal);
      this.recordDuration('evaluations', began);
      this.updateBest(metrics);
      parts.model.train();
      return true;
    } catch (error) {
      if (this.signal.aborted && error === this.signal.reason) return false;
      throw error;
    }
  }

  /** Logs an evaluation and decides whether it is the best so far. */
  private updateBest(metrics: Metrics): void {
    const { step, best, stale } = this.state;
    const epoch = epochsBegun(this.state);
    const score = metrics[this.options.plan.score];
    if (typeof score !== 'number' || !Number.isFinite(score)) {
      throw new TorchError(
        `Expected a number "${this.options.plan.score}" of the evaluation, found ${Object.keys(metrics).join(', ')}.`,
      );
    }
    const better = best === null || score > best.score;
    this.logger.logEvaluation(this.state, metrics);
    this.update({
      evaluatedStep: step,
      best: better ? { score, epoch, step } : best,
      stale: better ? 0 : stale + 1,
    });
    this.emit({ type: 'evaluated', epoch, step, metrics, best: better });
  }

  private async checkpoint(): Promise<void> {
    const { run, parts, config } = this.options;
    const { state } = this;
    const began = performance.now();
    const saved = {
      loop: state,
      scheduler: parts.scheduler.stateDict(),
      logBytes: this.logger.flush(),
      costs: this.logger.throughput.costs,
      config,
    };
    if (this.saved?.step === state.step) await saveState(run, saved);
    else await saveLast(run, parts, saved);
    if (isBest(state)) await promoteLast(run);
    this.saved = state;
    this.savedAt = performance.now();
    this.recordDuration('checkpoints', began);
    this.emit({ type: 'checkpoint', step: state.step, path: run.checkpoint('last') });
  }

  private recordDuration(kind: 'evaluations' | 'checkpoints', began: number): void {
    const seconds = (performance.now() - began) / 1000;
    this.logger.throughput.record(kind, seconds);
    this.update({ seconds: this.state.seconds + seconds });
  }

  private update(change: Partial<LoopState>): void {
    this.state = { ...this.state, ...change };
  }

  private emit(event: TrainEvent): void {
    this.options.listener?.(event);
  }
}

/** True for the state right after the evaluation that was the best. */
function isBest({ best, step }: LoopState): boolean {
  return best?.step === step;
}
