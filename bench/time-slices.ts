/** Turns of many minutes: both sides run at once and one of them is stopped at any moment, so that the machine's drift hits both. */
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { BenchProcess } from './bench-process';

export interface Racer {
  readonly bench: BenchProcess;
  readonly measure: string;
}

class Run {
  /** Milliseconds that it was not stopped. */
  spent = 0;
  over = false;
  #reply: Promise<void> | null = null;

  readonly #racer: Racer;

  constructor(racer: Racer) {
    this.#racer = racer;
  }

  async slice(ms: number): Promise<void> {
    const { bench, measure } = this.#racer;
    const start = performance.now();
    if (this.#reply) bench.resume();
    this.#reply ??= bench.run(measure).then(() => void (this.over = true));
    const timer = new AbortController();
    try {
      await Promise.race([this.#reply, setTimeout(ms, undefined, { signal: timer.signal })]);
    } finally {
      timer.abort();
      if (!this.over) bench.pause();
      this.spent += performance.now() - start;
    }
  }
}

/**
 * Runs each racer's measure in slices, in turn.
 * @returns for each, the seconds until it had answered, without those that it was stopped
 */
export async function inSlices(racers: readonly Racer[], sliceMs: number): Promise<number[]> {
  const runs = racers.map((racer) => new Run(racer));
  while (runs.some(({ over }) => !over)) {
    for (const run of runs) if (!run.over) await run.slice(sliceMs);
  }
  return runs.map(({ spent }) => spent / 1000);
}
