import { rmSync } from 'node:fs';
import { stringify } from 'yaml';
import type { MetricsEntry } from '../../metrics-logger';
import type { Session } from '../../reproduce/run-file';
import type { SystemEntry } from '../../system-log';
import type { Outcome } from '../../types';
import type { TrackedCheckpoint, TrackedHistogram, TrackedImage, TrackedRun, TrackedText, Tracker } from '../tracker';
import { cutBehind, EventFile, eventFiles } from './event-files';
import {
  checkpointMark,
  type EventContent,
  eventOf,
  fileVersion,
  histogram,
  hparams,
  hparamsEnd,
  image,
  scalars,
  sessionStart,
  text,
} from './events';

/** How hyperparameters are told of the ends of a run that is not to go on. */
const ENDS: ReadonlyMap<Outcome | 'failed', 'success' | 'failure'> = new Map([
  ['completed', 'success'],
  ['stopped early', 'success'],
  ['failed', 'failure'],
]);

/** What of a line of metrics.jsonl is no curve. */
const NO_CURVES = ['kind', 'epoch', 'step', 'seconds'];

/**
 * Writes event files for TensorBoard into the run folder: `tensorboard --logdir <folder of runs>` shows them, during the training too.
 *
 * Each session has a file of its own, as with TensorBoard's writers. A resume goes back to a checkpoint: what was written after it is
 * cut from the files, and a TensorBoard that runs is told to forget it, by the start of the session at the step where it goes on.
 */
export class TensorBoard implements Tracker {
  readonly name = 'TensorBoard';
  #file: EventFile | undefined;
  #step = 0;

  begin({ path, config, session, step, resumed, logBytes }: TrackedRun): void {
    if (resumed && step > 0) cutBehind(path, noteFor({ step, logBytes }));
    else for (const file of eventFiles(path)) rmSync(file);
    this.#file = new EventFile(path);
    this.#append(0, fileVersion());
    if (step > 0) this.#append(step + 1, sessionStart());
    this.#append(step, text('config', ['```yaml', stringify(config), '```'].join('\n')));
    this.#append(step, text('session', tableOf(session)));
    this.#append(step, hparams(config, Date.now() / 1000));
    this.#step = step;
  }

  metrics(entry: MetricsEntry): void {
    const { kind, step, epoch } = entry;
    const values = Object.entries(entry).flatMap(([key, value]) =>
      typeof value === 'number' && !NO_CURVES.includes(key) ? [[`${kind}/${key}`, value] as const] : [],
    );
    this.#append(step, scalars(kind === 'train' ? [...values, ['train/epoch', epoch]] : values));
    this.#step = step;
  }

  system({ step, ...values }: SystemEntry): void {
    this.#append(step, scalars(Object.entries(values).map(([key, value]) => [`system/${key}`, value])));
  }

  image({ name, step, encoded, ...size }: TrackedImage): void {
    this.#append(step, image(name, encoded, size));
  }

  text({ name, step, markdown }: TrackedText): void {
    this.#append(step, text(name, markdown));
  }

  histogram({ name, step, histogram: values }: TrackedHistogram): void {
    this.#append(step, histogram(name, values));
  }

  checkpoint({ path, ...position }: TrackedCheckpoint): void {
    this.#append(position.step, checkpointMark(path, noteFor(position)));
    this.#file?.flush();
  }

  end(outcome: Outcome | 'failed'): void {
    const status = ENDS.get(outcome);
    // What was interrupted goes on.
    if (status !== undefined) this.#append(this.#step, hparamsEnd(status, Date.now() / 1000));
    this.#file?.flush();
    this.#file?.close();
    this.#file = undefined;
  }

  #append(step: number, content: EventContent): void {
    this.#file?.append(eventOf(content, { step, seconds: Date.now() / 1000 }));
  }
}

/** Two columns in Markdown. */
function tableOf(session: Session): string {
  const { command, git, ...facts } = session;
  const code = git && `${git.revision}${git.clean === false ? ', changed' : ''}`;
  const rows = Object.entries({ ...facts, command: command.join(' '), git: code });
  const cell = (value: unknown) => (value === null ? '–' : `\`${String(value).replaceAll(/[\`|]/g, ' ')}\``);
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${cell(value)} |`)].join('\n');
}

/** Tells the checkpoint of a state: of two at one step, before and after an evaluation, the second has a longer log. */
function noteFor({ step, logBytes }: Pick<TrackedCheckpoint, 'step' | 'logBytes'>): string {
  return `step ${step}, metrics.jsonl of ${logBytes} bytes`;
}
