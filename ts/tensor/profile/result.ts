import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { chromeTrace } from './chrome-trace';
import { table, type TableOptions } from './table';
import { resolveOptions } from '../core/options';

/** One call; times in microseconds, `start` from the beginning of the profile. */
export interface ProfileEvent {
  /** `aten::mm`, `MmBackward0`, or the name given to `recordFunction`. */
  readonly name: string;
  /** Sizes of the inputs, `[]` for what is no tensor; empty unless shapes were recorded. */
  readonly shapes: string;
  /** A small number, the same for calls of the same thread. */
  readonly thread: number;
  readonly start: number;
  readonly duration: number;
  /** `duration` without the calls inside. */
  readonly selfTime: number;
}

/** All calls of one name (and of the same shapes, where asked); times in microseconds. */
export interface OperatorTimes {
  readonly name: string;
  readonly shapes: string;
  readonly count: number;
  readonly selfTime: number;
  /** With the calls inside. */
  readonly totalTime: number;
}

/** What `torch.profile` measured. */
export class Profile<T = unknown> {
  constructor(
    /** What the profiled function returned. */
    readonly value: T,
    /** Every call, in the order of their beginnings. */
    readonly events: readonly ProfileEvent[],
  ) {}

  /** The calls of each operator together, the largest own time first. */
  operators(options: { readonly groupByShapes?: boolean } = {}): OperatorTimes[] {
    const { groupByShapes } = resolveOptions<{ groupByShapes: boolean }>(
      'Profile.operators',
      { groupByShapes: false },
      options,
    );
    const found = new Map<string, { -readonly [K in keyof OperatorTimes]: OperatorTimes[K] }>();
    for (const { name, shapes, duration, selfTime } of this.events) {
      const key = groupByShapes ? `${name} ${shapes}` : name;
      let times = found.get(key);
      if (!times)
        found.set(key, (times = { name, shapes: groupByShapes ? shapes : '', count: 0, selfTime: 0, totalTime: 0 }));
      times.count++;
      times.selfTime += selfTime;
      times.totalTime += duration;
    }
    return [...found.values()].sort((a, b) => b.selfTime - a.selfTime);
  }

  /** Time in all calls, microseconds. */
  get totalTime(): number {
    return this.events.reduce((sum, { selfTime }) => sum + selfTime, 0);
  }

  /** The operators as PyTorch's profiler prints them, one a line. */
  table(options: TableOptions = {}): string {
    return table(this.operators({ groupByShapes: options.groupByShapes ?? false }), this.totalTime, options);
  }

  /** Writes the calls for chrome://tracing or ui.perfetto.dev. */
  exportChromeTrace(path: string): void {
    writeFileSync(path, JSON.stringify(chromeTrace(this.events)));
  }

  /** `table()` with its defaults. */
  toString(): string {
    return this.table();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
