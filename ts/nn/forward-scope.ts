import { scoped } from '../tensor';
import { hooksOf } from './hooks';
import { Registered } from './registered';

interface Owner {
  forward: (...inputs: never[]) => unknown;
}

type Forward = (this: Owner, ...inputs: unknown[]) => unknown;

const visited = new WeakSet<object>();

/**
 * Wraps `forward` on `prototype` and on each prototype between it and `root`, once for all instances, so that
 * its hooks run and what a forward makes is freed when it returns. A forward that returns a promise ends with the promise.
 */
export function scopeForward(prototype: object, root: object): void {
  for (
    let level: object | null = prototype;
    level !== null && level !== root;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    if (visited.has(level)) return;
    visited.add(level);
    const descriptor = Object.getOwnPropertyDescriptor(level, 'forward');
    if (typeof descriptor?.value !== 'function') continue;
    Object.defineProperty(level, 'forward', { ...descriptor, value: inScope(descriptor.value as Forward) });
  }
}

const registered = new WeakSet<object>();

/** Fields that were defined by the class's body are registered by the first forward at the latest. */
function registerOnce(owner: object): void {
  if (registered.has(owner)) return;
  registered.add(owner);
  if (owner instanceof Registered) Registered.registerFields(owner);
}

function inScope(forward: Forward): Forward {
  return function scopedForward(this: Owner, ...inputs: unknown[]): unknown {
    registerOnce(this);
    const hooks = hooksOf(this);
    // `super.forward()` comes by here as well: hooks belong around the whole.
    if (!hooks || this.forward !== scopedForward) return scoped(() => forward.apply(this, inputs));
    return scoped(() => hooks.around(this, inputs, (changed) => forward.apply(this, [...changed])));
  };
}
