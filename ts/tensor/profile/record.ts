/** What libtorch runs while a function runs, and how long it takes. */
import { DTypeError, InputError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { isPromise } from '../core/context';
import { checkBody, checkOptions } from '../core/options';
import { mergeOverloads } from './merge';
import { Profile, type ProfileEvent } from './result';

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
