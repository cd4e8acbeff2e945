/** What `controls` asks of a training, done between two of its steps. */
import type { Optimizer } from '../optim';
import type { TrainControls } from './controls';
import { LearningRateChanges } from './learning-rate-changes';
import type { RunFolder } from './run';
import type { TrainEvent } from './types';

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
  /** Brings a checkpoint of the last step to the disk, and what is on its way there. @returns false where it was there already */
  readonly checkpoint: (isAsked: boolean) => Promise<boolean>;
}

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
