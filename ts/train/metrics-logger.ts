import type { Metrics, StepEvent } from './events';
import { MetricsLog } from './metrics-log';
import { type Costs, Throughput, Recent, type Work } from './throughput';
import { type LoopState, epochsBegun, windowMeans } from './state';

/** Keeps metrics.jsonl and measures how fast training goes. */
export class MetricsLogger {
  private current: Throughput;
  private readonly losses = new Recent(50);
  private readonly log: MetricsLog;

  constructor(
    path: string,
    private readonly evaluationImages: number,
  ) {
    this.log = new MetricsLog(path);
    this.current = new Throughput(null, evaluationImages);
  }

  get throughput(): Throughput {
    return this.current;
  }

  /** The length of the log on disk, for a checkpoint. */
  flush(): number {
    return this.log.flush();
  }

  /** Forgets what was logged after a checkpoint, and takes up what had been measured until then. */
  rewind(logBytes: number, costs: Costs | null): void {
    this.log.truncate(logBytes);
    this.current = new Throughput(costs, this.evaluationImages);
  }

  close(): void {
    this.log.close();
  }

  /** One step of `seconds` over `images` images. */
  step(loss: number, seconds: number, images: number): void {
    this.losses.push(loss);
    this.throughput.step(seconds, images);
  }

  /** One line of means over all steps since the last one. */
  logTrain(state: LoopState, lr: number): void {
    this.log.append({ kind: 'train', ...position(state), lr, ...windowMeans(state.window) });
  }

  logEvaluation(state: LoopState, metrics: Metrics): void {
    this.log.append({ kind: 'val', ...position(state), ...metrics });
  }

  stepEvent(state: LoopState, epochs: number, remaining: Work, lr: number): StepEvent {
    return {
      type: 'step',
      epoch: state.epoch + 1,
      epochs,
      step: state.step,
      steps: state.step + remaining.steps,
      loss: this.losses.mean,
      lr,
      imagesPerSecond: this.throughput.imagesPerSecond,
      secondsLeft: this.throughput.secondsFor(remaining),
    };
  }
}

function position(state: LoopState): { epoch: number; step: number; seconds: number } {
  return { epoch: epochsBegun(state), step: state.step, seconds: Math.round(state.seconds * 1000) / 1000 };
}
