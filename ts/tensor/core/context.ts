/**
 * What surrounds an operator call: the scope that will free its results, and the modes of autograd and autocast.
 *
 * Synchronous code uses one variable. As soon as some `scope`/`noGrad` has returned a promise that is still pending,
 * code of several contexts may interleave, and each call asks AsyncLocalStorage which one it belongs to. So a program
 * that never awaits inside a scope pays nothing for those that do.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { binding, type StreamPair } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import type { Tensor } from './tensor';

export interface Modes {
  readonly grad: boolean;
  readonly inference: boolean;
  /** Device -> dtype for autocast. */
  readonly autocast: Readonly<Record<string, string | null>>;
  /** The callback that packs what operators save for the backward pass; 0 for none. */
  readonly packing: number;
  /** Device -> stream of the accelerator that operators go to; the default stream where none is named. */
  readonly streams: Readonly<Record<string, StreamPair>>;
  /** Number of the accelerator's current device. */
  readonly deviceIndex: number;
}

/** The tensors that one call of `scope` will free. */
export class Scope {
  made: Tensor[] = [];
  /** Tensors made in it afterwards, by a promise that nobody awaited, belong to the scope around it. */
  ended = false;

  constructor(readonly outer: Scope | null) {}
}

export interface Context extends Modes {
  /** Tensors to free when the innermost scope ends; null outside of any scope. */
  scope: Scope | null;
}

const root: Context = {
  grad: true,
  inference: false,
  autocast: {},
  packing: 0,
  streams: {},
  deviceIndex: 0,
  scope: null,
};
const storage = new AsyncLocalStorage<Context>();
let current: Context = root;
let applied: Modes = root;
let pending = 0; // contexts whose promise is not settled yet

function apply(modes: Modes): void {
  if (modes.grad !== applied.grad || modes.inference !== applied.inference) {
    binding.setModes(modes.grad, modes.inference);
  }
  if (modes.packing !== applied.packing) binding.setSavedTensorHook(modes.packing);
  if (modes.autocast !== applied.autocast) {
    for (const device of new Set([...Object.keys(applied.autocast), ...Object.keys(modes.autocast)])) {
      const dtype = modes.autocast[device] ?? null;
      if (dtype !== (applied.autocast[device] ?? null)) guarded('autocast', () => binding.setAutocast(device, dtype));
    }
  }
  if (modes.streams !== applied.streams) {
    for (const device of new Set([...Object.keys(applied.streams), ...Object.keys(modes.streams)])) {
      if (modes.streams[device] !== applied.streams[device])
        binding.setStream(...(modes.streams[device] ?? binding.defaultStream(device)));
    }
  }
  if (modes.deviceIndex !== applied.deviceIndex) binding.setDevice(modes.deviceIndex);
  applied = modes;
}

/** Changes the modes of the running context from now on; a scope or mode that was entered before ends as it would have. */
export function change(changes: Partial<Modes>): void {
  const mine = context();
  applied = { ...mine };
  apply(Object.assign(mine, changes));
}

/** The context of the running code, with its modes in force in libtorch. */
export function context(): Context {
  if (pending === 0) return current;
  const mine = storage.getStore() ?? root;
  if (mine !== current) {
    current = mine;
    apply(mine);
  }
  return mine;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Runs `body` in a context derived from the present one, and `done` with its result when it is over; a promise counts as
 * over when it settles.
 */
export function within<T>(
  changes: Partial<Context>,
  body: () => T,
  done: (result: unknown, failed: boolean) => void,
): T {
  const outer = context();
  const inner: Context = { ...outer, ...changes };
  let result: T;
  try {
    result = storage.run(inner, () => {
      current = inner;
      apply(inner);
      return body();
    });
  } catch (error) {
    leave(outer);
    done(undefined, true);
    throw error;
  }
  leave(outer);
  if (!isPromise(result)) {
    done(result, false);
    return result;
  }
  return leaveWhenSettled(result, outer, done) as T;
}

function leave(outer: Context): void {
  current = outer;
  apply(outer);
}

async function leaveWhenSettled(
  promise: Promise<unknown>,
  outer: Context,
  done: (result: unknown, failed: boolean) => void,
) {
  pending++;
  try {
    const value = await promise;
    storage.run(outer, () => done(value, false));
    return value;
  } catch (error) {
    storage.run(outer, () => done(undefined, true));
    throw error;
  } finally {
    if (--pending === 0) leave(root);
  }
}

let tracing = false;

/** Whether operators are being recorded for TorchScript: code then avoids what a trace cannot hold. */
export function isTracing(): boolean {
  return tracing;
}

/** Runs `body` as what is recorded. */
export function traced<T>(body: () => T): T {
  tracing = true;
  try {
    return body();
  } finally {
    tracing = false;
  }
}
