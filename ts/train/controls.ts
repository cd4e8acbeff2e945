/** What a person asks of a training that runs, and how the loop does it between two steps. */
import { InputError } from '../errors';
import type { Optimizer } from '../optim';
import { expected, resolveOptions } from '../options';
import { type LearningRateChange, LearningRateChanges } from './learning-rate-changes';
import type { RunFolder } from './run';
import type { TrainEvent } from './types';

/** What is asked of a training at the moment. */
export interface ControlState {
  /** No step is made until it goes on. */
  readonly paused: boolean;
  /** It ends after the running epoch. */
  readonly stopsAfterEpoch: boolean;
  /** A checkpoint is to be written. */
  readonly checkpointAsked: boolean;
}

const defaults: { readonly learningRate: readonly LearningRateChange[] } = { learningRate: [] };

/**
 * Steers a training while it runs: `fit({ controls })`. A request takes effect between two steps. Only `scaleLearningRate` changes the
 * weights that the run ends with; it is written into the run folder, so that a resume and a replay do the same at the same step.
 */
export class TrainControls {
  /** What a new run changes at steps that are known before: those of another run, to repeat it. */
  readonly learningRate: readonly LearningRateChange[];
  #paused = false;
  #stopsAfterEpoch = false;
  #checkpointAsked = false;
  #factors: number[] = [];
  #requests = 0;
  readonly #listeners = new Set<() => void>();

  /** @throws InputError for an option that does not exist, or a factor that is no finite number above 0 */
  constructor(options: { readonly learningRate?: readonly LearningRateChange[] } = {}) {
    this.learningRate = resolveOptions('TrainControls', defaults, options).learningRate;
    for (const { factor } of this.learningRate) requireFactor(factor);
  }

  /** Asks for a checkpoint after the running step; the last weights stay as they are. */
  checkpoint(): void {
    this.#change(() => (this.#checkpointAsked = true));
  }

  /** Makes no further step until `resume`. Time that is spent so does not count as training time. */
  pause(): void {
    this.#change(() => (this.#paused = true));
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#change(() => (this.#paused = false));
  }

  /**
   * Ends the training after the running epoch, with a checkpoint from which it can be resumed, as an abort does after the running step.
   * @param stop false takes it back
   */
  stopAfterEpoch(stop = true): void {
    this.#change(() => (this.#stopsAfterEpoch = stop));
  }

  /**
   * Multiplies the learning rates of all further steps, whatever the schedule makes of them.
   * @throws InputError for what is no finite number above 0
   */
  scaleLearningRate(factor: number): void {
    requireFactor(factor);
    this.#change(() => this.#factors.push(factor));
  }

  /** What is asked of the training. */
  get state(): ControlState {
    return { paused: this.#paused, stopsAfterEpoch: this.#stopsAfterEpoch, checkpointAsked: this.#checkpointAsked };
  }

  /** Calls `listener` after every request. @returns what ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @internal Whether a checkpoint was asked for since the last call. */
  _takeCheckpoint(): boolean {
    const asked = this.#checkpointAsked;
    if (asked) this.#change(() => (this.#checkpointAsked = false));
    return asked;
  }

  /** @internal The factors that were asked for since the last call. */
  _takeFactors(): readonly number[] {
    return this.#factors.splice(0);
  }

  /** @internal How many requests there were. */
  get _requests(): number {
    return this.#requests;
  }

  /** @internal Ends once there were more requests than `known`, or with the abort of the signal. */
  _nextRequest(known: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // A pending promise keeps no process alive, and who asks may be a thread that does not either.
      const alive = setInterval(() => {}, 60_000);
      const end = () => {
        clearInterval(alive);
        off();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const off = this.onChange(end);
      signal.addEventListener('abort', end);
      if (signal.aborted || this.#requests !== known) end();
    });
  }

  #change(change: () => void): void {
    change();
    this.#requests++;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The training, as far as it is steered. */
export interface Steered {
  readonly controls: TrainControls;
  readonly optimizer: Optimizer;
  readonly signal: AbortSignal;
  /** Optimizer steps done. */
  readonly step: () => number;
  /** Whether it has ended, so that nothing is to be done any more. */
  readonly isOver: () => boolean;
  readonly tell: (event: TrainEvent) => void;
  /** Counts time beside the steps as training time. */
  readonly addSeconds: (seconds: number) => void;
  /** Brings a checkpoint of the last step to the disk, and what is on its way there. @returns false where it was there already */
  readonly checkpoint: (isAsked: boolean) => Promise<boolean>;
}

/** Does what `controls` asks of a training. */
export class Steering {
  readonly #training: Steered;
  readonly #rates: LearningRateChanges;

  /**
   * Takes over the changes that the run folder has, or for a new run those that `controls` begins with.
   * @throws InputError when the file is damaged or cannot be written
   */
  constructor(run: RunFolder, training: Steered) {
    this.#training = training;
    this.#rates = new LearningRateChanges(run.path, training.controls.learningRate);
  }

  /** The factor on the learning rates of the next step. */
  get rateFactor(): number {
    return this.#rates.factorAt(this.#training.step());
  }

  /** The highest learning rate of the next step. */
  get learningRate(): number {
    return Math.max(...this.#training.optimizer.paramGroups.map(({ lr }) => lr)) * this.rateFactor;
  }

  /** Whether the training is to end after the running epoch. */
  get stopsAfterEpoch(): boolean {
    return this.#training.controls.state.stopsAfterEpoch;
  }

  /** Counts time beside the steps as training time. */
  spend(seconds: number): void {
    this.#training.addSeconds(seconds);
  }

  /** Does what was asked for, and returns once the training may go on. */
  async obey(): Promise<void> {
    const { controls, signal, step, isOver, checkpoint } = this.#training;
    let isPaused = false;
    while (!isOver()) {
      const known = controls._requests;
      for (const factor of controls._takeFactors()) this.#scaleRates(factor);
      // Before the first step there is nothing to save.
      if (step() > 0 && controls._takeCheckpoint() && !(await checkpoint(true)))
        this.#tell(`the checkpoint of step ${step()} is there already`);
      if (controls.state.paused !== isPaused) {
        isPaused = !isPaused;
        // Whoever pauses may switch off.
        if (isPaused) await checkpoint(false);
        this.#tell(`${isPaused ? 'paused' : 'going on'} after step ${step()}`, isPaused);
      }
      if (!isPaused) return;
      await controls._nextRequest(known, signal);
    }
  }

  #scaleRates(factor: number): void {
    const step = this.#training.step();
    try {
      this.#rates.add({ step, factor });
      const rate = Number(this.learningRate.toPrecision(3));
      this.#tell(`learning rate × ${Number(factor.toPrecision(3))} after step ${step}: ${rate}`);
    } catch (error) {
      const message = `The learning rate stays as it is: ${(error as Error).message}`;
      this.#training.tell({ type: 'warning', step, message });
    }
  }

  #tell(message: string, paused = this.#training.controls.state.paused): void {
    this.#training.tell({ type: 'control', step: this.#training.step(), message, paused });
  }
}

function requireFactor(factor: number): void {
  if (!(Number.isFinite(factor) && factor > 0))
    throw expected('scaleLearningRate', 'a finite number above 0', factor, '', InputError);
}
