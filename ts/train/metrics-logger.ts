import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Tensor } from '../tensor';
import { type LoopState, type StepRecord, epochsBegun, windowMeans } from './state';
import { type Costs, Recent, Throughput, type Work } from './throughput';
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

/** The file metrics.jsonl: one JSON object a line, appended as training goes. It is opened when it is first asked of anything. */
export class MetricsFile {
  #descriptor: number | undefined;

  constructor(readonly path: string) {}

  append(entry: MetricsEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** The length of the file once everything written is on disk: what a checkpoint remembers. */
  flush(): number {
    fsyncSync(this.#file);
    return this.#bytes;
  }

  /** Forgets all lines after the first `bytes` bytes. */
  truncate(bytes: number): void {
    if (bytes < this.#bytes) ftruncateSync(this.#file, bytes);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  get #file(): number {
    return (this.#descriptor ??= openSync(this.path, 'a+'));
  }

  get #bytes(): number {
    return fstatSync(this.#file).size;
  }
}

/** The lines of a metrics.jsonl; a last line that a kill cut short is left out. */
export function readMetricsLog(path: string): MetricsEntry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MetricsEntry);
}

/** Sums up the batches of each step, keeps metrics.jsonl and measures how fast training goes. */
export class MetricsLogger {
  readonly #log: MetricsFile;
  readonly #losses = new Recent(50);
  #speed: Throughput;
  /** Of the running step. */
  #began = 0;
  #samples = 0;
  #sums: Record<string, number> = {};
  readonly #evaluationSamples: number;

  constructor(path: string, evaluationSamples: number) {
    this.#evaluationSamples = evaluationSamples;
    this.#log = new MetricsFile(path);
    this.#speed = new Throughput(null, evaluationSamples);
  }

  get throughput(): Throughput {
    return this.#speed;
  }

  /** The length of the log on disk, for a checkpoint. */
  flush(): number {
    return this.#log.flush();
  }

  /** Forgets what was logged after a checkpoint, and takes up what had been measured until then. */
  rewind(logBytes: number, costs: Costs | null): void {
    this.#log.truncate(logBytes);
    this.#speed = new Throughput(costs, this.#evaluationSamples);
  }

  close(): void {
    this.#log.close();
  }

  /** From here on the time belongs to the next step. */
  beginStep(): void {
    this.#began = performance.now();
  }

  /** Adds one of the `batches` batches that the running step averages. */
  addBatch(terms: Readonly<Record<string, Tensor>>, samples: number, batches: number): void {
    for (const [name, term] of Object.entries(terms))
      this.#sums[name] = (this.#sums[name] ?? 0) + Number(term.item()) / batches;
    this.#samples += samples;
  }

  /** What the step was. @param values what there is one of in a step, beside the terms of its batches */
  endStep(values: Readonly<Record<string, number>>): StepRecord {
    const step = {
      means: { ...this.#sums, ...values },
      seconds: (performance.now() - this.#began) / 1000,
      samples: this.#samples,
    };
    this.#sums = {};
    this.#samples = 0;
    this.#losses.push(step.means['loss']!);
    this.#speed.step(step.seconds, step.samples);
    return step;
  }

  /** One line of means over all steps since the last one. */
  logTrain(state: LoopState, lr: number): MetricsEntry {
    return this.#append({ kind: 'train', ...position(state), lr, ...windowMeans(state.window) });
  }

  logEvaluation(state: LoopState, metrics: Metrics): MetricsEntry {
    return this.#append({ kind: 'val', ...position(state), ...metrics });
  }

  #append(entry: MetricsEntry): MetricsEntry {
    this.#log.append(entry);
    return entry;
  }

  stepEvent(state: LoopState, epochs: number, remaining: Work, lr: number): StepEvent {
    return {
      type: 'step',
      epoch: state.epoch + 1,
      epochs,
      step: state.step,
      steps: state.step + remaining.steps,
      loss: this.#losses.mean,
      lr,
      samplesPerSecond: this.#speed.samplesPerSecond,
      secondsLeft: this.#speed.secondsFor(remaining),
    };
  }
}

function position(state: LoopState): { epoch: number; step: number; seconds: number } {
  return { epoch: epochsBegun(state), step: state.step, seconds: Math.round(state.seconds * 1000) / 1000 };
}
