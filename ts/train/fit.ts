/** The training loop: `fit` for a whole run, `Trainer` for what it does in an open run folder. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { InputError, TorchError } from '../errors';
import { utils } from '../nn';
import * as torch from '../tensor';
import { restoreCheckpoint, saveCheckpoint } from './checkpoint';
import { type FitOptions, fitSettings, type FitSettings, planOf } from './fit-options';
import { MetricsLogger } from './metrics-logger';
import { RunFolder } from './run';
import {
  type LoopState,
  type Best,
  afterEvaluation,
  afterStep,
  batchSeed,
  emptyWindow,
  epochsBegun,
  initialState,
  isBest,
  requireFinite,
} from './state';
import { Triggers } from './triggers';
import type { Metrics, Outcome } from './types';
import { withRun } from './with-run';

/** How a training ended. */
export interface FitResult {
  readonly outcome: Outcome;
  /** The evaluation whose weights `checkpoints/best` holds; null where there was none. */
  readonly best: Best | null;
}

/**
 * Trains a model and leaves a run folder: config.yaml, metrics.jsonl, checkpoints/last and checkpoints/best.
 *
 * Interrupted anywhere and begun again with `resume`, it ends with the same bits as if it had run through: data depends on the
 * position alone, what is random inside the model is seeded anew for each batch, and optimizer, schedule and running sums are
 * part of the checkpoint.
 * @throws InputError for options that do not hold, a loss that is not finite, or a run that was begun with other ones
 */
export async function fit<Batch>(options: FitOptions<Batch>): Promise<FitResult> {
  const { run: path, resume, signal } = options;
  if (typeof path !== 'string') return new Trainer(options).fit();
  const config = options.config ?? { ...planOf(options) };
  const result = await withRun({ config, run: path, resume, signal }, (run) => new Trainer({ ...options, run }).fit());
  return { best: null, ...result };
}

/** The loop of `fit` in a run folder that is open. */
export class Trainer<Batch> {
  private readonly settings: FitSettings<Batch>;
  private readonly run: RunFolder;
  private readonly triggers: Triggers;
  private readonly logger: MetricsLogger;
  private readonly parameters: torch.Tensor[];
  private state: LoopState = initialState;
  /** The state that `checkpoints/last` holds. */
  private saved: LoopState | undefined;
  private savedAt = performance.now();
  /** Of the running step: its begin, its samples, and the sums of what is logged. */
  private stepBegan = 0;
  private samples = 0;
  private sums: Record<string, number> = {};

  constructor(options: FitOptions<Batch>) {
    this.settings = fitSettings(options);
    if (!(options.run instanceof RunFolder))
      throw new InputError(
        'Trainer: expected an open run folder for run (RunFolder.create or reopen); fit takes a path',
      );
    this.run = options.run;
    const { plan, model, data, evaluationSamples } = this.settings;
    this.triggers = new Triggers(plan, data.batches);
    this.logger = new MetricsLogger(this.run.file('metrics.jsonl'), evaluationSamples);
    this.parameters = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  }

  /** Trains from where `checkpoints/last` stands, or from the start, to the end of the plan, or until the signal. */
  async fit(): Promise<FitResult> {
    const { plan, model, data, onEvent } = this.settings;
    try {
      const last = await restoreCheckpoint(this.run, this.settings);
      this.logger.rewind(last?.logBytes ?? 0, last?.costs ?? null);
      if (last) this.state = this.saved = last.loop;
      onEvent({ type: 'begin', epochs: plan.epochs, step: this.state.step, steps: this.triggers.steps });
      // A run that was interrupted during an evaluation still owes it.
      await this.evaluateAndCheckpointIfDue();
      while (!this.outcome) {
        model.train();
        for await (const batch of data.epoch(this.state.epoch, { startBatch: this.state.batch })) {
          this.forwardBackward(batch);
          if (!this.triggers.stepDue(this.state)) continue;
          this.logStep(this.clipAndStep());
          await this.evaluateAndCheckpointIfDue();
          if (this.outcome) break;
        }
        if (!this.outcome) this.endEpoch();
      }
      // Before the first step, and not judged yet, the run is no more than its configuration.
      if (this.state.step > 0 && this.saved?.step !== this.state.step) await this.checkpoint();
      onEvent({ type: 'end', step: this.state.step, outcome: this.outcome });
      return { outcome: this.outcome, best: this.state.best };
    } finally {
      this.logger.close();
    }
  }

  private get outcome(): Outcome | undefined {
    return this.triggers.outcome(this.state) ?? (this.settings.signal.aborted ? 'interrupted' : undefined);
  }

  /** Adds the gradients of `batch`, one of those that the next step averages. */
  private forwardBackward(batch: Batch): void {
    const { plan, loss: lossOf, count, release } = this.settings;
    const { epoch, batch: index } = this.state;
    const share = this.triggers.batchesOfStep(this.state);
    // A seed for each batch, not one stream: so dropout depends on the position alone, on any device.
    torch.manualSeed(batchSeed(plan.seed, epoch, index));
    torch.scoped(() => {
      const { loss, terms = {} } = lossOf(batch);
      (share === 1 ? loss : loss.div(share)).backward();
      for (const [name, term] of Object.entries({ loss, ...terms }))
        this.sums[name] = (this.sums[name] ?? 0) + Number(term.item()) / share;
    });
    this.samples += count(batch);
    release(batch);
    this.update({ batch: index + 1 });
  }

  /** Applies the gradients, and moves the schedule. @throws InputError when the loss or a gradient is not finite */
  private clipAndStep(): StepValues {
    const { plan, optimizer, scheduler } = this.settings;
    const lr = Math.max(...optimizer.paramGroups.map((group) => group.lr));
    const gradNorm = torch.scoped(() => {
      const norm = utils.clipGradNorm(this.parameters, plan.clipNorm || Infinity);
      optimizer.step();
      scheduler.step();
      optimizer.zeroGrad();
      return Number(norm.item());
    });
    const means = { ...this.sums, gradNorm };
    this.sums = {};
    requireFinite(means, this.state, this.saved);
    return { lr, means };
  }

  private logStep({ lr, means }: StepValues): void {
    const seconds = (performance.now() - this.stepBegan) / 1000;
    this.logger.step(means['loss']!, seconds, this.samples);
    this.state = afterStep(this.state, means, seconds, this.samples);
    this.samples = 0;
    if (this.triggers.logDue(this.state)) {
      this.logger.logTrain(this.state, lr);
      this.update({ window: emptyWindow });
    }
    const { plan, onEvent } = this.settings;
    onEvent(this.logger.stepEvent(this.state, plan.epochs, this.triggers.remaining(this.state), lr));
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
    const { model, evaluate, signal } = this.settings;
    const began = performance.now();
    try {
      model.eval();
      const metrics = await evaluate(signal);
      this.recordDuration('evaluations', began);
      this.updateBest(metrics);
      model.train();
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      throw error;
    }
  }

  /** Logs an evaluation and decides whether it is the best so far. */
  private updateBest(metrics: Metrics): void {
    const { plan, onEvent } = this.settings;
    const score = metrics[plan.score];
    if (typeof score !== 'number' || !Number.isFinite(score))
      throw new TorchError(
        `Expected a number "${plan.score}" of the evaluation, found ${Object.keys(metrics).join(', ')}.`,
      );
    this.logger.logEvaluation(this.state, metrics);
    this.state = afterEvaluation(this.state, score, plan.mode);
    const { step } = this.state;
    onEvent({ type: 'evaluated', epoch: epochsBegun(this.state), step, metrics, best: isBest(this.state) });
  }

  private async checkpoint(): Promise<void> {
    const { state, run, settings } = this;
    const began = performance.now();
    await saveCheckpoint(run, settings, {
      savedStep: this.saved?.step,
      loop: state,
      logBytes: this.logger.flush(),
      costs: this.logger.throughput.costs,
    });
    this.saved = state;
    this.savedAt = performance.now();
    this.recordDuration('checkpoints', began);
    settings.onEvent({ type: 'checkpoint', step: state.step, path: run.checkpoint('last') });
  }

  private endEpoch(): void {
    const { epoch, batch } = this.state;
    const { batches } = this.settings.data;
    if (!this.triggers.epochEnds(this.state))
      throw new TorchError(`Expected ${batches} batches in epoch ${epoch + 1}, found ${batch}.`);
    this.update({ epoch: epoch + 1, batch: 0 });
  }

  private recordDuration(kind: 'evaluations' | 'checkpoints', began: number): void {
    const seconds = (performance.now() - began) / 1000;
    this.logger.throughput.record(kind, seconds);
    this.update({ seconds: this.state.seconds + seconds });
  }

  private update(change: Partial<LoopState>): void {
    this.state = { ...this.state, ...change };
  }
}

/** What a step is logged by: the rate that it had, and the means over its batches; `loss` and `gradNorm` are always there. */
interface StepValues {
  readonly lr: number;
  readonly means: Readonly<Record<string, number>>;
}
