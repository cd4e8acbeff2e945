/** What libtorch runs while a function runs, and how long it takes. */
import { chromeTrace, mergeOverloads, type OperatorTimes, type ProfileEvent } from './events';
import { DTypeError, InputError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { isPromise } from '../core/context';
import { checkBody } from '../core/arguments';
import { checkOptions, resolveOptions } from '../../options';
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { table, type TableOptions } from './table';

export interface ProfileOptions {
  /** Note the shapes of the inputs of each call. @default false */
  readonly recordShapes?: boolean;
}

const CELLS = 6; // of one event

let running = false;

/**
 * Runs `body` and measures each operator and each function of the backward pass: those of this thread, and of autograd's
 * threads on its behalf. Times are of the CPU; what a device still computes when an operator returns is not in them. With
 * an async body all that runs on this thread until its promise settles is measured. Profiles do not nest.
 * @example
 * const profile = torch.profile(() => model.forward(input).sum().backward());
 * console.log(profile.toString());
 * profile.exportChromeTrace('trace.json');
 */
export function profile<T>(body: () => Promise<T>, options?: ProfileOptions): Promise<Profile<T>>;
export function profile<T>(body: () => T, options?: ProfileOptions): Profile<T>;
export function profile<T>(body: () => T | Promise<T>, options: ProfileOptions = {}): Profile<T> | Promise<Profile<T>> {
  checkBody('profile', body);
  checkOptions('profile', options, ['recordShapes']);
  const stop = start(options.recordShapes ?? false);
  let value: T | Promise<T>;
  try {
    value = body();
  } catch (error) {
    stop();
    throw error;
  }
  if (isPromise(value)) return finish(value as Promise<T>, stop);
  return new Profile(value, stop());
}

async function finish<T>(promise: Promise<T>, stop: () => ProfileEvent[]): Promise<Profile<T>> {
  try {
    const value = await promise;
    return new Profile(value, stop());
  } catch (error) {
    stop();
    throw error;
  }
}

/** Begins to measure; what it gives ends that, once. */
function start(recordShapes: boolean): () => ProfileEvent[] {
  if (running) throw new InputError('profile: another profile is running in this thread; profiles do not nest');
  const handle = guarded('profile', () => binding.startProfile(recordShapes));
  running = true;
  return () => {
    running = false;
    return guarded('profile', () => read(binding.stopProfile(handle)));
  };
}

function read({ texts, events }: { texts: readonly string[]; events: Float64Array }): ProfileEvent[] {
  const calls = Array.from({ length: events.length / CELLS }, (_, i) => {
    const [name, shapes, thread, begin, duration, own] = events.subarray(i * CELLS, (i + 1) * CELLS);
    return {
      name: texts[name!]!,
      shapes: texts[shapes!]!,
      thread: thread!,
      start: begin!,
      duration: duration!,
      selfTime: own!,
    };
  });
  return mergeOverloads(calls.sort((a, b) => a.start - b.start || b.duration - a.duration));
}

/** Runs `body`, which must not be async, as one entry of the profile, with all that it calls inside. */
export function recordFunction<T>(name: string, body: () => T): T {
  checkBody('recordFunction', body);
  guarded('recordFunction', () => binding.enterRange(name));
  let result: T;
  try {
    result = body();
  } finally {
    binding.leaveRange();
  }
  if (isPromise(result)) throw new DTypeError(`recordFunction('${name}'): expected a function that is not async`);
  return result;
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
