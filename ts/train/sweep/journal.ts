/** trials.jsonl: what a sweep began and what came of it, a line each, from which it goes on after a kill. */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { InputError } from '../../errors';
import type { Parameters } from './space';

/** One line: a trial that begins, or that has come to a rung, to its end, or to an error. The last line of a trial holds. */
export interface TrialEntry {
  /** From 0, in the order in which the trials began. */
  readonly trial: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly parameters: Parameters;
  /** With halving: the rung that the trial is on its way to, or has come to, from 0. */
  readonly rung?: number;
  /** With halving: what it has been given in all, such as epochs. */
  readonly units?: number;
  /** The metric; null before it is known and where the trial failed. */
  readonly value: number | null;
  /** Other metrics that the trial gave. */
  readonly metrics?: Readonly<Record<string, number | null>>;
  /** Time that the trial has run, over all its rungs; what an interrupted session took is not known. */
  readonly seconds: number;
  /** Why it failed, in a sentence. */
  readonly error?: string;
}

export class Journal {
  readonly #path: string;
  readonly #entries: TrialEntry[];

  /** Opens the file, or begins it. A last line that a kill cut short is cut off. */
  constructor(path: string) {
    this.#path = path;
    const text = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length) truncateSync(path, whole);
    this.#entries = text.subarray(0, whole).toString('utf8').split('\n').filter(Boolean).map(parsed(path));
  }

  /** All lines in their order. */
  get entries(): readonly TrialEntry[] {
    return this.#entries;
  }

  /** Writes a line, which is on disk when it returns. */
  append(entry: TrialEntry): void {
    const file = openSync(this.#path, 'a');
    try {
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#entries.push(entry);
  }

  /** The last line of each trial, by its number. */
  latest(): TrialEntry[] {
    const latest = new Map(this.#entries.map((entry) => [entry.trial, entry]));
    return [...latest.values()].sort((a, b) => a.trial - b.trial);
  }
}

function parsed(path: string): (line: string, index: number) => TrialEntry {
  return (line, index) => {
    try {
      return JSON.parse(line) as TrialEntry;
    } catch (cause) {
      throw new InputError(
        `${path}:${index + 1}: expected a line of JSON, found ${(cause as Error).message}; take the line out, or restore the file.`,
        { cause },
      );
    }
  };
}
