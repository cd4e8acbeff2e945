/** Runs a function for many configurations, and finds the best of them. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { InputError, UsageError } from '../../errors';
import { FileLock } from '../../native/lock';
import { isError } from '../../native/realm';
import { replaceFile } from '../../native/replace-file';
import { expected, resolveOptions } from '../../options';
import { changedKeys } from '../config/fingerprint';
import type { ConfigTree } from '../config/keys';
import { isRun } from '../run';
import type { Metrics } from '../types';
import type { Halving } from './halving';
import { Journal, type TrialEntry } from './journal';
import { sweepReport } from './report';
import { type Search, searchOf, type SearchSettings } from './search';
import type { Parameters, ParameterValues } from './space';
import { bestTrial, type Job, TrialQueue } from './trials';

/** What a trial is told beside its parameters. */
export interface TrialContext {
  /** Its number, from 0. */
  readonly trial: number;
  /** Its own folder, for `fit` or whatever it writes; nothing makes it before. */
  readonly folder: string;
  /** Whether the folder holds a run already, which is to go on: of a trial that was interrupted, or that goes on to another rung. */
  readonly resume: boolean;
  /** With halving: what it is given in all, what it had before included; null without. */
  readonly units: number | null;
  /** Which of the trials that run at a time it is, from 0: that which chooses a device, for example. */
  readonly slot: number;
  /** Its abort asks the trial to end; a trial that throws then is gone on with by `resume`. */
  readonly signal: AbortSignal;
}

/** What a sweep tells on its way. */
export type SweepEvent =
  | { readonly type: 'begin'; readonly trials: number; readonly done: number }
  | { readonly type: 'started'; readonly trial: TrialEntry }
  | { readonly type: 'ended'; readonly trial: TrialEntry; readonly best: TrialEntry | undefined };

/** What `sweep` takes: `folder`, `parameters`, `mode` and `run` are required, all others have defaults. */
export interface SweepOptions {
  /** The folder of the sweep: absent or empty, or with `resume` that of the one to go on with. */
  readonly folder: string;
  /** The keys that are searched: a list of values each, or `{ min, max }` with `scale` or `step`. */
  readonly parameters: Readonly<Record<string, ParameterValues>>;
  /** The metric of one configuration, or metrics by name, of which `metric` counts. What it throws makes the trial a failed one. */
  readonly run: (parameters: Parameters, context: TrialContext) => number | Metrics | Promise<number | Metrics>;
  /** Whether less or more of the metric is better. */
  readonly mode: 'min' | 'max';
  /** The name of the metric. @default 'value' */
  readonly metric?: string;
  /** All combinations, independent draws, or draws that go by the trials so far (TPE). @default 'random' */
  readonly method?: 'grid' | 'random' | 'tpe';
  /** Trials in all; a grid has as many as combinations. @default 20 */
  readonly trials?: number;
  /** For `tpe`: trials that are drawn at random first. @default 10 */
  readonly startup?: number;
  /** Successive halving. @default none: every trial is run whole */
  readonly halving?: Halving | null;
  /** Seed of what is drawn. @default 0 */
  readonly seed?: number;
  /** Trials that run at a time. @default 1 */
  readonly parallel?: number;
  /** Goes on with the sweep in `folder`. @default false */
  readonly resume?: boolean;
  /** What else decides the outcome, for sweep.yaml: a sweep with another one is not gone on with. @default nothing */
  readonly config?: ConfigTree;
  /** Ends the sweep: no trial begins, and those that run are asked to end. */
  readonly signal?: AbortSignal;
  /** Is called when a trial begins and when it ends. */
  readonly onEvent?: (event: SweepEvent) => void;
}

/** How a sweep ended. */
export interface SweepResult {
  readonly outcome: 'completed' | 'interrupted';
  /** In the order in which they began. */
  readonly trials: readonly TrialEntry[];
  /** Of those that have come furthest; null where none has a metric. */
  readonly best: TrialEntry | null;
}

const DEFAULTS = {
  metric: 'value',
  method: 'random' as 'grid' | 'random' | 'tpe',
  trials: 20,
  startup: 10,
  halving: null as Halving | null,
  seed: 0,
  parallel: 1,
  resume: false,
  config: {} as ConfigTree,
  signal: undefined as AbortSignal | undefined,
  onEvent: undefined as SweepOptions['onEvent'],
};

/** What a sweep may be gone on with anew. */
const FREE_KEYS = ['trials'];

/** Milliseconds between two versions of the report. */
const REPORT_MS = 10_000;

/**
 * Runs trials until all are done, and leaves a folder: sweep.yaml, trials.jsonl, report.html, report.json and `trials/`.
 *
 * Killed anywhere and begun again with `resume`, it goes on: a trial that ran is run again, with its folder. One trial at a time, it ends
 * with the same table as if it had run through.
 * @throws InputError for options out of their range, UsageError for a folder that holds something else, or another sweep
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { folder, parameters, run, mode, ...rest } = options;
  const { signal, onEvent, resume, parallel, metric, config, ...settings } = resolveOptions('sweep', DEFAULTS, rest);
  requireThat(typeof folder === 'string' && folder !== '', 'the path of a folder for folder', folder);
  requireThat(typeof run === 'function', 'a function for run', run);
  requireThat(mode === 'min' || mode === 'max', "'min' or 'max' for mode", mode);
  for (const [name, least] of [
    ['trials', 1],
    ['startup', 1],
    ['seed', 0],
    ['parallel', 1],
  ] as const) {
    const value = { ...settings, parallel }[name];
    requireThat(Number.isInteger(value) && value >= least, `a whole number from ${least} on for ${name}`, value);
  }
  const search = searchOf({ parameters, mode, ...settings });
  const recorded = {
    metric,
    ...recordOf({ parameters, mode, ...settings }),
    ...(Object.keys(config).length > 0 && { config }),
  };
  const lock = openFolder(folder, recorded as ConfigTree, resume);
  try {
    return await new Sweep(search, {
      folder,
      run,
      metric,
      parallel,
      onEvent,
      config: recorded as ConfigTree,
      signal,
    }).run();
  } finally {
    lock.release();
  }
}

function requireThat(isRight: boolean, what: string, found: unknown): void {
  if (!isRight) throw expected('sweep', what, found, '', InputError);
}

function recordOf({ parameters, method, trials, startup, mode, seed, halving }: SearchSettings): object {
  return {
    method,
    mode,
    seed,
    ...(method !== 'grid' && { trials }),
    ...(method === 'tpe' && { startup }),
    ...(halving && { halving: { factor: 3, ...halving } }),
    parameters,
  };
}

/** Makes the folder, or looks at what is in it. @returns its lock */
function openFolder(folder: string, settings: ConfigTree, resume: boolean): FileLock {
  const file = join(folder, 'sweep.yaml');
  const begun = existsSync(file);
  if (resume && !begun) throw new UsageError(`There is no sweep to go on with in ${folder}: it has no sweep.yaml.`);
  if (!resume && begun)
    throw new UsageError(
      `${folder} already holds a sweep; go on with it by the option resume, or name another folder.`,
    );
  if (!resume && existsSync(folder) && readdirSync(folder).length > 0)
    throw new UsageError(`Expected a new or empty folder for the sweep, found ${folder}, which holds other files.`);
  mkdirSync(join(folder, 'trials'), { recursive: true });
  const lock = FileLock.tryTake(join(folder, 'sweep.lock'));
  if (!lock) throw new InputError(`Another process runs the sweep in ${folder}: wait for it, or stop it first.`);
  try {
    const before = begun ? (parse(readFileSync(file, 'utf8')) as ConfigTree) : settings;
    const changed = changedKeys(before, settings, FREE_KEYS);
    if (changed.length > 0)
      throw new UsageError(
        `A sweep keeps its settings; ${changed.join(', ')} would change what it finds: begin another one for that.`,
      );
    replaceFile(file, stringify(settings));
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

interface Surroundings extends Pick<SweepOptions, 'folder' | 'run' | 'onEvent' | 'signal'> {
  readonly metric: string;
  readonly parallel: number;
  /** The content of sweep.yaml. */
  readonly config: ConfigTree;
}

class Sweep {
  readonly #search: Search;
  readonly #with: Surroundings;
  readonly #journal: Journal;
  readonly #queue: TrialQueue;
  readonly #controller = new AbortController();
  readonly #free: number[];
  readonly #running = new Map<number, Promise<void>>();
  #reportedAt = -Infinity;

  constructor(search: Search, surroundings: Surroundings) {
    this.#search = search;
    this.#with = surroundings;
    this.#journal = new Journal(join(surroundings.folder, 'trials.jsonl'));
    this.#queue = new TrialQueue(search, this.#journal, surroundings.parallel);
    this.#free = Array.from({ length: surroundings.parallel }, (_, slot) => slot);
  }

  async run(): Promise<SweepResult> {
    const { signal, onEvent } = this.#with;
    const abort = (): void => this.#controller.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      onEvent?.({ type: 'begin', trials: this.#search.trials, done: this.#ended });
      for (;;) {
        this.#startAll();
        if (this.#running.size === 0) break;
        await Promise.race(this.#running.values());
      }
    } finally {
      // An error that is not of a trial, such as a full disk, leaves none behind either.
      this.#controller.abort(new Error('the sweep has ended'));
      await Promise.allSettled(this.#running.values());
      signal?.removeEventListener('abort', abort);
    }
    this.#report();
    const trials = this.#journal.latest();
    const best = bestTrial(this.#journal.entries, this.#search.mode) ?? null;
    return { outcome: signal?.aborted ? 'interrupted' : 'completed', trials, best };
  }

  get #ended(): number {
    return this.#journal.latest().filter(({ state }) => state !== 'running').length;
  }

  #startAll(): void {
    while (this.#free.length > 0 && !this.#controller.signal.aborted) {
      const job = this.#queue.next(new Set(this.#running.keys()));
      if (!job) return;
      const slot = this.#free.shift()!;
      const running = this.#runTrial(job, slot).finally(() => {
        this.#running.delete(job.trial);
        this.#free.push(slot);
        this.#free.sort((a, b) => a - b);
      });
      this.#running.set(job.trial, running);
    }
  }

  /** Runs a trial and writes down what came of it; one that was interrupted stays as it stands. */
  async #runTrial(job: Job, slot: number): Promise<void> {
    const { folder, onEvent } = this.#with;
    const { trial, parameters, rung, units, seconds } = job;
    const entry = { trial, parameters, ...(rung !== undefined && { rung, units }) };
    const started: TrialEntry = { ...entry, state: 'running', value: null, seconds };
    this.#journal.append(started);
    onEvent?.({ type: 'started', trial: started });
    const own = join(folder, 'trials', String(trial).padStart(4, '0'));
    const { signal } = this.#controller;
    const context = { trial, folder: own, resume: isRun(own), units: units ?? null, slot, signal };
    const began = performance.now();
    const outcome = await this.#outcomeOf(parameters, context);
    if (outcome === undefined) return;
    const passed = Math.round(performance.now() - began) / 1000;
    const ended: TrialEntry = { ...entry, ...outcome, seconds: seconds + passed };
    this.#journal.append(ended);
    if (performance.now() - this.#reportedAt > REPORT_MS) this.#report();
    onEvent?.({ type: 'ended', trial: ended, best: bestTrial(this.#journal.entries, this.#search.mode) });
  }

  /** Undefined for a trial that was interrupted. */
  async #outcomeOf(
    parameters: Parameters,
    context: TrialContext,
  ): Promise<Pick<TrialEntry, 'state' | 'value' | 'metrics' | 'error'> | undefined> {
    try {
      const result = await this.#with.run(parameters, context);
      const { metric } = this.#with;
      const value = typeof result === 'number' ? result : result?.[metric];
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw new InputError(`expected a finite number for ${metric}, found ${String(value)}`);
      return { state: 'done', value, ...(typeof result === 'object' && { metrics: result }) };
    } catch (error) {
      if (context.signal.aborted) return undefined;
      return { state: 'failed', value: null, error: isError(error) ? error.message : String(error) };
    }
  }

  #report(): void {
    const { folder, metric, config } = this.#with;
    const { html, json } = sweepReport({
      folder,
      metric,
      config,
      search: this.#search,
      entries: this.#journal.entries,
    });
    replaceFile(join(folder, 'report.json'), `${JSON.stringify(json, null, 2)}\n`);
    replaceFile(join(folder, 'report.html'), html);
    this.#reportedAt = performance.now();
  }
}
