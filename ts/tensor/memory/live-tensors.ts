/** Which tensors are alive, how large they are and, when that is recorded, where they were made. */
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { binding, Collect } from '../../native/binding';
import type { Device } from '../types/device';
import type { DType } from '../types/dtype';
import { observeTensors } from './lifetime';
import { checkOptions, resolveOptions } from '../../options';
import { noteFreed, Tensor } from '../core/tensor';
import { requireFunction } from '../core/arguments';

/** A tensor that is alive, as `liveTensors` and `findLeaks` report it. */
export interface LiveTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly device: Device;
  /** Bytes of its memory, which other tensors may share. */
  readonly bytes: number;
  /** The JavaScript stack that made it, when `recordOrigins` was on. */
  readonly madeAt?: string;
}

/** Where each handle was made: text, for an Error would hold the objects whose methods are on its stack. */
const origins = new Map<number, string>();
/** ts/tensor: what stands on a stack above it is code that asked for a tensor. */
const FOLDER = dirname(__dirname);
/** Enough to get out of it and into the caller's code. */
const FRAMES = 30;
const FIRST_SWEEP = 10_000;
let nextSweep = FIRST_SWEEP;
let recording = false;

function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  return stack;
}

function recordFreed(tensor: Tensor): void {
  const made = callers(origins.get(tensor._handle) ?? '').split('\n')[0];
  const freed = callers(stackHere()).split('\n')[0];
  noteFreed(tensor, `made ${made || 'before origins were recorded'}, freed ${freed}`);
}

function record(tensor: Tensor): void {
  origins.set(tensor._handle, stackHere());
  if (origins.size < nextSweep) return;
  const alive = new Set(handles().map(({ handle }) => handle));
  for (const handle of origins.keys()) if (!alive.has(handle)) origins.delete(handle);
  nextSweep = Math.max(FIRST_SWEEP, 2 * origins.size);
}

/**
 * From now on remembers where each tensor is made, for `liveTensors`, `findLeaks` and the message of an OutOfMemoryError.
 * For debugging: a small operator takes several times as long. `TORCHTS_RECORD_ORIGINS=1` switches it on from the start.
 */
export function recordOrigins(on = true): void {
  recording = on;
  observeTensors(on ? { made: record, freed: recordFreed } : null);
  if (!on) origins.clear();
}

function handles(): { readonly handle: number; readonly bytes: number }[] {
  const pairs = binding.liveTensors();
  return Array.from({ length: pairs.length / 2 }, (_, i) => ({ handle: pairs[2 * i]!, bytes: pairs[2 * i + 1]! }));
}

function liveTensor({ handle, bytes }: { readonly handle: number; readonly bytes: number }): LiveTensor {
  const { shape, dtype, device } = new Tensor(handle);
  const stack = origins.get(handle);
  return { shape, dtype, device, bytes, ...(stack === undefined ? {} : { madeAt: callers(stack) }) };
}

/** The part of a stack that lies outside of ts/tensor: the code that asked for the tensor. */
function callers(stack: string): string {
  const frames = stack
    .split('\n')
    .slice(1)
    .map((frame) => frame.trim());
  const outside = frames.filter((frame) => !frame.includes(FOLDER) && !frame.includes('node:'));
  return outside.join('\n');
}

/** The tensors that are alive in this thread, largest first. */
export function liveTensors(options: { readonly limit?: number } = {}): LiveTensor[] {
  checkOptions('liveTensors', options, ['limit']);
  const { limit = Infinity } = options;
  return handles()
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, limit)
    .map(liveTensor);
}

type Collector = (options?: { readonly type: 'minor' }) => void;
let collector: Collector | undefined;

function makeCollector(): Collector {
  // The flag works at any time, but only for contexts that are made after it.
  setFlagsFromString('--expose-gc');
  return (collector = runInNewContext('gc') as Collector);
}

/** Runs V8's garbage collector now; tensors that nothing refers to are freed by it. */
export function collectGarbage(): void {
  (collector ?? makeCollector())();
}

/** @internal what the addon asks for after an operator */
export function collect(due: Collect): void {
  if (due === Collect.All) return collectGarbage();
  (collector ?? makeCollector())({ type: 'minor' });
  binding.collectedYoung();
}

async function collectRepeatedly(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    collectGarbage();
  }
}

/**
 * For tests: the tensors that `body` leaves behind each time it runs, with where each was made; none for code
 * that keeps memory flat. The first run is for what is made once.
 *
 *     assert.deepEqual(await torch.findLeaks(() => step(batch)), []);
 *
 * @param body may be async; what it returns is not kept
 */
export async function findLeaks(
  body: () => unknown,
  options: { readonly rounds?: number } = {},
): Promise<LiveTensor[]> {
  requireFunction('findLeaks', 'body', body);
  const { rounds } = resolveOptions<{ rounds: number }>('findLeaks', { rounds: 3 }, options);
  await body();
  await collectRepeatedly();
  const before = new Set(handles().map(({ handle }) => handle));
  const recordedBefore = recording;
  recordOrigins();
  for (let round = 0; round < rounds; round++) await body();
  await collectRepeatedly();
  const after = handles();
  const left = after.filter(({ handle }) => !before.has(handle));
  // As many as there were is not a leak: an optimizer that replaces its state makes new tensors for old ones.
  const surplus = Math.max(0, after.length - before.size);
  const shown = left
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, surplus)
    .map(liveTensor);
  recordOrigins(recordedBefore);
  return shown;
}

/** What the message of an OutOfMemoryError lists: the largest tensors, one a line. */
export function largestTensors(limit = 5): string {
  const all = handles();
  const lines = liveTensors({ limit }).map(({ shape, dtype, device, bytes, madeAt }) => {
    const origin = madeAt === undefined ? '' : `, made ${madeAt.split('\n')[0] ?? ''}`;
    return `  ${(bytes / 2 ** 20).toFixed(1)} MiB: ${dtype}[${shape.join(', ')}] on ${device}${origin}`;
  });
  const hint = origins.size > 0 ? '' : '\n  (torch.recordOrigins() tells where they are made)';
  return `${all.length} tensors are alive${lines.length > 0 ? `, the largest of them:\n${lines.join('\n')}${hint}` : ''}`;
}

if (process.env['TORCHTS_RECORD_ORIGINS'] === '1') recordOrigins();
