/** What a person does to a training that runs. Between two steps the loop looks at it. */
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import type { LearningRateChange } from './learning-rate-changes';

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

function requireFactor(factor: number): void {
  if (!(Number.isFinite(factor) && factor > 0))
    throw expected('scaleLearningRate', 'a finite number above 0', factor, '', InputError);
}
