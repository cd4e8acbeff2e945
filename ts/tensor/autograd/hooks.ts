/** Hooks on the gradient of a tensor. */
import { DTypeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put2, rewind, Tag } from '../../native/wire';
import { register, silence, type Callback } from './callbacks';
import { formatValue } from '../operators/operator';
import { addMembers, type Tensor } from '../core/tensor';
import type { DType } from '../types/dtype';

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

function registerHook(tensor: Tensor, hook: GradientHook): RemovableHandle {
  requireFunction('registerHook', hook);
  const call: Callback = ([gradient]) => [hook(gradient!) ?? null];
  return attach('registerHook', tensor, call, 'addHook', 'removeHook');
}

function registerPostAccumulateGradHook(tensor: Tensor, hook: (tensor: Tensor) => void): RemovableHandle {
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

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /**
     * Calls `hook` with the gradient of this tensor whenever one is computed, before it is used any further; a tensor that it
     * returns takes the gradient's place. Hooks run in the order of their registration. What a hook throws comes out of
     * `backward()`. A hook of a tensor that lives outside of scopes keeps alive what it refers to until it is removed or the
     * graph is freed.
     */
    registerHook(hook: GradientHook): RemovableHandle;
    /** Calls `hook` with this tensor, a leaf, whenever its `grad` has just been accumulated. */
    registerPostAccumulateGradHook(hook: (tensor: this) => void): RemovableHandle;
  }
}

addMembers({
  registerHook(hook: GradientHook) {
    return registerHook(this, hook);
  },
  registerPostAccumulateGradHook(hook: (tensor: Tensor) => void) {
    return registerPostAccumulateGradHook(this, hook);
  },
});
