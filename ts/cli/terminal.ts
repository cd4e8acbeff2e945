import { Format, Presets, SingleBar, type GenericFormatter } from 'cli-progress';
import { printable } from '../printable';
import { type Bar, type Listener } from '../native/listener';

type Unit = 'bytes' | 'steps';

/** Tells what long work does: sentences, and bars where somebody is watching. */
export function terminalListener(output: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Listener {
  return {
    say: (sentence) => void output.write(`${printable(sentence)}\n`),
    bar: (label, unit = 'bytes') =>
      canDraw(output) ? drawnBar(label, unit, output) : writtenBar(label, unit, output, now),
  };
}

/** Whether `output` is a terminal on which a line can be drawn again; one that calls itself dumb knows no escape codes. */
export function canDraw(output: { readonly isTTY?: boolean }): boolean {
  return output.isTTY === true && process.env.TERM !== 'dumb';
}

export const terminal: Listener = terminalListener();

function drawnBar(label: string, unit: Unit, stream: NodeJS.WriteStream): Bar {
  const format: GenericFormatter = (options, { progress, value, total, eta }) => {
    const known = total > 0;
    const left = known && value < total && Number.isFinite(eta) ? `, ${Math.ceil(eta)} s left` : '';
    const bar = known ? ` [${Format.BarFormat(progress, options)}] ${Math.floor(progress * 100)}%` : '';
    return `${label}${bar} ${amount(value, known ? total : undefined, unit)}${left}`;
  };
  // No handler of signals and no changed terminal: an interrupt then ends the process at once and leaves the terminal as it was.
  const bar = new SingleBar(
    { format, stream, linewrap: true, gracefulExit: false, etaBuffer: 50, barsize: 30 },
    Presets.legacy,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total ?? 0, done);
      started = true;
      if (total) bar.setTotal(total);
      bar.update(done);
    },
    stop: () => started && bar.stop(),
  };
}

/** In a log: one line at most every ten seconds. */
function writtenBar(label: string, unit: Unit, output: NodeJS.WriteStream, now: () => number): Bar {
  let last = now();
  return {
    update(done, total) {
      if (now() - last < 10_000) return;
      last = now();
      output.write(`${label}: ${amount(done, total, unit)}\n`);
    },
    stop() {},
  };
}

function amount(done: number, total: number | undefined, unit: Unit): string {
  const show = (value: number): string => (unit === 'bytes' ? (value / 1e6).toFixed(1) : String(value));
  return `${show(done)}${total ? ` of ${show(total)}` : ''}${unit === 'bytes' ? ' MB' : ''}`;
}
