import { Presets, SingleBar } from 'cli-progress';
import { type Bar, type Listener } from '../native/listener';

/** Tells what long work does on stderr: sentences, and bars where somebody is watching. */
export const terminal: Listener = {
  say: (sentence) => void process.stderr.write(`${sentence}\n`),
  bar: (label, unit = 'bytes') => (process.stderr.isTTY ? drawnBar(label, unit) : writtenBar(label, unit)),
};

type Unit = 'bytes' | 'steps';

function drawnBar(label: string, unit: Unit): Bar {
  const format = `${label} [{bar}] {percentage}% {amount}`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: false, etaBuffer: 50 }, Presets.legacy);
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total ?? 0, done, { amount: '' });
      started = true;
      if (total) bar.setTotal(total);
      bar.update(done, { amount: amount(done, total, unit) });
    },
    stop: () => started && bar.stop(),
  };
}

/** In a log: one line at most every ten seconds. */
function writtenBar(label: string, unit: Unit): Bar {
  let last = Date.now();
  return {
    update(done, total) {
      if (Date.now() - last < 10_000) return;
      last = Date.now();
      process.stderr.write(`${label}: ${amount(done, total, unit)}\n`);
    },
    stop() {},
  };
}

function amount(done: number, total: number | undefined, unit: Unit): string {
  const show = (value: number): string => (unit === 'bytes' ? (value / 1e6).toFixed(1) : String(value));
  return `${show(done)}${total ? ` of ${show(total)}` : ''}${unit === 'bytes' ? ' MB' : ''}`;
}
