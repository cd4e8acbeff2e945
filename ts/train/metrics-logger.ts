import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type LoopState, epochsBegun, windowMeans } from './state';
import type { Metrics, StepEvent } from './types';

/** One line of metrics.jsonl. `step` counts optimizer steps, 0 for an evaluation of the start; `seconds` is training time so far. */
export interface MetricsEntry {
  readonly kind: 'train' | 'val';
  /** Epochs begun, from 1; 0 before the first step. */
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly [name: string]: number | string | null;
}

/** metrics.jsonl: one JSON object a line, appended as training goes. */
export class MetricsLog {
  private readonly file: number;

  constructor(readonly path: string) {
    this.file = openSync(path, 'a+');
  }

  append(entry: MetricsEntry): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  /** The length of the file once everything written is on disk: what a checkpoint remembers. */
  flush(): number {
    fsyncSync(this.file);
    return this.bytes;
  }

  /** Forgets all lines after the first `bytes` bytes. */
  truncate(bytes: number): void {
    if (bytes < this.bytes) ftruncateSync(this.file, bytes);
  }

  close(): void {
    closeSync(this.file);
  }

  private get bytes(): number {
    return fstatSync(this.file).size;
  }
}

/** The lines of a metrics.jsonl; a last line that a kill cut short is left out. */
export function readMetricsLog(path: string): MetricsEntry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MetricsEntry);
}

/** Keeps metrics.jsonl and measures how fast training goes. */
export class MetricsLogger {
  private current: Throughput;
  private readonly losses = new Recent(50);
  private readonly log: MetricsLog;

  constructor(
    path: string,
    private readonly evaluationSamples: number,
  ) {
    this.log = new MetricsLog(path);
    this.current = new Throughput(null, evaluationSamples);
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
    this.current = new Throughput(costs, this.evaluationSamples);
  }

  close(): void {
    this.log.close();
  }

  /** One step of `seconds` over `samples` samples. */
  step(loss: number, seconds: number, samples: number): void {
    this.losses.push(loss);
    this.throughput.step(seconds, samples);
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
      samplesPerSecond: this.throughput.samplesPerSecond,
      secondsLeft: this.throughput.secondsFor(remaining),
    };
  }
}

function position(state: LoopState): { epoch: number; step: number; seconds: number } {
  return { epoch: epochsBegun(state), step: state.step, seconds: Math.round(state.seconds * 1000) / 1000 };
}

/** The most recent values of a series; what is older does not count. */
export class Recent {
  private readonly values: number[] = [];

  constructor(private readonly capacity: number) {}

  push(value: number): void {
    this.values.push(value);
    if (this.values.length > this.capacity) this.values.shift();
  }

  get sum(): number {
    return this.values.reduce((sum, value) => sum + value, 0);
  }

  /** NaN as long as there are no values. */
  get mean(): number {
    return this.sum / this.values.length;
  }
}

/** Work of three kinds, counted. */
export interface Work {
  readonly steps: number;
  readonly evaluations: number;
  readonly checkpoints: number;
}

/** Mean seconds of each kind of work. */
export type Costs = { readonly [Kind in keyof Work]: number };

/**
 * How fast training goes and how long the rest will take.
 *
 * Only what this process measured lately counts for steps, so the speed does not lie after a resume or
 * a change of load; evaluations and checkpoints are rare, so `prior` (from the checkpoint) stands in
 * until one has been measured.
 */
export class Throughput {
  private readonly recent = { steps: new Recent(64), evaluations: new Recent(3), checkpoints: new Recent(3) };
  private readonly samples = new Recent(64);

  /**
   * @param prior costs measured before a resume
   * @param evaluationSamples samples of one evaluation
   */
  constructor(
    private readonly prior: Costs | null = null,
    private readonly evaluationSamples = 0,
  ) {}

  /** One training step over `samples` samples, the wait for its data included. */
  step(seconds: number, samples: number): void {
    this.recent.steps.push(seconds);
    this.samples.push(samples);
  }

  record(kind: 'evaluations' | 'checkpoints', seconds: number): void {
    this.recent[kind].push(seconds);
  }

  get samplesPerSecond(): number {
    return this.samples.sum / this.recent.steps.sum;
  }

  get costs(): Costs {
    return { steps: this.cost('steps'), evaluations: this.cost('evaluations'), checkpoints: this.cost('checkpoints') };
  }

  /** Seconds that `work` will take, or null before the first step of this process. */
  secondsFor(work: Work): number | null {
    const { steps, evaluations, checkpoints } = this.costs;
    if (Number.isNaN(this.recent.steps.mean)) return null;
    return work.steps * steps + work.evaluations * evaluations + work.checkpoints * checkpoints;
  }

  private cost(kind: keyof Work): number {
    const measured = this.recent[kind].mean;
    if (!Number.isNaN(measured)) return measured;
    // Nothing was measured yet: a forward pass is about a third of a training step, a checkpoint little.
    return this.prior?.[kind] ?? (kind === 'evaluations' ? this.evaluationSamples / (3 * this.samplesPerSecond) : 0);
  }
}
