/** The training loop: `Trainer` runs it in a run folder that is open, `fit` opens the folder too. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { InputError } from '../errors';
import { expected } from '../options';
import * as torch from '../tensor';
import { callBack, type EpochEvent } from './callbacks';
import { Steering, type Steered } from './controls';
import { shownBy, type Watch } from './dashboard/watch';
import { DeviceMonitor } from './device-monitor';
import type { AgreedSteering } from './distributed/agreed-steering';
import { DataParallel } from './distributed/data-parallel';
import { FollowingSaver, noLog } from './distributed/follower';
import { inTurn } from './distributed/processes';
import { type FitOptions, fitSettings, type FitSettings } from './fit-options';
import { MetricsFile, MetricsLogger } from './metrics-logger';
import { describeNonFinite, firstNonFinite } from './non-finite';
import { beginSession } from './reproduce/session';
import { RunFolder } from './run';
import { CheckpointSaver } from './saving/saver';
import {
  type Best,
  type LoopState,
  afterEvaluation,
  afterStep,
  batchSeed,
  emptyWindow,
  epochsBegun,
  evaluationSeed,
  initialState,
  isBest,
  requireFinite,
  scoreOf,
} from './state';
import { Stepper } from './step';
import { SYSTEM_LOG, SystemMonitor } from './system-log';
import { Tracking } from './tracking/tracking';
import { Triggers } from './triggers';
import type { Outcome, TrainEvent } from './types';
import { isAbort, unlessAborted, withRun } from './with-run';

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
 * position alone, what is random inside the model is seeded anew for each batch and each evaluation, and optimizer, schedule and
 * running sums are part of the checkpoint.
 * @throws InputError for options out of their range, a loss that is not finite, or a run that was begun with other options
 */
export async function fit<Batch>(options: FitOptions<Batch>): Promise<FitResult> {
  const settings = fitSettings(options);
  const { run: path, resume, signal, distributed } = options;
  if (path instanceof RunFolder) return new Trainer(options, settings).fit();
  if (typeof path !== 'string' || path === '')
    throw expected('fit', 'the path of a folder for run', path, '', InputError);
  const { config } = settings;
  const result = await withRun({ config, run: path, resume, signal, distributed }, (run) =>
    new Trainer({ ...options, run }, settings).fit(),
  );
  return { best: null, ...result }; // the loop gave no result where a function of the caller threw the reason of the abort
}

/** The loop of `fit` in a run folder that is open. */
export class Trainer<Batch> {
  readonly #settings: FitSettings<Batch>;
  readonly #run: RunFolder;
  /** Where several processes train together. */
  readonly #parallel: DataParallel<Batch> | undefined;
  readonly #triggers: Triggers;
  readonly #logger: MetricsLogger;
  readonly #stepper: Stepper<Batch>;
  readonly #tracking: Tracking;
  readonly #saver: CheckpointSaver | FollowingSaver;
  readonly #system: SystemMonitor;
  /** From the restored state on. */
  #steering!: Steering | AgreedSteering;
  #watch: Watch | undefined;
  /** Whether `controls` has ended the training, after an epoch. */
  #isStopped = false;
  #state: LoopState = initialState;
  /** The state that `checkpoints/last` holds, or will once it is on disk, and when it was taken. */
  #saved: LoopState | undefined;
  #savedAt = performance.now();

  /** @param settings what the options mean, where the caller has read them */
  constructor(options: FitOptions<Batch>, settings = fitSettings(options)) {
    const { run } = options;
    if (!(run instanceof RunFolder))
      throw expected('Trainer', 'an open run folder for run', run, 'fit takes the path of one', InputError);
    this.#run = run;
    this.#parallel = run.processes && new DataParallel(run.processes, settings);
    this.#settings = this.#parallel?.settings ?? settings;
    const { plan, data, evaluationSamples, tracking, model } = this.#settings;
    this.#triggers = new Triggers(plan, data.batches);
    const log = run.isWriter ? new MetricsFile(run.file('metrics.jsonl')) : noLog;
    this.#logger = new MetricsLogger(log, evaluationSamples);
    this.#stepper = new Stepper(this.#settings);
    const warn = (message: string) => this.#tell({ type: 'warning', step: this.#state.step, message });
    this.#tracking = new Tracking(tracking, warn);
    this.#saver = run.isWriter ? new CheckpointSaver(run, settings, warn) : new FollowingSaver(run, settings);
    const systemLog = run.isWriter ? run.file(SYSTEM_LOG) : undefined;
    this.#system = new SystemMonitor(systemLog, DeviceMonitor.of(model.parameters()[0]?.device ?? 'cpu'));
  }

  /** Trains from where `checkpoints/last` stands, or from the start, to the end of the plan, or until the signal. */
  async fit(): Promise<FitResult> {
    const triggers = this.#triggers;
    const { plan, model, optimizer, unfreezing } = this.#settings;
    let outcome: Outcome | 'failed' = 'failed';
    try {
      await this.#openDashboard();
      await this.#restore();
      optimizer.zeroGrad(); // what the caller tried before must not go into the first step
      if (this.#run.damage !== undefined)
        this.#tell({ type: 'damaged', step: this.#state.step, message: this.#run.damage });
      this.#tell({ type: 'begin', epochs: plan.epochs, step: this.#state.step, steps: triggers.steps });
      // Before the first step, if the plan says so. A run that was interrupted during an evaluation still owes it.
      if (triggers.evaluationDue(this.#state)) await this.#evaluate();
      await this.#beginStep();
      while (!this.#outcome) {
        model.train();
        unfreezing.enter(this.#state.epoch + 1);
        this.#parallel?.follow();
        for await (const batch of this.#batches()) {
          this.#system.endWait();
          await this.#parallel?.weigh(batch, triggers.endsStep(this.#state));
          this.#forwardBackward(batch);
          if (!triggers.stepDue(this.#state)) continue;
          const lr = await this.#clipAndStep();
          await this.#logStep(lr);
          // The checkpoint first, so that an evaluation that fails costs no training.
          if (triggers.checkpointDue(this.#state, performance.now() - this.#savedAt)) await this.#checkpoint();
          if (triggers.evaluationDue(this.#state)) await this.#evaluate();
          await this.#beginStep();
          if (this.#outcome) break;
        }
        this.#isStopped = this.#stopsHere;
        if (this.#outcome !== 'interrupted') await this.#endEpoch();
      }
      // A run without a step needs none: it begins anew from config.yaml.
      if (this.#state.step > 0 && this.#saved?.step !== this.#state.step) await this.#checkpoint();
      await this.#checkpointSettled();
      outcome = this.#outcome;
      this.#tell({ type: 'end', step: this.#state.step, outcome });
      return { outcome, best: this.#state.best };
    } finally {
      await this.#saver.close();
      this.#system.close();
      this.#logger.close();
      await this.#tracking.end(outcome);
      await this.#watch?.close();
    }
  }

  get #outcome(): Outcome | undefined {
    const isEnded = this.#isStopped || this.#settings.signal.aborted;
    return this.#triggers.outcome(this.#state) ?? (isEnded ? 'interrupted' : undefined);
  }

  /** Whether `controls` asks for an end after the epoch whose batches are done; after the last one the training is complete. */
  get #stopsHere(): boolean {
    const isWhole = this.#triggers.epochEnds(this.#state);
    return isWhole && this.#steering.stopsAfterEpoch && this.#state.epoch + 1 < this.#settings.plan.epochs;
  }

  async #restore(): Promise<void> {
    const last = await inTurn(this.#run.processes, () => this.#saver.restore());
    this.#parallel?.follow();
    this.#logger.rewind(last?.logBytes ?? 0, last?.costs ?? null);
    this.#stepper.loadStateDict(last?.scaler);
    if (last) this.#state = this.#saved = last.loop;
    this.#steering = this.#newSteering();
    await this.#introduce(last?.logBytes ?? 0);
  }

  /** Writes down what this session runs under, and tells the trackers that it begins. */
  async #introduce(logBytes: number): Promise<void> {
    const { path, resumed } = this.#run;
    const { step } = this.#state;
    const session = await beginSession(this.#run, this.#settings, step);
    await this.#tracking.begin({ path, config: this.#settings.config, session, step, resumed, logBytes });
  }

  /** What is left of the running epoch. Data that throws the reason of the abort ends it; a step that it had begun counts as not begun. */
  async *#batches(): AsyncGenerator<Batch, void, undefined> {
    const { data, signal } = this.#settings;
    const { epoch, batch } = this.#state;
    try {
      yield* data.epoch(epoch, { startBatch: batch });
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
      this.#update({ batch: this.#triggers.firstBatch(this.#state) });
    }
  }

  /** Gives signals, data and progress bars a turn. The time of a step begins here, without the evaluation or checkpoint before it. */
  async #beginStep(): Promise<void> {
    await yieldToEventLoop();
    if (this.#saver.isSettled) await this.#checkpointSettled();
    if (this.#state.step > 0) this.#saver.reserve();
    await this.#steering.obey();
    this.#logger.beginStep();
    this.#system.beginWait();
  }

  /** Adds the gradients of `batch`, one of the micro-batches that the next step averages. */
  #forwardBackward(batch: Batch): void {
    const { count, release } = this.#settings;
    const { batch: index } = this.#state;
    if (this.#triggers.epochEnds(this.#state)) throw this.#triggers.otherBatches(this.#state, 'more');
    const microBatches = this.#triggers.microBatches(this.#state);
    // A seed for each batch, not one stream: so dropout depends on the position alone, on any device.
    torch.manualSeed(this.#batchSeed);
    torch.scoped(() => {
      const result = this.#stepper.forward(batch);
      this.#stepper.backward(result.loss, microBatches);
      const loss = this.#logger.addBatch(result, count(batch), microBatches);
      if (!Number.isFinite(loss)) requireFinite({ loss }, this.#state, this.#saved, this.#whereNonFinite(batch));
    });
    release(batch);
    this.#update({ batch: index + 1 });
    this.#system.beginWait();
  }

  /** Of what is random in the model while it sees the running batch. */
  get #batchSeed(): number {
    const { epoch, batch } = this.#state;
    return batchSeed(this.#settings.plan.seed, epoch, this.#parallel?.position(batch) ?? batch);
  }

  /** Which samples the running batch has, and where its numbers stop being finite. */
  #whereNonFinite(batch: Batch): string {
    const { model, data } = this.#settings;
    const { epoch, batch: index } = this.#state;
    torch.manualSeed(this.#batchSeed);
    const first = firstNonFinite(model, batch, () => this.#stepper.forward(batch));
    return describeNonFinite(index, data.describeBatch?.(epoch, index), first);
  }

  /**
   * Applies the gradients, and moves the schedule.
   * @returns the learning rate that the step had
   * @throws InputError when a gradient is not finite; the weights are still those of the step before
   */
  async #clipAndStep(): Promise<number> {
    const { model } = this.#settings;
    const { learningRate: lr, rateFactor } = this.#steering;
    const showWeights = () => this.#tracking.weights(model, this.#state.step + 1);
    this.#parallel?.endBackward();
    const update = { ...this.#stepper.update(showWeights, rateFactor) };
    requireFinite(update, this.#state, this.#saved);
    const own = this.#logger.takeStep();
    const step = this.#parallel ? await this.#parallel.overAll(own) : own;
    const record = this.#logger.endStep(step, update);
    this.#system.step(record.seconds, record.samples);
    this.#state = afterStep(this.#state, record);
    return lr;
  }

  async #logStep(lr: number): Promise<void> {
    const { plan, callbacks, model } = this.#settings;
    if (this.#triggers.logDue(this.#state)) {
      this.#tracking.metrics(this.#logger.logTrain(this.#state, lr));
      this.#tracking.system(this.#system.log(this.#state.step));
      this.#update({ window: emptyWindow });
    }
    const event = this.#logger.stepEvent(this.#state, plan.epochs, this.#triggers.remaining(this.#state), lr);
    this.#tell(event);
    await callBack(callbacks, 'onStep', event, model);
  }

  /** Evaluates and keeps the result in a checkpoint. An evaluation that is aborted stays due, for a resumed run to make up for. */
  async #evaluate(): Promise<void> {
    const { plan, model, evaluate, averages, scheduler, callbacks, signal } = this.#settings;
    const { step } = this.#state;
    const began = performance.now();
    const { log, send } = this.#tracking.evaluation(step);
    torch.manualSeed(evaluationSeed(plan.seed, step));
    model.eval();
    const metrics = await unlessAborted(signal, () =>
      averages ? averages.during(() => evaluate(signal, log)) : evaluate(signal, log),
    );
    model.train();
    if (!metrics) return;
    this.#recordDuration('evaluations', began);
    const score = scoreOf(metrics, plan.score);
    this.#tracking.metrics(this.#logger.logEvaluation(this.#state, metrics));
    await send();
    this.#state = afterEvaluation(this.#state, score, plan.mode, plan.keep);
    scheduler.evaluated?.(score);
    const epoch = epochsBegun(this.#state);
    const event = { type: 'evaluated', epoch, step, metrics, best: isBest(this.#state) } as const;
    this.#tell(event);
    await callBack(callbacks, 'onEvaluate', event, model);
    await this.#checkpoint();
  }

  /** Takes `checkpoints/last`, and `checkpoints/best` after an evaluation that was the best. They may come to the disk later. */
  async #checkpoint(): Promise<void> {
    const began = performance.now();
    await this.#checkpointSettled();
    const state = this.#state;
    const logBytes = this.#logger.flush();
    this.#tracking.checkpoint({ path: this.#run.checkpoint('last'), step: state.step, logBytes });
    await this.#saver.save({
      loop: state,
      logBytes,
      costs: this.#logger.throughput.costs,
      scaler: this.#stepper.stateDict(),
    });
    this.#saved = state;
    this.#savedAt = performance.now();
    this.#recordDuration('checkpoints', began);
    if (this.#saver.isSettled) await this.#checkpointSettled();
  }

  /** Waits for the checkpoint that was taken last, and tells that it is on disk. @throws InputError when it could not be written */
  async #checkpointSettled(): Promise<void> {
    const { callbacks, model } = this.#settings;
    const step = await this.#saver.settled();
    if (step === undefined) return;
    const event = { type: 'checkpoint', step, path: this.#run.checkpoint('last') } as const;
    this.#tell(event);
    await callBack(callbacks, 'onCheckpoint', event, model);
  }

  /** Ends the pass over the data, unless the training ended within it. */
  async #endEpoch(): Promise<void> {
    const { epoch, batch, step } = this.#state;
    const { plan, callbacks, model } = this.#settings;
    const ended = this.#outcome !== undefined;
    if (!this.#triggers.epochEnds(this.#state)) {
      if (ended) return;
      throw this.#triggers.otherBatches(this.#state, String(batch));
    }
    const event: EpochEvent = { type: 'epoch', epoch: epoch + 1, epochs: plan.epochs, step };
    await callBack(callbacks, 'onEpoch', event, model);
    if (!ended) this.#update({ epoch: epoch + 1, batch: 0 });
  }

  #recordDuration(kind: 'evaluations' | 'checkpoints', began: number): void {
    const seconds = (performance.now() - began) / 1000;
    this.#logger.throughput.record(kind, seconds);
    this.#steering.spend(seconds);
  }

  #newSteering(): Steering | AgreedSteering {
    const { controls, optimizer, signal } = this.#settings;
    const training: Steered = {
      controls,
      optimizer,
      signal,
      step: () => this.#state.step,
      isOver: () => this.#outcome !== undefined,
      tell: (event) => this.#tell(event),
      addSeconds: (seconds) => this.#update({ seconds: this.#state.seconds + seconds }),
      checkpoint: (isAsked) => this.#checkpointNow(isAsked),
    };
    return this.#parallel?.steering(this.#run, training) ?? new Steering(this.#run, training);
  }

  async #checkpointNow(isAsked: boolean): Promise<boolean> {
    const isNew = isAsked && this.#saved?.step !== this.#state.step;
    if (isNew) await this.#checkpoint();
    await this.#checkpointSettled();
    return isNew;
  }

  async #openDashboard(): Promise<void> {
    const { onEvent } = this.#settings;
    this.#watch = await shownBy(this.#settings, (message) =>
      onEvent({ type: 'warning', step: this.#state.step, message }),
    );
    if (this.#watch === undefined) return;
    this.#tracking.add(this.#watch.tracker);
    const { address } = this.#watch;
    if (address !== undefined) onEvent({ type: 'dashboard', step: this.#state.step, address });
  }

  #tell(event: TrainEvent): void {
    this.#settings.onEvent(event);
    this.#watch?.onEvent(event);
  }

  #update(change: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...change };
  }
}
