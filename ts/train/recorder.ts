import type { Metrics, StepEvent } from './events';
import { MetricsLog } from './metrics-log';
import { type Costs, Pace, Recent, type Work } from './pace';
import { type LoopState, epochsBegun, windowMeans } from './state';

/** Keeps metrics.jsonl and measures how fast training goes. */
export class Recorder {
  private current: Pace;
  private readonly losses = new Recent(50);
  private readonly log: MetricsLog;

  constructor(
    path: string,
    private readonly evaluationImages: number,
  ) {
    this.log = new MetricsLog(path);
    this.current = new Pace(null, evaluationImages);
  }

  get pace(): Pace {
    return this.current;
  }

  /** The length of the log on disk, for a checkpoint. */
  flush(): number {
    return this.log.flush();
  }

  /** Forgets what was logged after a checkpoint, and takes up what had been measured until then. */
  rewind(logBytes: number, costs: Costs | null): void {
    this.log.truncate(logBytes);
    this.current = new Pace(costs, this.evaluationImages);
  }

  close(): void {
    this.log.close();
  }

  /** One step of `seconds` over `images` images. */
  step(loss: number, seconds: number, images: number): void {
    this.losses.push(loss);
    this.pace.step(seconds, images);
  }

  /** One line of means over all steps since the last one. */
  logTrain(state: LoopState, lr: number): void {
    this.log.append({ kind: 'train', ...place(state), lr, ...windowMeans(state.window) });
  }

  logEvaluation(state: LoopState, metrics: Metrics): void {
    this.log.append({ kind: 'val', ...place(state), ...metrics });
  }

  stepEvent(state: LoopState, epochs: number, left: Work, lr: number): StepEvent {
    return {
      type: 'step',
      epoch: state.epoch + 1,
      epochs,
      step: state.step,
      steps: state.step + left.steps,
      loss: this.losses.mean,
      lr,
      imagesPerSecond: this.pace.imagesPerSecond,
      secondsLeft: this.pace.secondsFor(left),
    };
  }
}

function place(state: LoopState): { epoch: number; step: number; seconds: number } {
  return { epoch: epochsBegun(state), step: state.step, seconds: Math.round(state.seconds * 1000) / 1000 };
}
