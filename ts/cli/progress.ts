import { Presets, SingleBar } from 'cli-progress';
import type { Listener } from '../native/listener';
import type { Metrics, StepEvent, TrainEvent } from '../train/events';

/** What the renderer needs of stderr. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

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
  const steps = output.isTTY ? new Bars() : new Lines(output, now);
  const say = (text: string) => {
    steps.rest();
    output.write(`${text}\n`);
  };
  const onEvent = (event: TrainEvent) => {
    if (event.type === 'step') steps.show(event);
    else if (event.type === 'evaluated') say(evaluation(event));
    else if (event.type === 'end') steps.rest();
  };
  const bar: (inner: Listener) => Listener['bar'] = (inner) => (label, unit) => {
    steps.rest();
    return inner.bar(label, unit);
  };
  return { onEvent, say, listener: (inner) => ({ say, bar: bar(inner) }) };
}

/** One bar for each epoch. */
class Bars {
  private bar: SingleBar | undefined;

  show(event: StepEvent): void {
    const { epochs, step, steps } = event;
    const perEpoch = steps / epochs;
    const done = step - (event.epoch - 1) * perEpoch;
    const payload = { text: describe(event) };
    if (!this.bar) {
      const options = { format: '{text} [{bar}]', stream: process.stderr, barsize: 20, gracefulExit: false };
      this.bar = new SingleBar(options, Presets.legacy);
      this.bar.start(perEpoch, done, payload);
    }
    this.bar.update(done, payload);
  }

  rest(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** For logs. */
class Lines {
  private last: number;

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.last = now();
  }

  show(event: StepEvent): void {
    if (this.now() - this.last < 10_000) return;
    this.last = this.now();
    this.output.write(`${describe(event)}\n`);
  }

  rest(): void {}
}

function describe({ epoch, epochs, step, steps, loss, lr, imagesPerSecond, secondsLeft }: StepEvent): string {
  const left = secondsLeft === null ? '' : ` | ${duration(secondsLeft)} left`;
  return `epoch ${epoch}/${epochs} step ${step}/${steps} | loss ${loss.toFixed(4)} | lr ${lr.toPrecision(2)} | ${imagesPerSecond.toFixed(0)} images/s${left}`;
}

function evaluation({ epoch, step, metrics, best }: { epoch: number; step: number; metrics: Metrics; best: boolean }): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(4)}`);
  return `epoch ${epoch}, step ${step}: ${figures.join(', ')}${best ? ' (best so far)' : ''}`;
}

/** `45 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
}
