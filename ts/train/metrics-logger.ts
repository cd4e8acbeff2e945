import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
} from 'node:fs';
import { InputError } from '../errors';
import { type LoopState, type StepRecord, epochsBegun, windowMeans } from './state';
import { type Costs, Recent, Throughput, type Work } from './throughput';
import type { LossAndTerms, Metrics, StepEvent } from './types';

/** One line of metrics.jsonl. `step` counts optimizer steps, 0 for an evaluation of the start; `seconds` is training time so far. */
export interface MetricsEntry {
  readonly kind: 'train' | 'val';
  /** Epochs begun, from 1; 0 before the first step. */
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly [name: string]: number | string | null;
}

/** Keys of a line of metrics.jsonl that no term of a loss and no metric may take. */
const POSITION_KEYS: readonly string[] = ['kind', 'epoch', 'step', 'seconds'];
const TRAIN_KEYS: readonly string[] = [...POSITION_KEYS, 'loss', 'lr', 'gradNorm', 'skipped', 'imagesPerSecond'];

/** The file metrics.jsonl: one JSON object a line, appended as training goes. It is opened when something is first asked of it. */
export class MetricsFile {
  #descriptor: number | undefined;

  constructor(readonly path: string) {}

  append(entry: MetricsEntry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`); // the whole line: writeSync may write less on a full disk
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

/**
 * The lines of a metrics.jsonl; a last line that a kill cut short is left out.
 * @param bytes how much of the file to read
 * @throws InputError for another line that is no JSON
 */
export function readMetricsLog(path: string, bytes = Infinity): MetricsEntry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path).subarray(0, bytes).toString().split('\n').slice(0, -1);
  return lines.flatMap((line, i) => (line === '' ? [] : [parseEntry(line, `${path}:${i + 1}`)]));
}

function parseEntry(line: string, position: string): MetricsEntry {
  try {
    return JSON.parse(line) as MetricsEntry;
  } catch (cause) {
    throw new InputError(
      `${position}: expected a line of JSON, found ${(cause as Error).message}; take the line out, or restore the file.`,
      { cause },
    );
  }
}

/** Steps whose mean loss is shown. */
const SHOWN_STEPS = 50;

/** Sums up the batches of each step, writes metrics.jsonl and measures how fast training goes. */
export class MetricsLogger {
  readonly #log: Pick<MetricsFile, 'append' | 'flush' | 'truncate' | 'close'>;
  readonly #losses = new Recent(SHOWN_STEPS);
  #throughput: Throughput;
  /** Of the running step: when it began, its samples, and the mean of each value over the batches so far. */
  #began = 0;
  #samples = 0;
  #means: Record<string, number> = {};
  readonly #evaluationSamples: number;

  constructor(log: Pick<MetricsFile, 'append' | 'flush' | 'truncate' | 'close'>, evaluationSamples: number) {
    this.#evaluationSamples = evaluationSamples;
    this.#log = log;
    this.#throughput = new Throughput(null, evaluationSamples);
  }

  get throughput(): Throughput {
    return this.#throughput;
  }

  /** The length of the log on disk, for a checkpoint. */
  flush(): number {
    return this.#log.flush();
  }

  /** Forgets what was logged after a checkpoint, and takes over the costs that had been measured until then. */
  rewind(logBytes: number, costs: Costs | null): void {
    this.#log.truncate(logBytes);
    this.#throughput = new Throughput(costs, this.#evaluationSamples);
  }

  close(): void {
    this.#log.close();
  }

  /** From here on the time belongs to the next step. */
  beginStep(): void {
    this.#began = performance.now();
  }

  /**
   * Adds one of the `microBatches` that the running step averages.
   * @returns the loss of the batch
   * @throws InputError for a term whose name metrics.jsonl has for something else
   */
  addBatch({ loss, terms = {} }: LossAndTerms, samples: number, microBatches: number): number {
    requireFree('a term of the loss', Object.keys(terms), TRAIN_KEYS);
    const values = Object.entries({ loss, ...terms }).map(([name, term]) => [name, Number(term.item())] as const);
    for (const [name, value] of values) this.#means[name] = (this.#means[name] ?? 0) + value / microBatches;
    this.#samples += samples;
    return values[0]![1];
  }

  /** What the batches of the step were, which is over. */
  takeStep(): StepRecord {
    const seconds = (performance.now() - this.#began) / 1000;
    const step = { means: this.#means, seconds, samples: this.#samples };
    this.#means = {};
    this.#samples = 0;
    return step;
  }

  /** What the step was. @param values what there is one of in a step, beside the terms of its batches */
  endStep({ means, seconds, samples }: StepRecord, values: Readonly<Record<string, number>>): StepRecord {
    this.#losses.push(means['loss']!);
    this.#throughput.step(seconds, samples);
    return { seconds, samples, means: { ...means, ...values } };
  }

  /** One line of means over all steps since the last one. */
  logTrain(state: LoopState, lr: number): MetricsEntry {
    return this.#append({ kind: 'train', ...position(state), lr, ...windowMeans(state.window) });
  }

  /** @throws InputError for a metric whose name metrics.jsonl has for something else */
  logEvaluation(state: LoopState, metrics: Metrics): MetricsEntry {
    requireFree('a metric', Object.keys(metrics), POSITION_KEYS);
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
      samplesPerSecond: this.#throughput.samplesPerSecond,
      secondsLeft: this.#throughput.secondsFor(remaining),
    };
  }
}

function requireFree(what: string, names: readonly string[], taken: readonly string[]): void {
  const name = names.find((candidate) => taken.includes(candidate));
  if (name !== undefined)
    throw new InputError(
      `fit: expected another name for ${what}, found "${name}", which a line of metrics.jsonl has already; rename it.`,
    );
}

function position(state: LoopState): { epoch: number; step: number; seconds: number } {
  return { epoch: epochsBegun(state), step: state.step, seconds: Math.round(state.seconds * 1000) / 1000 };
}
