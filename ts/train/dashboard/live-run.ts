/** A training of this process, of which messages tell. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ControlState } from '../controls';
import { type MetricsEntry, readMetricsLog } from '../metrics-logger';
import { bestOf } from '../runs/summary';
import { readSystemLog, SYSTEM_LOG, type SystemEntry } from '../system-log';
import type { Outcome, StepEvent } from '../types';
import { EventImages } from './event-images';
import type { Command, LiveStart, LogLine, RunState, RunView, Shown, ToServer } from './protocol';
import { Lines, type WatchedRun } from './watched-run';

/** Bytes of images that are kept; the oldest go first. */
const IMAGE_BYTES = 128 * 2 ** 20;

/** A message about one training. */
type RunMessage = Exclude<ToServer, { readonly type: 'start' | 'say' | 'close' }>;

export class LiveRun implements WatchedRun {
  readonly entries = new Lines<MetricsEntry>();
  readonly system = new Lines<SystemEntry>();
  readonly log = new Lines<LogLine>();
  readonly shown = new Lines<Shown>();
  readonly path: string;
  readonly #images = new Map<number, Uint8Array>();
  #imageBytes = 0;
  #controls: ControlState | null = null;
  #progress: StepEvent | undefined;
  #state: RunState = 'running';

  /** @param onCommand gets what a button asks for */
  constructor(
    readonly id: string,
    readonly start: LiveStart,
    readonly onCommand: (command: Command) => void,
  ) {
    this.path = resolve(start.path);
    if (start.step > 0) this.#readHistory();
  }

  get facts(): LiveStart['facts'] {
    return this.start.facts;
  }

  /** What earlier sessions have left, up to the checkpoint from which this one goes on. */
  #readHistory(): void {
    const { step, logBytes } = this.start;
    this.entries.push(...readMetricsLog(join(this.path, 'metrics.jsonl'), logBytes));
    this.system.push(...readSystemLog(join(this.path, SYSTEM_LOG)).filter((entry) => entry.step <= step));
    const images = new EventImages(this.path);
    for (const [i, shown] of images.refresh().entries())
      if (shown.step <= step) this.#show(shown, images.image(i) ?? null);
  }

  receive(message: RunMessage): void {
    if (message.type === 'entry') this.entries.push(message.entry);
    else if (message.type === 'system') this.system.push(message.entry);
    else if (message.type === 'progress') this.#progress = message.progress;
    else if (message.type === 'shown') this.#show(message.shown, message.encoded);
    else if (message.type === 'log') this.log.push(message.line);
    else if (message.type === 'controls') this.#controls = message.controls;
    else if (message.type === 'paused') this.#state = message.paused ? 'paused' : 'running';
    else this.#end(message.outcome);
  }

  #end(outcome: Outcome | 'failed'): void {
    this.#controls = null;
    this.#state = outcome === 'failed' ? 'failed' : outcome === 'interrupted' ? 'stopped' : 'finished';
  }

  #show(shown: Shown, encoded: Uint8Array | null): void {
    // An evaluation that a resume repeats shows the same.
    if (this.shown.items.some(({ step, name }) => step === shown.step && name === shown.name)) return;
    const index = this.shown.items.length;
    this.shown.push(shown);
    if (encoded === null) return;
    this.#images.set(index, encoded);
    this.#imageBytes += encoded.length;
    for (const [oldest, bytes] of this.#images) {
      if (this.#imageBytes <= IMAGE_BYTES) break;
      this.#images.delete(oldest);
      this.#imageBytes -= bytes.length;
    }
  }

  image(index: number): Uint8Array | undefined {
    return this.#images.get(index);
  }

  steer(command: Command): void {
    this.onCommand(command);
  }

  view(): RunView {
    const progress = this.#progress;
    const last = this.entries.items.at(-1);
    const train = this.entries.items.findLast(({ kind }) => kind === 'train');
    const { score, began, path, step } = this.start;
    const evaluations = this.entries.items.filter(({ kind }) => kind === 'val');
    return {
      id: this.id,
      name: basename(this.path),
      path,
      state: this.#state,
      began,
      epoch: progress?.epoch ?? last?.epoch ?? 0,
      epochs: progress?.epochs ?? null,
      step: progress?.step ?? step,
      steps: progress?.steps ?? null,
      seconds: last?.seconds ?? 0,
      secondsLeft: progress?.secondsLeft ?? null,
      loss: progress?.loss ?? numberOr(train?.['loss']),
      lr: progress?.lr ?? numberOr(train?.['lr']),
      samplesPerSecond: progress?.samplesPerSecond ?? null,
      score,
      best: bestOf(evaluations, score),
      controls: this.#controls,
      hasReport: existsSync(join(this.path, 'report.html')),
    };
  }
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
