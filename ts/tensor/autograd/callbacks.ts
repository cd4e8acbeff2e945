/**
 * JavaScript functions that libtorch calls: the backward of autograd functions, and hooks. The addon holds each by a number
 * and says when it has released it, so that no graph, however it is freed, has to touch JavaScript.
 */
import { DTypeError, TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { keepPendingError } from '../../native/pending-errors';
import { put, put2, replaceWire, reserve, rewind, Tag, take } from '../../native/wire';
import { context, within } from '../core/context';
import { adopt, scopedHandles } from '../memory/lifetime';
import { formatValue } from '../operators/operator';
import { Tensor } from '../core/tensor';

/** The circumstances of a call. */
export interface CallInfo {
  /** Which backward pass is running; -1 outside of one. */
  readonly graphTask: number;
  /** Whether the computation is recorded, for higher derivatives. */
  readonly recording: boolean;
  /** The numbers that the addon passes beside the tensors; 0 and 1 for no and yes. */
  readonly flags: readonly number[];
}

type CallbackResult = readonly (Tensor | null | undefined)[] | number;

/** Takes tensors and returns tensors (or a number, where the addon asks for one). */
export type Callback = (tensors: (Tensor | null)[], info: CallInfo) => CallbackResult;

export interface CallbackOptions {
  /** Free what the function made, its arguments included, as soon as the addon has read the result. @default false */
  readonly scoped?: boolean;
  /** The function runs no operator of its own, so the modes may stay as they are, which saves time. @default false */
  readonly idle?: boolean;
  /** Called when the addon has released the function. */
  readonly dropped?: () => void;
}

interface Entry extends CallbackOptions {
  readonly callback: Callback;
}

// The end of each backward pass forgets too; this is for graphs that are never run.
const BETWEEN_SWEEPS = 64;

const table = new Map<number, Entry>();
let last = 0;
let task = -1;

/** @internal Gives `callback` a number. It stays until the addon, or `forget`, drops it. */
export function register(callback: Callback, options: CallbackOptions = {}): number {
  if (last % BETWEEN_SWEEPS === 0) forgetDropped();
  table.set(++last, { ...options, callback });
  return last;
}

export function forget(id: number): void {
  const entry = table.get(id);
  table.delete(id);
  entry?.dropped?.();
}

/** From now on the function does nothing, though a graph may still hold it. */
export function silence(id: number): void {
  if (table.has(id)) table.set(id, { callback: () => [null] });
}

/** Forgets the functions that the addon has released since the last call. */
export function forgetDropped(): void {
  if (table.size === 0) return;
  for (const id of binding.droppedCallbacks()) forget(id);
}

/** How many functions the addon holds. */
export function held(): number {
  forgetDropped();
  return table.size;
}

/** What native/callbacks.cc calls: arguments and result are on the wire. */
function dispatch(id: number, graphTask: number, recording: boolean, grown?: Float64Array): number {
  if (grown) replaceWire(grown);
  const outer = task;
  // A call inside of a call belongs to the same backward pass, though it may run on another thread.
  if (graphTask >= 0) task = graphTask;
  try {
    return runCallback(id, recording);
  } catch (error) {
    return -keepPendingError(error);
  } finally {
    task = outer;
  }
}

function runCallback(id: number, recording: boolean): number {
  rewind();
  const handles = Array.from({ length: take() }, () => (take() === Tag.None ? 0 : take()));
  const flags = Array.from({ length: take() }, take);
  const entry = table.get(id);
  if (!entry) throw new TorchError('the autograd graph refers to a function that is gone');
  const info: CallInfo = { graphTask: task, recording, flags };
  const call = (): CallbackResult =>
    entry.callback(
      handles.map((handle) => (handle === 0 ? null : adopt(handle))),
      info,
    );
  const run = (): number => {
    const { result, made } = entry.scoped ? scopedHandles(() => read(call())) : { result: read(call()), made: [] };
    return typeof result === 'number' ? result : send(result, made);
  };
  return entry.idle || context().grad === recording ? run() : within({ grad: recording }, run, () => undefined);
}

/** The handles of a result; 0 for none. */
function read(result: CallbackResult): number | number[] {
  if (typeof result === 'number') return result;
  return result.map((tensor) => {
    if (tensor === null || tensor === undefined) return 0;
    if (!(tensor instanceof Tensor))
      throw new DTypeError(`expected a gradient, a tensor or null, found ${formatValue(tensor)}`);
    if (tensor.isDisposed) throw new DTypeError('expected a gradient, found a disposed tensor');
    return tensor._handle;
  });
}

function send(results: readonly number[], made: readonly number[]): number {
  rewind();
  reserve(4 + 2 * (results.length + made.length));
  put2(Tag.List, results.length);
  for (const handle of results) {
    if (handle === 0) put(Tag.None);
    else put2(Tag.Tensor, handle);
  }
  put2(Tag.List, made.length);
  for (const handle of made) put2(Tag.Int, handle);
  return 0;
}

binding.attachCallbacks(dispatch);
