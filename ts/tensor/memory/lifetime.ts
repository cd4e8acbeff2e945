/**
 * Who frees a tensor: the innermost scope it was made in; outside of scopes, the garbage collector; `dispose()` always.
 * docs/architecture.md, "Lifetimes", gives the reasons for these mechanisms.
 */
import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { DTypeError } from '../../errors';
import { binding } from '../../native/binding';
import { isMap, isSet, isPlainObject } from '../../native/realm';
import { put, putHandle, reserve, rewind } from '../../native/wire';
import { LONGEST, checkBody, typeName } from '../core/arguments';
import { context, isPromise, Scope, within } from '../core/context';
import { addMembers, Tensor } from '../core/tensor';
import type { DType } from '../types/dtype';

/** A debugging tool that is shown each tensor as soon as it is made, and just before it is freed. */
export interface TensorObserver {
  made(tensor: Tensor): void;
  freed(tensor: Tensor): void;
}

let observer: TensorObserver | null = null;

/** Sets the tool that is shown tensors from now on; null for none. */
export function observeTensors(observe: TensorObserver | null): void {
  observer = observe;
}

/** @internal for tensors that {@link adopt} does not make */
export function observed(tensor: Tensor): Tensor {
  observer?.made(tensor);
  return tensor;
}

/** Makes the Tensor of a new handle; the running scope frees it, or the collector. */
export function adopt(handle: number): Tensor {
  return adoptInto(context().scope, handle);
}

/** @internal {@link adopt} for callers that know the running scope */
export function adoptInto(scope: Scope | null, handle: number): Tensor {
  const tensor = new Tensor(handle);
  if (scope !== null && !scope.ended) scope.made.push(tensor);
  else assign(tensor, scope);
  return observer === null ? tensor : observed(tensor);
}

function assign(tensor: Tensor, scope: Scope | null): void {
  let owner = scope;
  while (owner?.ended) owner = owner.outer;
  if (owner) owner.made.push(tensor);
  else track(tensor);
}

function track(tensor: Tensor): void {
  if (tensor._tracked || tensor._handle === 0) return;
  tensor._tracked = true;
  binding.track(tensor, tensor._handle);
}

/** Frees one tensor. */
function free(tensor: Tensor): void {
  if (tensor._handle === 0) return;
  observer?.freed(tensor);
  putHandle(tensor._handle);
  tensor._handle = 0;
  binding.free(1);
}

/** Frees the given tensors in one native call. */
export function freeAll(tensors: readonly Tensor[]): void {
  rewind();
  reserve(tensors.length);
  let count = 0;
  for (const tensor of tensors) {
    if (tensor._handle === 0) continue;
    if (observer !== null) observer.freed(tensor);
    put(tensor._handle);
    tensor._handle = 0;
    count++;
  }
  if (count > 0) binding.free(count);
}

/**
 * Exempts a tensor from the scopes: only `dispose()` or the collector frees it from now on. For what outlives the
 * function that makes it: weights, optimizer state, caches.
 */
export function keep<T extends Tensor>(tensor: T): T {
  if (!(tensor instanceof Tensor)) throw new DTypeError(`keep: expected a tensor, found ${typeName(tensor)}`);
  track(tensor);
  return tensor;
}

/** Undoes {@link keep}: the running scope frees the tensor. */
export function unkeep(tensor: Tensor): void {
  tensor._tracked = false;
  context().scope?.made.push(tensor);
}

/** @internal Takes what the running scope has made so far out of it: the tensors are the caller's to free. */
export function takeFromScope(): readonly Tensor[] {
  const { scope } = context();
  if (scope === null) return NONE;
  const { made } = scope;
  scope.made = [];
  return made;
}

/** @internal Lets the running scope free tensors that another has made. */
export function giveToScope(tensors: readonly Tensor[]): void {
  context().scope?.made.push(...tensors);
}

/** Whether no scope frees a tensor: it was kept, or made outside of any. */
export function isKept(tensor: Tensor): boolean {
  return tensor._tracked;
}

/** The tensors reachable from a value: through arrays, maps, sets, and the fields of objects. */
export function tensorsIn(value: unknown): Tensor[] {
  const found = new Set<object>();
  collect(value, found);
  return [...found].filter((item) => item instanceof Tensor);
}

/** Every object reachable from a result, tensors among them: through arrays, maps, sets, and the fields of objects. */
function collect(value: unknown, into: Set<object>): void {
  if (typeof value !== 'object' || value === null || into.has(value)) return;
  into.add(value);
  if (value instanceof Tensor) return;
  // An array this long is sparse, since memory could not hold it: only the elements that exist.
  if (Array.isArray(value) && value.length > LONGEST)
    for (const item of Object.values(value as unknown[])) collect(item, into);
  else if (Array.isArray(value) || isSet(value)) for (const item of value) collect(item, into);
  else if (isMap(value)) for (const item of value.values()) collect(item, into);
  else if (isPlainObject(value)) for (const item of Object.values(value)) collect(item, into);
  else collectFields(value, into);
}

/** An instance of a class: its own fields, without calling getters. What Node and JavaScript bring along holds no tensors. */
function collectFields(value: object, into: Set<object>): void {
  if (
    ArrayBuffer.isView(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    value instanceof EventEmitter
  )
    return;
  for (const { value: item } of Object.values(Object.getOwnPropertyDescriptors(value)))
    if (typeof item === 'object') collect(item, into);
}

function close(scope: Scope, result: unknown): void {
  scope.ended = true;
  if (scope.made.length === 0) return;
  const { made } = scope;
  scope.made = NONE; // whatever still refers to the scope must not keep its tensors alive
  const kept = new Set<object>();
  collect(result, kept);
  let toFree = 0;
  for (const tensor of made) {
    if (tensor._tracked) continue;
    if (kept.size > 0 && kept.has(tensor)) assign(tensor, scope.outer);
    else made[toFree++] = tensor;
  }
  made.length = toFree;
  freeAll(made);
}

const NONE: Tensor[] = [];

/**
 * Runs `body` and frees every tensor it made, except those it returns (alone, or inside arrays, maps, sets and the fields
 * of objects; not in private fields). `body` may be async: the scope then ends with its promise, and scopes that interleave keep apart.
 */
export function scope<T>(body: () => T): T {
  checkBody('scope', body);
  const inner = new Scope(context().scope);
  return within({ scope: inner }, body, (result) => close(inner, result));
}

/**
 * The light form of {@link scope} for code that runs to its end without awaiting, such as a module's forward. When `body`
 * returns a promise all the same, what it made before its first `await` is freed when that settles.
 */
export function scoped<T>(body: () => T): T {
  checkBody('scoped', body);
  const surrounding = context();
  const inner = new Scope(surrounding.scope);
  surrounding.scope = inner;
  let result: T;
  try {
    result = body();
  } catch (error) {
    close(inner, undefined);
    throw error;
  } finally {
    surrounding.scope = inner.outer;
  }
  if (isPromise(result)) return closeLater(result, inner) as T;
  close(inner, result);
  return result;
}

/**
 * Like {@link scoped}, for results that the addon is about to read: `made` are the handles that it has to free afterwards.
 */
export function scopedHandles<T>(body: () => T): { result: T; made: number[] } {
  const surrounding = context();
  const inner = new Scope(surrounding.scope);
  surrounding.scope = inner;
  try {
    const result = body();
    return { result, made: takeHandles(inner) };
  } catch (error) {
    close(inner, undefined);
    throw error;
  } finally {
    surrounding.scope = inner.outer;
  }
}

/** Runs `body` in a scope that frees what it made, but for what it returns of that: `kept`, which are the caller's to dispose of. */
export function keepMade<T>(body: () => T): { result: T; kept: Tensor[] } {
  const surrounding = context();
  const inner = new Scope(surrounding.scope);
  surrounding.scope = inner;
  try {
    const result = body();
    const made = new Set(inner.made);
    return {
      result,
      kept: tensorsIn(result)
        .filter((tensor) => made.has(tensor))
        .map(keep),
    };
  } finally {
    surrounding.scope = inner.outer;
    close(inner, undefined);
  }
}

function takeHandles(scope: Scope): number[] {
  scope.ended = true;
  const handles: number[] = [];
  for (const tensor of scope.made) {
    if (tensor._tracked || tensor._handle === 0) continue;
    handles.push(tensor._handle);
    tensor._handle = 0;
  }
  scope.made = NONE;
  return handles;
}

async function closeLater(promise: Promise<unknown>, scope: Scope): Promise<unknown> {
  let result: unknown;
  try {
    return (result = await promise);
  } finally {
    close(scope, result);
  }
}

/** Live tensors and their bytes; storage shared by several tensors counts once. */
export interface MemoryUsage {
  readonly tensors: number;
  readonly bytes: number;
  readonly devices: Readonly<Record<string, { readonly tensors: number; readonly bytes: number }>>;
}

/** Tensors alive in this thread, in total and by device (`memory().devices.cpu.bytes`). */
export function memory(): MemoryUsage {
  const devices: Record<string, { tensors: number; bytes: number }> = {};
  let total = 0;
  let sum = 0;
  for (const [device, tensors, bytes] of binding.memory()) {
    devices[device] = { tensors, bytes };
    total += tensors;
    sum += bytes;
  }
  return { tensors: total, bytes: sum, devices };
}

/** Bytes that libtorch's CPU allocator has handed out, including what only autograd graphs hold. */
export function allocatedBytes(): number {
  return binding.allocatedBytes();
}

/**
 * How many blocks libtorch's CPU allocator has asked the C library for so far, in all threads of the process. Small tensors and very large
 * ones mostly get a block that was freed before, and what a compiled module computes in between has its place; those are not counted.
 */
export function allocationCount(): number {
  return binding.allocationCount();
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /** Frees the tensor now. Doing so twice is harmless. */
    dispose(): void;
    [Symbol.dispose](): void;
  }
}

addMembers({
  dispose() {
    free(this);
  },
  [Symbol.dispose]() {
    this.dispose();
  },
});
