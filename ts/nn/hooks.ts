/** What surrounds the forward of a module: its scope, and the hooks that are called before and after it and in the backward pass that goes through it. */
import { DTypeError } from '../errors';
import { Tensor, scoped } from '../tensor';
import { isPromise } from '../tensor/core/context';
import { removableHandle, type RemovableHandle } from '../tensor/autograd/hooks';
import { resolveOptions } from '../options';
import { BackwardHooks, type GradientReplacement, type Gradients } from './backward-hooks';
import { Registered } from './registered';

/** The static side of a forward: what a module takes and gives. */
interface Computes {
  forward(...inputs: never[]): unknown;
}

type Inputs<M extends Computes> = Parameters<M['forward']>;
type Output<M extends Computes> = Awaited<ReturnType<M['forward']>>;
/** May return other arguments: all of them in an array, or a single one as it is. */
export type ForwardPreHook<M extends Computes> = (
  module: M,
  inputs: Inputs<M>,
) => readonly unknown[] | Tensor | null | undefined | void;
/** May return another output. */
export type ForwardHook<M extends Computes> = (
  module: M,
  inputs: Inputs<M>,
  output: Output<M>,
) => Output<M> | null | undefined | void;
/** May return other gradients of the outputs. */
export type BackwardPreHook<M extends Computes> = (module: M, gradOutput: Gradients) => GradientReplacement;
/** May return other gradients of the arguments. */
export type BackwardHook<M extends Computes> = (
  module: M,
  gradInput: Gradients,
  gradOutput: Gradients,
) => GradientReplacement;

export interface HookOptions {
  /** Run before the hooks that are there already. @default false */
  readonly prepend?: boolean;
}

export interface ForwardHookOptions extends HookOptions {
  /** Run even where `forward` throws, with null as the output; what the hook throws then is dropped. @default false */
  readonly alwaysCall?: boolean;
}

// The type of the module is erased here: a hook was checked against it when it was registered.
type Hook = (...args: unknown[]) => unknown;

class HookList {
  #hooks: readonly Hook[] = [];
  readonly #always = new WeakSet<Hook>();

  readonly #general: HookList | undefined;

  /** @param general the hooks of every module, which run before these */
  constructor(general?: HookList) {
    this.#general = general;
  }

  add(hook: (...args: never[]) => unknown, options: ForwardHookOptions = {}): RemovableHandle {
    const { prepend, alwaysCall } = resolveOptions<Required<ForwardHookOptions>>(
      'a hook',
      { prepend: false, alwaysCall: false },
      options,
    );
    if (typeof hook !== 'function') throw new DTypeError(`expected a hook, a function, found ${typeof hook}`);
    const own: Hook = (...args) => (hook as Hook)(...args); // the same hook registered twice runs twice
    if (alwaysCall) this.#always.add(own);
    this.#hooks = prepend ? [own, ...this.#hooks] : [...this.#hooks, own];
    return removableHandle(() => (this.#hooks = this.#hooks.filter((item) => item !== own)));
  }

  /** As they are now: what a hook adds or removes counts from the next time on. */
  get all(): readonly Hook[] {
    return this.#general?.any ? [...this.#general.all, ...this.#hooks] : this.#hooks;
  }

  get any(): boolean {
    return this.#hooks.length > 0;
  }

  /** Those that run even after an error. */
  get always(): readonly Hook[] {
    return this.all.filter((hook) => this.#always.has(hook));
  }

  /** Takes over the hooks of another list. */
  copy(other: HookList): void {
    this.#hooks = other.#hooks;
    for (const hook of other.#hooks) if (other.#always.has(hook)) this.#always.add(hook);
  }
}

/** The hooks of one module, or of all. */
class ModuleHooks {
  readonly forwardPre: HookList;
  readonly forward: HookList;
  readonly backwardPre: HookList;
  readonly backward: HookList;
  readonly statePre = new HookList();
  readonly statePost = new HookList();
  readonly loadPre = new HookList();
  readonly loadPost = new HookList();

  constructor(general?: ModuleHooks) {
    this.forwardPre = new HookList(general?.forwardPre);
    this.forward = new HookList(general?.forward);
    this.backwardPre = new HookList(general?.backwardPre);
    this.backward = new HookList(general?.backward);
  }

  get any(): boolean {
    return this.forwardPre.any || this.forward.any || this.backwardPre.any || this.backward.any;
  }

  /** Runs `forward` with hooks around it, in PyTorch's order. */
  around(module: Computes, given: readonly unknown[], forward: (inputs: readonly unknown[]) => unknown): unknown {
    let inputs = given;
    for (const hook of this.forwardPre.all) {
      const changed = hook(module, inputs) ?? inputs;
      inputs = Array.isArray(changed) ? (changed as unknown[]) : [changed];
    }
    const backward = this.#backward(module);
    if (backward) inputs = backward.watchInputs(inputs);
    const output = this.#attempt(module, inputs, forward);
    const after = (value: unknown): unknown => this.#after(module, inputs, value, backward);
    return isPromise(output) ? output.then(after) : after(output);
  }

  #attempt(module: Computes, inputs: readonly unknown[], forward: (inputs: readonly unknown[]) => unknown): unknown {
    const { always } = this.forward;
    if (always.length === 0) return forward(inputs);
    try {
      return forward(inputs);
    } catch (error) {
      for (const hook of always) {
        try {
          hook(module, inputs, null);
        } catch {
          // The first error is the one to report.
        }
      }
      throw error;
    }
  }

  #backward(module: Computes): BackwardHooks | null {
    const before = this.backwardPre.all;
    const after = this.backward.all;
    if (before.length + after.length === 0) return null;
    return new BackwardHooks(
      module.constructor.name,
      before.map((hook) => (gradOutput) => hook(module, gradOutput) as GradientReplacement),
      after.map((hook) => (gradInput, gradOutput) => hook(module, gradInput, gradOutput) as GradientReplacement),
      this.backwardPre.any || this.backward.any,
    );
  }

  #after(module: Computes, inputs: readonly unknown[], value: unknown, backward: BackwardHooks | null): unknown {
    let output = value;
    for (const hook of this.forward.all) output = hook(module, inputs, output) ?? output;
    return backward ? backward.watchOutputs(output) : output;
  }
}

/** The hooks that every module has. */
export const everyModule = new ModuleHooks();

const registry = new WeakMap<object, ModuleHooks>();
const none = new ModuleHooks(everyModule);

/** The hooks to run for a module, if there are any. */
export function hooksOf(module: object): ModuleHooks | undefined {
  return registry.get(module) ?? (everyModule.any ? none : undefined);
}

/** Gives a copy of a module the hooks of the original. */
export function copyHooks(from: object, to: object): void {
  const hooks = registry.get(from);
  if (!hooks) return;
  const copies = ensureHooks(to);
  for (const list of [
    'forwardPre',
    'forward',
    'backwardPre',
    'backward',
    'statePre',
    'statePost',
    'loadPre',
    'loadPost',
  ] as const)
    copies[list].copy(hooks[list]);
}

/** The hooks of a module, to add one. */
export function ensureHooks(module: object): ModuleHooks {
  let hooks = registry.get(module);
  if (!hooks) registry.set(module, (hooks = new ModuleHooks(everyModule)));
  return hooks;
}

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
