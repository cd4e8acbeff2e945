/** The training loop: `fit` for a whole run, `Trainer` for what it does in an open run folder. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { InputError, TorchError } from '../errors';
import * as torch from '../tensor';
import { callBack, type EpochEvent } from './callbacks';
import { restoreCheckpoint, saveCheckpoint } from './checkpoint';
import { type FitOptions, fitSettings, type FitSettings } from './fit-options';
import { MetricsLogger } from './metrics-logger';
import { firstNonFinite, someSamples } from './non-finite';
import { conditionsOf } from './reproduce/conditions';
import { recordSession } from './reproduce/run-file';
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
  scoreOf,
} from './state';
import { Stepper } from './step';
import { Tracking } from './tracking/tracking';
import { Triggers } from './triggers';
import type { Outcome } from './types';
import { unlessAborted, withRun } from './with-run';

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
  const settings = fitSettings(options);
  const { config } = settings;
  const result = await withRun({ config, run: path, resume, signal }, (run) =>
    new Trainer({ ...options, run }, settings).fit(),
  );
  return { best: null, ...result }; // a run that is aborted before its first step has none
}

/** The loop of `fit` in a run folder that is open. */
export class Trainer<Batch> {
  readonly #settings: FitSettings<Batch>;
  readonly #run: RunFolder;
  readonly #triggers: Triggers;
  readonly #logger: MetricsLogger;
  readonly #stepper: Stepper<Batch>;
  readonly #tracking: Tracking;
  #state: LoopState = initialState;
  /** The state that `checkpoints/last` holds, and when it was written. */
  #saved: LoopState | undefined;
  #savedAt = performance.now();

  /** @param settings what the options mean, where the caller has read them */
  constructor(options: FitOptions<Batch>, settings = fitSettings(options)) {
    this.#settings = settings;
    if (!(options.run instanceof RunFolder))
      throw new InputError(
        'Trainer: expected an open run folder for run (RunFolder.create or reopen); fit takes a path',
      );
    this.#run = options.run;
    const { plan, data, evaluationSamples, tracking } = this.#settings;
    this.#triggers = new Triggers(plan, data.batches);
    this.#logger = new MetricsLogger(this.#run.file('metrics.jsonl'), evaluationSamples);
    this.#stepper = new Stepper(this.#settings);
    this.#tracking = new Tracking(tracking, (message) =>
      this.#settings.onEvent({ type: 'warning', step: this.#state.step, message }),
    );
  }

  /** Trains from where `checkpoints/last` stands, or from the start, to the end of the plan, or until the signal. */
  async fit(): Promise<FitResult> {
    const triggers = this.#triggers;
    const { plan, model, data, unfreezing, onEvent } = this.#settings;
    let outcome: Outcome | 'failed' = 'failed';
    try {
      await this.#restore();
      if (this.#run.damage !== undefined)
        onEvent({ type: 'damaged', step: this.#state.step, message: this.#run.damage });
      onEvent({ type: 'begin', epochs: plan.epochs, step: this.#state.step, steps: triggers.steps });
      // Before the first step, if the plan says so. A run that was interrupted during an evaluation still owes it.
      if (triggers.evaluationDue(this.#state)) await this.#evaluate();
      await this.#beginStep();
      while (!this.#outcome) {
        model.train();
        unfreezing.enter(this.#state.epoch + 1);
        for await (const batch of data.epoch(this.#state.epoch, { startBatch: this.#state.batch })) {
          this.#forwardBackward(batch);
          if (!triggers.stepDue(this.#state)) continue;
          const lr = this.#clipAndStep();
          await this.#logStep(lr);
          // The checkpoint first, so that an evaluation that fails costs no training.
          if (triggers.checkpointDue(this.#state, performance.now() - this.#savedAt)) await this.#checkpoint();
          if (triggers.evaluationDue(this.#state)) await this.#evaluate();
          await this.#beginStep();
          if (this.#outcome) break;
        }
        if (this.#outcome !== 'interrupted') await this.#endEpoch();
      }
      // A run without a step needs none: it begins anew from config.yaml.
      if (this.#state.step > 0 && this.#saved?.step !== this.#state.step) await this.#checkpoint();
      outcome = this.#outcome;
      onEvent({ type: 'end', step: this.#state.step, outcome });
      return { outcome, best: this.#state.best };
    } finally {
      this.#logger.close();
      await this.#tracking.end(outcome);
    }
  }

  get #outcome(): Outcome | undefined {
    return this.#triggers.outcome(this.#state) ?? (this.#settings.signal.aborted ? 'interrupted' : undefined);
  }

  async #restore(): Promise<void> {
    const last = await restoreCheckpoint(this.#run, this.#settings);
    this.#logger.rewind(last?.logBytes ?? 0, last?.costs ?? null);
    this.#stepper.loadStateDict(last?.scaler);
    if (last) this.#state = this.#saved = last.loop;
    await this.#introduce(last?.logBytes ?? 0);
  }

  /** Writes down what this session runs under, and tells the trackers that it begins. */
  async #introduce(logBytes: number): Promise<void> {
    const { plan, config, dataset = null, model } = this.#settings;
    const { path, resumed } = this.#run;
    const { step } = this.#state;
    const conditions = await conditionsOf(model.parameters()[0]?.device ?? 'cpu');
    const session = { began: new Date().toISOString(), step, ...conditions };
    const score = { name: plan.score, mode: plan.mode };
    recordSession(this.#run, { seed: plan.seed, score, dataset, sessions: [session] });
    await this.#tracking.begin({ path, config, session, step, resumed, logBytes });
  }

  /** Lets signals, data and progress have a turn. What evaluations and checkpoints took is no part of the step's time. */
  async #beginStep(): Promise<void> {
    await yieldToEventLoop();
    this.#logger.beginStep();
  }

  /** Adds the gradients of `batch`, one of those that the next step averages. */
  #forwardBackward(batch: Batch): void {
    const { plan, count, release } = this.#settings;
    const { epoch, batch: index } = this.#state;
    const batches = this.#triggers.batchesOfStep(this.#state);
    // A seed for each batch, not one stream: so dropout depends on the position alone, on any device.
    torch.manualSeed(batchSeed(plan.seed, epoch, index));
    torch.scoped(() => {
      const { loss, terms } = this.#stepper.forward(batch);
      this.#stepper.backward(loss, batches);
      this.#logger.addBatch({ loss, ...terms }, count(batch), batches);
      const value = Number(loss.item());
      if (!Number.isFinite(value))
        requireFinite({ loss: value }, this.#state, this.#saved, this.#whereNonFinite(batch));
    });
    release(batch);
    this.#update({ batch: index + 1 });
  }

  /** Which samples the running batch has, and where its numbers stop being finite. */
  #whereNonFinite(batch: Batch): string {
    const { plan, model, data } = this.#settings;
    const { epoch, batch: index } = this.#state;
    const names = data.describeBatch?.(epoch, index);
    torch.manualSeed(batchSeed(plan.seed, epoch, index));
    const first = firstNonFinite(model, batch, () => this.#stepper.forward(batch));
    const samples = names ? `, with the samples ${someSamples(names)}` : '';
    return `In batch ${index + 1} of the epoch${samples}, the first that is not finite is ${first}.`;
  }

  /**
   * Applies the gradients, and moves the schedule.
   * @returns the learning rate that the step had
   * @throws InputError when the loss or a gradient is not finite
   */
  #clipAndStep(): number {
    const { model, optimizer } = this.#settings;
    const lr = Math.max(...optimizer.paramGroups.map((group) => group.lr));
    const update = this.#stepper.update(() => this.#tracking.weights(model, this.#state.step + 1));
    const step = this.#logger.endStep({ ...update });
    requireFinite(step.means, this.#state, this.#saved);
    this.#state = afterStep(this.#state, step);
    return lr;
  }

  async #logStep(lr: number): Promise<void> {
    const { plan, callbacks, model, onEvent } = this.#settings;
    if (this.#triggers.logDue(this.#state)) {
      this.#tracking.metrics(this.#logger.logTrain(this.#state, lr));
      this.#update({ window: emptyWindow });
    }
    const event = this.#logger.stepEvent(this.#state, plan.epochs, this.#triggers.remaining(this.#state), lr);
    onEvent(event);
    await callBack(callbacks, 'onStep', event, model);
  }

  /** Evaluates and keeps the result in a checkpoint; after an abort the run owes the evaluation. */
  async #evaluate(): Promise<void> {
    const { plan, model, evaluate, averages, scheduler, callbacks, signal, onEvent } = this.#settings;
    const began = performance.now();
    const { log, send } = this.#tracking.evaluation(this.#state.step);
    model.eval();
    const metrics = await unlessAborted(signal, () =>
      averages ? averages.during(() => evaluate(signal, log)) : evaluate(signal, log),
    );
    if (!metrics) return;
    model.train();
    this.#recordDuration('evaluations', began);
    const score = scoreOf(metrics, plan.score);
    this.#tracking.metrics(this.#logger.logEvaluation(this.#state, metrics));
    await send();
    this.#state = afterEvaluation(this.#state, score, plan.mode, plan.keep);
    scheduler.evaluated?.(score);
    const { step } = this.#state;
    const epoch = epochsBegun(this.#state);
    const event = { type: 'evaluated', epoch, step, metrics, best: isBest(this.#state) } as const;
    onEvent(event);
    await callBack(callbacks, 'onEvaluate', event, model);
    await this.#checkpoint();
  }

  /** Saves `checkpoints/last`, and `checkpoints/best` after an evaluation that was the best. */
  async #checkpoint(): Promise<void> {
    const state = this.#state;
    const run = this.#run;
    const settings = this.#settings;
    const began = performance.now();
    const logBytes = this.#logger.flush();
    this.#tracking.checkpoint({ path: run.checkpoint('last'), step: state.step, logBytes });
    await saveCheckpoint(run, settings, {
      savedStep: this.#saved?.step,
      loop: state,
      logBytes,
      costs: this.#logger.throughput.costs,
      scaler: this.#stepper.stateDict(),
    });
    this.#saved = state;
    this.#savedAt = performance.now();
    this.#recordDuration('checkpoints', began);
    const event = { type: 'checkpoint', step: state.step, path: run.checkpoint('last') } as const;
    settings.onEvent(event);
    await callBack(settings.callbacks, 'onCheckpoint', event, settings.model);
  }

  /** Ends the pass over the data, unless the training ended within it. */
  async #endEpoch(): Promise<void> {
    const { epoch, batch, step } = this.#state;
    const { data, plan, callbacks, model } = this.#settings;
    const ended = this.#outcome !== undefined;
    if (!this.#triggers.epochEnds(this.#state)) {
      if (ended) return;
      throw new TorchError(`Expected ${data.batches} batches in epoch ${epoch + 1}, found ${batch}.`);
    }
    const event: EpochEvent = { type: 'epoch', epoch: epoch + 1, epochs: plan.epochs, step };
    await callBack(callbacks, 'onEpoch', event, model);
    if (!ended) this.#update({ epoch: epoch + 1, batch: 0 });
  }

  #recordDuration(kind: 'evaluations' | 'checkpoints', began: number): void {
    const seconds = (performance.now() - began) / 1000;
    this.#logger.throughput.record(kind, seconds);
    this.#update({ seconds: this.#state.seconds + seconds });
  }

  #update(change: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...change };
  }
}
