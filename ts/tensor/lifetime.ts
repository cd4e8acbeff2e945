/**
 * Who frees a tensor: the innermost scope it was made in; outside of scopes, the garbage collector; `dispose()` always.
 * docs/architecture.md, "Lifetimes", tells what the choice of mechanism rests on.
 */
import { binding } from '../native/binding';
import { putHandle, putHandles } from '../native/wire';
import { context, isPromise, within } from './context';
import { Tensor } from './tensor';

/** Gives a fresh handle its Tensor, and the Tensor to the scope or the collector. */
export function adopt(handle: number): Tensor {
  const tensor = new Tensor(handle);
  own(tensor, context().scope);
  return tensor;
}

function own(tensor: Tensor, scope: Tensor[] | null): void {
  if (scope) scope.push(tensor);
  else track(tensor);
}

function track(tensor: Tensor): void {
  if (tensor._tracked || tensor._handle === 0) return;
  tensor._tracked = true;
  binding.track(tensor, tensor._handle);
}

/** Frees one tensor. */
export function free(tensor: Tensor): void {
  if (tensor._handle === 0) return;
  putHandle(tensor._handle);
  tensor._handle = 0;
  binding.free(1);
}

/** Frees the given tensors in one native call. */
export function freeAll(tensors: readonly Tensor[]): void {
  const handles: number[] = [];
  for (const tensor of tensors) {
    if (tensor._handle === 0) continue;
    handles.push(tensor._handle);
    tensor._handle = 0;
  }
  if (handles.length === 0) return;
  putHandles(handles);
  binding.free(handles.length);
}

/**
 * Exempts a tensor from the scopes: only `dispose()` or the collector frees it from now on. For what outlives the
 * function that makes it: weights, optimizer state, caches.
 */
export function keep<T extends Tensor>(tensor: T): T {
  track(tensor);
  return tensor;
}

/** Every tensor reachable from a result: through arrays, maps, sets and plain objects. */
function collect(value: unknown, into: Set<Tensor>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Tensor) into.add(value);
  else if (Array.isArray(value) || value instanceof Set) for (const item of value) collect(item, into);
  else if (value instanceof Map) for (const item of value.values()) collect(item, into);
  else if (isPlain(value)) for (const item of Object.values(value)) collect(item, into);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function close(made: Tensor[], result: unknown, outer: Tensor[] | null): void {
  if (made.length === 0) return;
  const kept = new Set<Tensor>();
  collect(result, kept);
  const doomed: Tensor[] = [];
  for (const tensor of made) {
    if (tensor._tracked) continue;
    if (kept.has(tensor)) own(tensor, outer);
    else doomed.push(tensor);
  }
  freeAll(doomed);
}

/**
 * Runs `body` and frees every tensor it made, except those it returns (alone, or inside arrays, maps, sets and plain
 * objects). `body` may be async: the scope then ends with its promise, and scopes that interleave keep apart.
 */
export function scope<T>(body: () => T): T {
  const outer = context().scope;
  const made: Tensor[] = [];
  return within({ scope: made }, body, (result) => close(made, result, outer));
}

/**
 * The light form of {@link scope} for code that runs to its end without awaiting, such as a module's forward. When `body`
 * returns a promise all the same, what it made before its first `await` is freed when that settles.
 */
export function scoped<T>(body: () => T): T {
  const surrounding = context();
  const outer = surrounding.scope;
  const made: Tensor[] = [];
  surrounding.scope = made;
  let result: T | undefined;
  let failed = true;
  try {
    result = body();
    failed = false;
  } finally {
    surrounding.scope = outer;
    if (failed) freeAll(made.filter((tensor) => !tensor._tracked));
  }
  if (isPromise(result)) return closeLater(result, made, outer) as T;
  close(made, result, outer);
  return result as T;
}

async function closeLater(promise: Promise<unknown>, made: Tensor[], outer: Tensor[] | null): Promise<unknown> {
  let result: unknown;
  try {
    return (result = await promise);
  } finally {
    close(made, result, outer);
  }
}

/** Live tensors and their bytes; storage shared by several tensors counts once. */
export interface MemoryUsage {
  readonly tensors: number;
  readonly bytes: number;
  readonly devices: Readonly<Record<string, { readonly tensors: number; readonly bytes: number }>>;
}

/** Tensors alive in this thread, in all and by device (`memory().devices.cpu.bytes`). */
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
