import { inspect } from 'node:util';
import { InputError } from '../errors';
import { Tensor, keep, noGrad, scoped, type Device, type DType, type RemovableHandle } from '../tensor';
import {
  copyHooks,
  ensureHooks,
  hooksOf,
  type BackwardHook,
  type BackwardPreHook,
  type ForwardHook,
  type ForwardHookOptions,
  type ForwardPreHook,
  type HookOptions,
  scopeForward,
} from './hooks';
import { copyFields, deepcopy, requireNoPrivates, type Copier } from './deep-copy';
import {
  loadState,
  saveExtraState,
  type IncompatibleKeys,
  type LoadOptions,
  type StateDict,
  type StateSlot,
} from './load-state';
import { expected, requireTensor, resolveOptions } from './options';
import { Parameter } from './parameter';
import { indent, moduleRepr } from './python-repr';
import { protectMethods, Registered, join, walkOptions, type WalkOptions } from './registered';
import { convertTensor, parseTarget, type Target } from './transfer';

export type { StateDict };

/** A module from one tensor to one tensor, as `Sequential` chains them. */
export interface Layer extends Module {
  forward(input: Tensor): Tensor;
}

/** One place of a module that holds a parameter or a buffer. */
export interface Slot extends StateSlot {
  readonly owner: Module;
  readonly name: string;
}

/**
 * Base of all layers and models.
 *
 * Fields that hold a `Parameter`, a `Module` or a registered buffer are found by enumeration, in the order
 * in which they were assigned, and their names are the keys of the state dict; so a field that stands for a
 * PyTorch parameter carries PyTorch's name, underscores included. Groups of modules go into a `ModuleList`
 * or a `ModuleDict`, not into a plain array.
 *
 * What `forward` makes is freed when it returns, except what it returns and what autograd needs for the
 * backward pass. Parameters and buffers may be assigned there; any other tensor that a module stores on itself must pass
 * through `keep()` first.
 *
 * A field that holds a parameter, a buffer or a module takes others of its kind or null, and nothing else: with null it stays
 * registered, and out of the state dict.
 */
export abstract class Module extends Registered {
  /** True while training: `Dropout` drops and `BatchNorm2d` uses the statistics of the batch. */
  training = true;

  constructor() {
    super();
    scopeForward(new.target.prototype, Module.prototype);
  }

  /** Computes the output. Everything it makes on the way is freed when it returns. */
  abstract forward(...inputs: never[]): unknown;

  /** The own fields by name, in definition order; a container answers with its items. */
  protected members(): Iterable<readonly [string, unknown]> {
    Registered.registerFields(this);
    return Object.entries(this);
  }

  /** Puts `value` where `members()` found `name`. */
  protected setMember(name: string, value: Tensor): void {
    Registered.replace(this, name, value);
  }

  /** @internal see {@link Module.fill} */
  fillMember(name: string, value: Tensor): void {
    this.setMember(name, value);
  }

  /** Puts a tensor in the place that `slot` names, of whatever module it is. */
  static fill({ owner, name }: Pick<Slot, 'owner' | 'name'>, tensor: Tensor): void {
    owner.setMember(name, tensor);
  }

  /** Gives the field `name` a parameter; with null the name is reserved and stays out of the state dict. */
  registerParameter(name: string, parameter: Parameter | null): void {
    this.#claim(name);
    if (parameter !== null && !(parameter instanceof Parameter))
      throw expected('registerParameter', `a Parameter or null for "${name}"`, parameter);
    Registered.register(this, name, 'parameter', parameter);
  }

  /**
   * Gives the field `name` a tensor that belongs to the module's state but is not trained.
   * One that is not `persistent` moves with the module and stays out of the state dict.
   */
  registerBuffer(name: string, tensor: Tensor | null, options: { readonly persistent?: boolean } = {}): void {
    const { persistent } = resolveOptions<{ persistent: boolean }>('registerBuffer', { persistent: true }, options);
    if (Registered.registeredAs(this, name)?.kind !== 'buffer') this.#claim(name);
    if (tensor !== null) requireTensor('registerBuffer', `"${name}"`, tensor);
    Registered.register(this, name, 'buffer', tensor, persistent);
  }

  #claim(name: string): void {
    const owner = this.constructor.name;
    if (name === '' || name.includes('.'))
      throw new InputError(`${owner}: a name of its state must not be empty or hold a dot, got "${name}".`);
    const taken = Object.hasOwn(this, name) ? Reflect.get(this, name) != null : name in this;
    if (taken)
      throw new InputError(
        `${owner} already has a member "${name}": choose another name, or put it into a ModuleDict, which takes any.`,
      );
  }

  /**
   * Gives the field `name` a submodule: Python's `add_module`, for names that are made while the program runs.
   * @throws InputError for an empty name, one with a dot, or that of a member such as `forward`
   */
  addModule(name: string, module: Module | null): void {
    this.#claim(name);
    if (module !== null && !(module instanceof Module))
      throw expected('addModule', `a Module or null for "${name}"`, module);
    Registered.register(this, name, 'module', module);
  }

  /** @internal the parameter, buffer, submodule or other field of that name */
  member(name: string): unknown {
    for (const [key, value] of this.members()) if (key === name) return value;
    return undefined;
  }

  /**
   * A copy with parameters, buffers and submodules of its own: Python's `copy.deepcopy(module)`. Hooks are taken along.
   * @throws InputError for a class with #private members, or a field with a tensor that autograd computed
   */
  clone(): this {
    return deepcopy(this);
  }

  /** @internal see {@link deepcopy} */
  deepCopy(copy: Copier, made: (result: object) => void): this {
    const result = this.emptyCopy(copy);
    made(result);
    Registered.copy(this, result, copy);
    copyFields(this, result, copy);
    copyHooks(this, result);
    return result;
  }

  /** An instance of this class without its fields; a container answers with one of copied items. */
  protected emptyCopy(_copy: Copier): this {
    requireNoPrivates(this, Module.prototype);
    return Reflect.construct(Module, [], this.constructor as new () => this) as this;
  }

  /** Direct submodules and their names; a module that occurs twice comes once. */
  namedChildren(): [string, Module][] {
    const seen = new Set<Module>();
    return this.#submodules().filter(([, child]) => !seen.has(child) && seen.add(child));
  }

  /** Direct submodules; one that occurs twice comes once. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** This module, named `prefix`, and all below it, parents first; one that occurs twice comes once. */
  namedModules(prefix: string | Omit<WalkOptions, 'recurse'> = '', duplicate?: boolean): [string, Module][] {
    const walk = walkOptions('namedModules', prefix, undefined, duplicate);
    const seen = new Set<Module>();
    const found: [string, Module][] = [];
    const visit = (module: Module, path: string): void => {
      if (walk.removeDuplicate && seen.has(module)) return;
      seen.add(module);
      found.push([path, module]);
      for (const [name, child] of module.#submodules()) visit(child, join(path, name));
    };
    visit(this, walk.prefix);
    return found;
  }

  /** This module and all below it, parents first. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** All parameters and their keys; one shared by two modules comes once, under its first key. */
  namedParameters(
    prefix: string | WalkOptions = '',
    recurse?: boolean,
    removeDuplicate?: boolean,
  ): [string, Parameter][] {
    const walk = walkOptions('namedParameters', prefix, recurse, removeDuplicate);
    return this.#walk(walk, (module) => {
      const own: [string, Parameter][] = [];
      for (const [name, value] of module.members()) if (value instanceof Parameter) own.push([name, value]);
      return own;
    });
  }

  #walk<T>(
    { prefix, recurse, removeDuplicate }: Required<WalkOptions>,
    own: (module: Module) => [string, T][],
  ): [string, T][] {
    const seen = new Set<T>();
    const modules: [string, Module][] = recurse ? this.namedModules({ prefix, removeDuplicate }) : [[prefix, this]];
    const all = modules.flatMap(([path, module]) =>
      own(module).map(([name, value]): [string, T] => [join(path, name), value]),
    );
    return removeDuplicate ? all.filter(([, value]) => !seen.has(value) && seen.add(value)) : all;
  }

  /** All parameters; one shared by two modules comes once. */
  parameters(recurse = true): Parameter[] {
    return this.namedParameters('', recurse).map(([, parameter]) => parameter);
  }

  /** All buffers and their keys, those outside the state dict too. */
  namedBuffers(prefix: string | WalkOptions = '', recurse?: boolean, removeDuplicate?: boolean): [string, Tensor][] {
    const walk = walkOptions('namedBuffers', prefix, recurse, removeDuplicate);
    return this.#walk(walk, (module) => Registered.buffersOf(module).map(({ name, tensor }) => [name, tensor]));
  }

  /** All buffers, those outside the state dict too. */
  buffers(recurse = true): Tensor[] {
    return this.namedBuffers('', recurse).map(([, buffer]) => buffer);
  }

  /**
   * Parameters and persistent buffers by key, detached, sharing storage with the module.
   * As in PyTorch, a shared parameter stands under each of its keys. With `keepVars` they are the module's own tensors.
   */
  stateDict(prefix: string | { readonly prefix?: string; readonly keepVars?: boolean } = ''): StateDict {
    const options = resolveOptions<{ prefix: string; keepVars: boolean }>(
      'stateDict',
      { prefix: '', keepVars: false },
      typeof prefix === 'string' ? { prefix } : prefix,
    );
    const state: StateDict = {};
    this.#save(state, options.prefix, options.keepVars);
    return state;
  }

  #save(state: StateDict, path: string, keepVars: boolean): void {
    const hooks = hooksOf(this);
    const prefix = join(path, '');
    for (const hook of hooks?.statePre.all ?? []) hook(this, prefix, keepVars);
    for (const { key, tensor } of this.#ownSlots(path)) state[key] = keepVars ? tensor : tensor.detach();
    saveExtraState(this, state, prefix);
    for (const [name, child] of this.#submodules()) child.#save(state, join(path, name), keepVars);
    for (const hook of hooks?.statePost.all ?? []) hook(this, state, prefix);
  }

  /**
   * Copies the tensors of `state` into this module, or with `assign` puts them in place of its own.
   * Shapes must match always, keys unless `strict` is false; one error names everything that does not fit.
   */
  loadStateDict(state: Readonly<StateDict>, options: LoadOptions = {}): IncompatibleKeys {
    return loadState(this, state, options, (slot, value) => slot.owner.setMember(slot.name, value));
  }

  /** Every place that the state dict names. */
  slots(prefix = ''): Slot[] {
    return this.#ownSlots(prefix).concat(
      this.#submodules().flatMap(([name, child]) => child.slots(join(prefix, name))),
    );
  }

  #ownSlots(prefix: string): Slot[] {
    const own: Slot[] = [];
    for (const [name, value] of this.members()) {
      if (value instanceof Parameter) own.push({ key: join(prefix, name), owner: this, name, tensor: value });
    }
    for (const { name, tensor, persistent } of Registered.buffersOf(this)) {
      if (persistent) own.push({ key: join(prefix, name), owner: this, name, tensor });
    }
    return own;
  }

  /**
   * Called before this module's part of `state` is loaded, with the prefix of its keys. A module whose key
   * names or layout changed overrides it and edits `state`, which is a copy.
   */
  upgradeState(_state: Map<string, Tensor>, _prefix: string): void {}

  /** Sets training mode here and below. */
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw new InputError(`train() takes true or false, got ${inspect(mode)}.`);
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Sets evaluation mode here and below. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Moves parameters and buffers to a device, a floating point type, or both, in place: parameters keep their
   * identity, so an optimizer that holds them goes on working. Integer buffers keep their type.
   */
  to(target: DType | Device | Target): this {
    const destination = parseTarget(target);
    noGrad(() => {
      for (const module of this.modules()) scoped(() => module.#convert(destination));
    });
    return this;
  }

  #convert(destination: Target): void {
    for (const [, value] of this.members()) {
      if (value instanceof Parameter) value.assign((tensor) => convertTensor(tensor, destination));
    }
    for (const { name, tensor } of Registered.buffersOf(this)) {
      Module.fill({ owner: this, name }, keep(convertTensor(tensor, destination)));
    }
  }

  /**
   * Calls `hook` before each forward, with the arguments; it may return others. Hooks run in the order of their registration,
   * inside of the forward's scope: a tensor that one of them stores must pass through `keep()`.
   */
  registerForwardPreHook<M extends Module>(
    this: M,
    hook: ForwardPreHook<M>,
    options: HookOptions = {},
  ): RemovableHandle {
    return ensureHooks(this).forwardPre.add(hook, options);
  }

  /** Calls `hook` after each forward, with the arguments and the output, which it may replace by what it returns. Else as above. */
  registerForwardHook<M extends Module>(
    this: M,
    hook: ForwardHook<M>,
    options: ForwardHookOptions = {},
  ): RemovableHandle {
    return ensureHooks(this).forward.add(hook, options);
  }

  /** Calls `hook` with the gradients of the outputs before they enter this module; it may return others. */
  registerFullBackwardPreHook<M extends Module>(
    this: M,
    hook: BackwardPreHook<M>,
    options: HookOptions = {},
  ): RemovableHandle {
    return ensureHooks(this).backwardPre.add(hook, options);
  }

  /**
   * Calls `hook` with the gradients of the arguments and those of the outputs once both are known; it may return other
   * gradients of the arguments. There is one for each argument, null for what is no tensor or requires none, and when no
   * argument does, the hook runs as soon as the outputs' gradients are there. Neither inputs nor outputs may be changed in place.
   */
  registerFullBackwardHook<M extends Module>(
    this: M,
    hook: BackwardHook<M>,
    options: HookOptions = {},
  ): RemovableHandle {
    return ensureHooks(this).backward.add(hook, options);
  }

  /** What `toString()` prints between the parentheses: the options of this layer, in PyTorch's notation. */
  extraRepr(): string {
    return '';
  }

  /** The module and all below it, printed as PyTorch prints them. */
  override toString(): string {
    return moduleRepr(this.constructor.name, this.extraRepr(), this.childLines());
  }

  /** One entry for each submodule: `(name): …`, lines after its first indented. */
  protected childLines(): string[] {
    return this.#submodules().map(([name, child]) => indent(`(${name}): ${child.toString()}`));
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #submodules(): [string, Module][] {
    return [...this.members()].flatMap(([name, value]) => (value instanceof Module ? [[name, value]] : []));
  }
}

const NAMED = ['namedModules', 'namedParameters', 'namedBuffers', 'namedChildren'];
protectMethods(Module.prototype, [...NAMED, 'modules', 'parameters', 'buffers', 'children', 'stateDict', 'slots']);
