import { Format, type GenericFormatter, Presets, SingleBar } from 'cli-progress';
import { printable } from '../printable';
import { silent, type Listener } from '../native/listener';
import { canDraw } from './terminal';
import type { Metrics, StepEvent, TrainEvent } from '../train/types';

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** What shows a training loop and what happens around it on one terminal. */
export interface TrainingDisplay {
  readonly onEvent: (event: TrainEvent) => void;
  /** Writes a line of its own. */
  say(text: string): void;
  /** A listener whose lines and bars do not run into those of the training. */
  listener(inner: Listener): Listener;
}

/** A bar an epoch where somebody watches, else a line about every ten seconds. */
export function trainingDisplay(output: Output = process.stderr, now: () => number = Date.now): TrainingDisplay {
  const steps = canDraw(output) ? new Bars(output) : new Lines(output, now);
  const say = (text: string) => {
    steps.rest();
    output.write(`${printable(text)}\n`);
  };
  const onEvent = (event: TrainEvent) => {
    if (event.type === 'step') steps.show(event);
    else if (event.type === 'evaluated') say(evaluation(event));
    else if (event.type === 'damaged' || event.type === 'warning' || event.type === 'control') say(event.message);
    else if (event.type === 'dashboard') say(`dashboard: ${event.address}`);
    else if (event.type === 'end') steps.rest();
  };
  const bar: (inner: Listener) => Listener['bar'] = (inner) => (label, unit) => {
    steps.rest();
    return inner.bar(label, unit);
  };
  return { onEvent, say, listener: (inner) => ({ say, bar: bar(inner) }) };
}

/** The display of a process beside one that shows the training already. */
export function warningsAlone({ onEvent }: TrainingDisplay): TrainingDisplay {
  return {
    onEvent: (event) => {
      if (event.type === 'warning') onEvent(event);
    },
    say: () => {},
    listener: () => silent,
  };
}

/** One bar for each epoch. */
class Bars {
  #bar: SingleBar | undefined;
  #epoch = 0;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  show(event: StepEvent): void {
    const { epoch, epochs, step, steps } = event;
    if (epoch !== this.#epoch) this.rest();
    this.#epoch = epoch;
    const perEpoch = steps / epochs;
    const done = step - (epoch - 1) * perEpoch;
    if (!this.#bar) {
      // No handler of signals and no changed terminal: an interrupt then ends the process at once and leaves all as it was.
      this.#bar = new SingleBar(
        { format, stream: this.#output, barsize: 10, linewrap: true, gracefulExit: false },
        Presets.legacy,
      );
      this.#bar.start(perEpoch, done, { event });
    }
    this.#bar.update(done, { event });
  }

  rest(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** What matters least comes last: a narrow terminal cuts it off. */
const format: GenericFormatter = (options, { progress }, { event }: { event: StepEvent }) => {
  const { epoch, step, loss, lr, speed, left } = words(event);
  const bar = `[${Format.BarFormat(progress, options)}] ${Math.floor(100 * progress)}%`;
  return [`${epoch} ${bar}`, loss, speed, ...left, step, lr].join(' | ');
};

/** For logs. */
class Lines {
  #last: number;
  readonly #output: Output;
  readonly #now: () => number;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#last = now();
  }

  show(event: StepEvent): void {
    if (this.#now() - this.#last < 10_000) return;
    this.#last = this.#now();
    const { epoch, step, loss, lr, speed, left } = words(event);
    this.#output.write(`${[`${epoch} ${step}`, loss, lr, speed, ...left].join(' | ')}\n`);
  }

  rest(): void {}
}

function words({ epoch, epochs, step, steps, loss, lr, samplesPerSecond, secondsLeft }: StepEvent) {
  return {
    epoch: `epoch ${epoch}/${epochs}`,
    step: `step ${step}/${steps}`,
    loss: `loss ${loss.toFixed(4)}`,
    lr: `lr ${lr.toPrecision(2)}`,
    speed: `${samplesPerSecond.toFixed(0)} images/s`,
    left: secondsLeft === null ? [] : [`${duration(secondsLeft)} left`],
  };
}

function evaluation({
  epoch,
  step,
  metrics,
  best,
}: {
  epoch: number;
  step: number;
  metrics: Metrics;
  best: boolean;
}): string {
  const columns = Object.entries(metrics).map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(4)}`);
  return `epoch ${epoch}, step ${step}: ${columns.join(', ')}${best ? ' (best so far)' : ''}`;
}

/** `45 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
}
