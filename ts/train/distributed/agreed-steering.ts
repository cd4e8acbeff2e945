/** What is asked of a training of several processes between two steps, so that all do the same. */
import type { Steered, Steering } from '../controls';
import type { Processes } from './processes';

/** The training, and what the agreement is about. */
export interface Agreed extends Steered {
  readonly processes: Processes;
  /** Ends the training in this process, once it was agreed on. */
  readonly abort: AbortController;
}

/**
 * A person, a signal or a clock speaks to one process. Before each step the processes meet: what the first is asked for holds in all,
 * as does an abort of any of them. A pause of the first is one of all.
 */
export class AgreedSteering {
  readonly #own: Steering | undefined;
  readonly #training: Agreed;
  #owed = 0;
  rateFactor = 1;
  stopsAfterEpoch = false;

  /** @param own what the first process is asked for; undefined in the others */
  constructor(own: Steering | undefined, training: Agreed) {
    this.#own = own;
    this.#training = training;
  }

  /** The highest learning rate of the next step. */
  get learningRate(): number {
    return Math.max(...this.#training.optimizer.paramGroups.map(({ lr }) => lr)) * this.rateFactor;
  }

  /** Counts time beside the steps as training time, that of the first process and from the next meeting on. */
  spend(seconds: number): void {
    if (this.#own) this.#owed += seconds;
  }

  /** Returns once the training may go on, in all processes. */
  async obey(): Promise<void> {
    const { processes, signal, abort, addSeconds } = this.#training;
    const report = (): number[] => {
      const { rateFactor = 0, stopsAfterEpoch = false } = this.#own ?? {};
      return [Number(signal.aborted), rateFactor, Number(stopsAfterEpoch), this.#owed];
    };
    const { sums } = await processes.meet(() => this.#own?.obey(), report);
    const [aborted, rateFactor, stops, seconds] = sums as [number, number, number, number];
    this.rateFactor = rateFactor;
    this.stopsAfterEpoch = stops > 0;
    addSeconds(seconds);
    this.#owed = 0;
    if (aborted > 0 && !abort.signal.aborted)
      abort.abort(signal.aborted ? signal.reason : new Error('another process was stopped'));
  }
}
