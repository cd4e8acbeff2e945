/** One training and the dashboard that shows it. */
import { stringify } from 'yaml';
import type { TrainControls } from '../controls';
import type { MetricsEntry } from '../metrics-logger';
import type { SystemEntry } from '../system-log';
import type { TrackedImage, TrackedRun, TrackedText, Tracker } from '../tracking/tracker';
import type { Outcome, StepEvent, TrainEvent, TrainPlan } from '../types';
import { Dashboard, type DashboardOptions } from './dashboard';
import { conditionRows } from './facts';
import { lineOf } from './log-lines';
import type { ToServer } from './protocol';

/** Milliseconds between two messages about steps. */
const PROGRESS_MS = 100;

/** What of a training is needed to show it. */
export interface Shown {
  readonly dashboard: Dashboard | Partial<DashboardOptions> | undefined;
  readonly controls: TrainControls;
  readonly plan: Pick<TrainPlan, 'score' | 'mode'>;
}

/** A training that is shown. */
export interface Watch {
  /** Gets lines, images and texts. */
  readonly tracker: Tracker;
  /** Where the dashboard is, if it was opened for this training alone. */
  readonly address: string | undefined;
  onEvent(event: TrainEvent): void;
  /** Ends what was opened for this training. */
  close(): Promise<void>;
}

/** Shows a training on its dashboard, if it has one. @param warn says that it is shown no more */
export async function shownBy(
  { dashboard, controls, plan }: Shown,
  warn: (message: string) => void,
): Promise<Watch | undefined> {
  if (dashboard === undefined) return undefined;
  const isOpen = dashboard instanceof Dashboard;
  const opened = isOpen ? dashboard : await Dashboard.open(dashboard);
  opened._onFault((error) => warn(`The dashboard has ended, the training goes on: ${error.message}`));
  const feed = new Feed(opened, controls, plan);
  return {
    tracker: feed,
    address: isOpen ? undefined : opened.address,
    onEvent: (event) => feed.onEvent(event),
    close: () => (isOpen ? Promise.resolve() : opened.close()),
  };
}

/** Tells the server's thread what happens in one training. */
class Feed implements Tracker {
  readonly name = 'The dashboard';
  readonly #dashboard: Dashboard;
  readonly #controls: TrainControls;
  readonly #plan: Shown['plan'];
  readonly #run: string;
  readonly #stopListening: () => void;
  /** The last step, until it has been told. */
  #progress: StepEvent | undefined;
  #toldAt = 0;
  #late: NodeJS.Timeout | undefined;

  constructor(dashboard: Dashboard, controls: TrainControls, plan: Shown['plan']) {
    this.#dashboard = dashboard;
    this.#controls = controls;
    this.#plan = plan;
    this.#run = dashboard._register(controls);
    this.#stopListening = controls.onChange(() => this.#tellControls());
  }

  begin({ path, config, session, step, logBytes }: TrackedRun): void {
    const { score: name, mode } = this.#plan;
    const facts = { config: stringify(config), conditions: conditionRows(session) };
    const start = { path, began: session.began, score: { name, mode }, facts, step, logBytes };
    this.#send({ type: 'start', run: this.#run, start });
    this.#tellControls();
  }

  metrics(entry: MetricsEntry): void {
    this.#send({ type: 'entry', run: this.#run, entry });
  }

  system(entry: SystemEntry): void {
    this.#send({ type: 'system', run: this.#run, entry });
  }

  image({ name, step, encoded }: TrackedImage): void {
    this.#send({ type: 'shown', run: this.#run, shown: { step, name, text: null }, encoded });
  }

  text({ name, step, markdown }: TrackedText): void {
    this.#send({ type: 'shown', run: this.#run, shown: { step, name, text: markdown }, encoded: null });
  }

  end(outcome: Outcome | 'failed'): void {
    this.#tellProgress();
    this.#stopListening();
    this.#dashboard._unregister(this.#run);
    this.#send({ type: 'end', run: this.#run, outcome });
  }

  onEvent(event: TrainEvent): void {
    if (event.type === 'step') {
      this.#progress = event;
      if (performance.now() - this.#toldAt >= PROGRESS_MS) this.#tellProgress();
      // The last one before a long wait, such as an evaluation.
      else this.#late ??= setTimeout(() => this.#tellProgress(), PROGRESS_MS).unref();
      return;
    }
    this.#tellProgress();
    const line = lineOf(event);
    if (line) this.#send({ type: 'log', run: this.#run, line: { time: Date.now(), ...line } });
    if (event.type === 'control') this.#send({ type: 'paused', run: this.#run, paused: event.paused });
  }

  #tellControls(): void {
    this.#send({ type: 'controls', run: this.#run, controls: this.#controls.state });
  }

  #tellProgress(): void {
    clearTimeout(this.#late);
    this.#late = undefined;
    if (this.#progress === undefined) return;
    this.#send({ type: 'progress', run: this.#run, progress: this.#progress });
    this.#progress = undefined;
    this.#toldAt = performance.now();
  }

  #send(message: ToServer): void {
    this.#dashboard._send(message);
  }
}
