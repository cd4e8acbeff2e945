import { InputError } from '../../errors';
import type { Module } from '../../nn';
import { resolveOptions } from '../../options';
import { noGrad, type Tensor } from '../../tensor';
import { describeBytes, imageFormat, imageSize } from '../../vision/image';
import type { MetricsEntry } from '../metrics-logger';
import type { SystemEntry } from '../system-log';
import type { Outcome } from '../types';
import { histogramOf } from './histogram';
import { Mlflow } from './mlflow';
import { TensorBoard } from './tensorboard/tensorboard';
import type { EvaluationLog, TrackedCheckpoint, TrackedRun, Tracker } from './tracker';

/** Who is told of a training, and how much. */
export interface TrackingOptions {
  /** Event files of TensorBoard in the run folder. @default true */
  readonly tensorboard: boolean;
  /** Steps between two histograms of each weight and its gradient; 0 makes none. @default 0 */
  readonly histogramSteps: number;
  /** Reports to MLflow where the environment names a server: `MLFLOW_TRACKING_URI`. @default true */
  readonly mlflow: boolean;
  /** Trackers of your own. @default none */
  readonly trackers: readonly Tracker[];
}

const defaults: TrackingOptions = { tensorboard: true, histogramSteps: 0, mlflow: true, trackers: [] };

/** Tells all trackers of a run what happens. None of them can end the training: one that fails is left out from then on. */
export class Tracking {
  #trackers: Tracker[];
  readonly #histogramSteps: number;
  readonly #warn: (message: string) => void;

  /** @throws InputError for an option that does not exist or does not hold */
  constructor(options: Partial<TrackingOptions> | undefined, warn: (message: string) => void) {
    const { tensorboard, histogramSteps, mlflow, trackers } = resolveOptions('fit: tracking', defaults, options);
    if (!Number.isInteger(histogramSteps) || histogramSteps < 0)
      throw new InputError(
        `fit: tracking: expected a whole number from 0 on for histogramSteps, found ${histogramSteps}`,
      );
    this.#trackers = [
      ...(tensorboard ? [new TensorBoard()] : []),
      ...(mlflow && process.env['MLFLOW_TRACKING_URI'] ? [new Mlflow()] : []),
      ...trackers,
    ];
    this.#histogramSteps = histogramSteps;
    this.#warn = warn;
  }

  begin(run: Omit<TrackedRun, 'warn'>): Promise<void> {
    return this.#tellInTurn((tracker) => tracker.begin?.({ ...run, warn: this.#warn }));
  }

  /** One more that is told of everything from here on. */
  add(tracker: Tracker): void {
    this.#trackers.push(tracker);
  }

  system(entry: SystemEntry): void {
    this.#tell((tracker) => tracker.system?.(entry));
  }

  metrics(entry: MetricsEntry): void {
    this.#tell((tracker) => tracker.metrics?.(entry));
  }

  checkpoint(checkpoint: TrackedCheckpoint): void {
    this.#tell((tracker) => tracker.checkpoint?.(checkpoint));
  }

  end(outcome: Outcome | 'failed'): Promise<void> {
    return this.#tellInTurn((tracker) => tracker.end?.(outcome));
  }

  /** Shows weights and gradients, where it is time: after the optimizer's step, before the gradients are freed. */
  weights(model: Module, step: number): void {
    if (this.#histogramSteps === 0 || step % this.#histogramSteps !== 0) return;
    for (const [name, parameter] of model.namedParameters()) {
      if (!parameter.requiresGrad) continue;
      this.#histogram(`weights/${name}`, step, parameter);
      if (parameter.grad) this.#histogram(`gradients/${name}`, step, parameter.grad);
    }
  }

  /** What an evaluation after `step` steps may show, and what tells the trackers once it is through. */
  evaluation(step: number): { readonly log: EvaluationLog; readonly send: () => Promise<void> } {
    const sends: (() => void | Promise<void>)[] = [];
    const log: EvaluationLog = {
      wantsImages: this.#trackers.some(({ image }) => image !== undefined),
      image: (name, encoded) => {
        if (!['jpeg', 'png'].includes(imageFormat(encoded) ?? ''))
          throw new InputError(`evaluate: expected a JPEG or PNG file for ${name}, found ${describeBytes(encoded)}`);
        sends.push(async () => {
          const size = await imageSize(encoded, name);
          this.#tell((tracker) => tracker.image?.({ name, step, encoded, ...size }));
        });
      },
      text: (name, markdown) =>
        void sends.push(() => this.#tell((tracker) => tracker.text?.({ name, step, markdown }))),
      histogram: (name, tensor) => {
        const histogram = noGrad(() => histogramOf(tensor));
        if (histogram) sends.push(() => this.#tell((tracker) => tracker.histogram?.({ name, step, histogram })));
      },
    };
    const send = async () => {
      for (const one of sends) await one();
    };
    return { log, send };
  }

  #histogram(name: string, step: number, tensor: Tensor): void {
    const histogram = histogramOf(tensor);
    if (histogram) this.#tell((tracker) => tracker.histogram?.({ name, step, histogram }));
  }

  #tell(what: (tracker: Tracker) => void): void {
    for (const tracker of this.#trackers) {
      try {
        what(tracker);
      } catch (error) {
        this.#leaveOut(tracker, error);
      }
    }
  }

  async #tellInTurn(what: (tracker: Tracker) => void | Promise<void>): Promise<void> {
    for (const tracker of this.#trackers) {
      try {
        await what(tracker);
      } catch (error) {
        this.#leaveOut(tracker, error);
      }
    }
  }

  #leaveOut(tracker: Tracker, error: unknown): void {
    this.#trackers = this.#trackers.filter((other) => other !== tracker);
    const reason = (error as Error).message.replace(/\.$/, '');
    this.#warn(`${tracker.name} is told no more of this training, which goes on: ${reason}.`);
  }
}
