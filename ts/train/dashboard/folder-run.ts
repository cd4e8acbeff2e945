/** A run in a folder: finished, stopped, or trained by another process. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfigFile } from '../config/files';
import { type MetricsEntry, readMetricsLog } from '../metrics-logger';
import { readRunFile } from '../reproduce/run-file';
import { isBetter, type RunSummary, summarizeRun } from '../runs/summary';
import { readSystemLog, SYSTEM_LOG, type SystemEntry } from '../system-log';
import { EventImages } from './event-images';
import { conditionRows } from './facts';
import { evaluationLine, metricsOf } from './log-lines';
import type { LogLine, RunFacts, RunView, Shown } from './protocol';
import { Lines, type WatchedRun } from './watched-run';

/** Files whose change is a change of the run. */
const FILES = ['metrics.jsonl', 'run.json', 'metrics.json', 'train.lock', SYSTEM_LOG];

export class FolderRun implements WatchedRun {
  readonly id: string;
  readonly path: string;
  readonly entries = new Lines<MetricsEntry>();
  readonly system = new Lines<SystemEntry>();
  readonly log = new Lines<LogLine>();
  readonly shown = new Lines<Shown>();
  readonly #images: EventImages;
  #version = '';
  #summary: RunSummary | undefined;
  #epochs: number | null = null;
  #facts: RunFacts = { config: '', conditions: [] };

  /** @param root what the name is relative to */
  constructor(
    path: string,
    readonly root: string,
  ) {
    this.path = resolve(path);
    this.id = createHash('sha256').update(this.path).digest('hex').slice(0, 12);
    this.#images = new EventImages(this.path);
  }

  get facts(): RunFacts {
    return this.#facts;
  }

  /** Reads again what has changed. @returns whether something has */
  refresh(): boolean {
    const version = FILES.map((name) => stateOf(join(this.path, name))).join();
    if (version === this.#version) return false;
    this.#version = version;
    try {
      this.#read();
    } catch (error) {
      this.log.push({ time: null, level: 'warning', text: (error as Error).message });
    }
    return true;
  }

  #read(): void {
    this.#summary = summarizeRun(this.path, { root: this.root });
    const epochs = readConfigFile(join(this.path, 'config.yaml'))['epochs'];
    this.#epochs = typeof epochs === 'number' ? epochs : null;
    const isSame = (a: { readonly step: number }, b: { readonly step: number }) =>
      JSON.stringify(a) === JSON.stringify(b);
    this.entries.update(readMetricsLog(join(this.path, 'metrics.jsonl')), isSame);
    this.system.update(readSystemLog(join(this.path, SYSTEM_LOG)), isSame);
    const last = readRunFile(this.path)?.sessions.at(-1);
    this.#facts = {
      config: readFileSync(join(this.path, 'config.yaml'), 'utf8'),
      conditions: last ? conditionRows(last) : [],
    };
    this.shown.update(this.#images.refresh(), (a, b) => a.step === b.step && a.name === b.name);
    this.log.update(this.#lines(), (a, b) => a.text === b.text);
  }

  /** What can be said of the past: when sessions began, and what evaluations gave. */
  #lines(): LogLine[] {
    const { score } = this.#summary!;
    let best: number | undefined;
    const evaluations = this.entries.items
      .filter(({ kind }) => kind === 'val')
      .map((entry) => {
        const value = score === null ? undefined : entry[score.name];
        const isBest = typeof value === 'number' && (best === undefined || isBetter(value, best, score!.mode));
        if (isBest) best = value;
        const { epoch, step } = entry;
        return {
          step,
          line: { time: null, ...evaluationLine({ epoch, step, metrics: metricsOf(entry), best: isBest }) },
        };
      });
    const sessions = (readRunFile(this.path)?.sessions ?? []).map(({ began, step }) => {
      const text = step === 0 ? 'training begins' : `training goes on after step ${step}`;
      return { step, line: { time: Date.parse(began), level: 'info' as const, text } };
    });
    return [...evaluations, ...sessions].sort((a, b) => a.step - b.step).map(({ line }) => line);
  }

  image(index: number): Uint8Array | undefined {
    return this.#images.image(index);
  }

  view(): RunView {
    const train = this.entries.items.findLast(({ kind }) => kind === 'train');
    const value = (key: string) => (typeof train?.[key] === 'number' ? train[key] : null);
    const {
      state = 'stopped',
      began = null,
      epoch = 0,
      step = 0,
      seconds = 0,
      score = null,
      best = null,
    } = this.#summary ?? {};
    return {
      id: this.id,
      name: this.#summary?.name ?? this.path,
      path: this.path,
      state,
      began,
      epoch,
      epochs: this.#epochs,
      step,
      steps: state === 'finished' ? step : null,
      seconds,
      secondsLeft: null,
      loss: value('loss'),
      lr: value('lr'),
      samplesPerSecond: value('imagesPerSecond'),
      score,
      best,
      controls: null,
      hasReport: existsSync(join(this.path, 'report.html')),
    };
  }
}

function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '-' : `${stats.size}:${stats.mtimeMs}`;
}
