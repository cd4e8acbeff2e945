/** Hooks on the gradient of a tensor. */
import { DTypeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put2, rewind, Tag } from '../../native/wire';
import { register, silence, type Callback } from './callbacks';
import { formatValue } from '../operators/operator';
import type { Tensor } from '../core/tensor';

/** Removes a hook; `using handle = …` does so at the end of the block. */
export interface RemovableHandle {
  /** Doing so twice is harmless. */
  remove(): void;
  [Symbol.dispose](): void;
}

/** @param drop called once at most */
export function removableHandle(drop: () => void): RemovableHandle {
  let removed = false;
  const remove = (): void => {
    if (removed) return;
    removed = true;
    drop();
  };
  return { remove, [Symbol.dispose]: remove };
}

/** Gets a gradient; the tensor that it returns, if any, replaces it. */
export type GradientHook = (gradient: Tensor) => Tensor | null | undefined | void;

/** See `Tensor.registerHook`. */
export function registerHook(tensor: Tensor, hook: GradientHook): RemovableHandle {
  requireFunction('registerHook', hook);
  const call: Callback = ([gradient]) => [hook(gradient!) ?? null];
  return attach('registerHook', tensor, call, 'addHook', 'removeHook');
}

/** See `Tensor.registerPostAccumulateGradHook`. */
export function registerPostAccumulateGradHook(tensor: Tensor, hook: (tensor: Tensor) => void): RemovableHandle {
  requireFunction('registerPostAccumulateGradHook', hook);
  // Weakly: a leaf that held itself through its hook would never be collected.
  const target = new WeakRef(tensor);
  const call: Callback = ([alias]) => {
    const self = target.deref();
    hook(self && !self.isDisposed ? self : alias!);
    return [];
  };
  return attach('registerPostAccumulateGradHook', tensor, call, 'addPostAccumulateHook', 'removePostAccumulateHook');
}

function attach(
  name: string,
  tensor: Tensor,
  call: Callback,
  add: 'addHook' | 'addPostAccumulateHook',
  remove: 'removeHook' | 'removePostAccumulateHook',
): RemovableHandle {
  const id = register(call);
  const position = guarded(name, () => {
    putSubject(tensor);
    return binding[add](id);
  });
  return removableHandle(() => {
    // A graph may outlive the tensor's object, and the hook with it.
    if (tensor.isDisposed) return silence(id);
    putSubject(tensor);
    guarded(name, () => binding[remove](position));
  });
}

function putSubject(tensor: Tensor): void {
  rewind();
  put2(Tag.Tensor, tensor._handle);
}

function requireFunction(name: string, hook: unknown): void {
  if (typeof hook !== 'function') throw new DTypeError(`${name}: expected a function, found ${formatValue(hook)}`);
}
