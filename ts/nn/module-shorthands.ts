/** Members of PyTorch's nn.Module that are short for others: conversions by name, what is done to all parameters, paths, hooks around state dicts. */
import { InputError } from '../errors';
import { Tensor, autograd, emptyLike, keep, noGrad, scoped, type Device, type DType } from '../tensor';
import type { RemovableHandle } from '../tensor/autograd/hooks';
import { resolveOptions } from './options';
import { ensureHooks } from './hooks';
import type { IncompatibleKeys } from './load-state';
import { Module, type StateDict } from './module';
import { Parameter } from './parameter';

/** Called before the state dict of a module is made. */
export type StateDictPreHook = (module: Module, prefix: string, keepVars: boolean) => void;
/** May change the state dict in which a module has just put its own part and those below it. */
export type StateDictPostHook = (module: Module, stateDict: StateDict, prefix: string) => void;
/** May change the state dict, a copy, before a module takes its part of it. */
export type LoadStateDictPreHook = (module: Module, stateDict: StateDict, prefix: string) => void;
/** May take keys out of the lists once a module has taken its part; what is left is an error unless `strict` is false. */
export type LoadStateDictPostHook = (module: Module, incompatibleKeys: IncompatibleKeys) => void;

export interface ModuleShorthands {
  /** `to('float32')` */
  float(): this;
  /** `to('float64')` */
  double(): this;
  /** `to('float16')` */
  half(): this;
  /** `to('bfloat16')` */
  bfloat16(): this;
  /** `to(dtype)` */
  type(dtype: DType): this;
  /** `to('cpu')` */
  cpu(): this;
  /** `to('cuda')`, or to the GPU of that number. @throws DeviceError without that GPU */
  cuda(index?: number): this;
  /**
   * Moves the module to a device without copying: parameters and buffers hold whatever the memory held. For modules made on
   * `'meta'`, before their state is loaded.
   */
  toEmpty(options: { readonly device: Device }): this;
  /** What a subclass saves beside its parameters and buffers, under `_extra_state` in the state dict: a tensor. */
  getExtraState?(): Tensor;
  /** Takes what `getExtraState` gave, when a state dict is loaded. */
  setExtraState?(state: Tensor): void;
  /** Calls `fn` on all modules below and then on this one. */
  apply(fn: (module: Module) => void): this;
  /** Says of every parameter whether autograd records operations on it. */
  requiresGrad_(requiresGrad?: boolean): this;
  /** Drops the gradients of all parameters, or fills them with zeros. */
  zeroGrad(options?: { readonly setToNone?: boolean }): void;
  /** `addModule`. */
  registerModule(name: string, module: Module | null): void;
  /**
   * The module at a path such as `'encoder.layers.0'`; this one at `''`.
   * @throws InputError where there is none
   */
  getSubmodule(target: string): Module;
  /** Puts a module in the place of the one at a path. @throws InputError where there is none */
  setSubmodule(target: string, module: Module): void;
  /** The parameter at a path such as `'encoder.layers.0.weight'`. @throws InputError where there is none */
  getParameter(target: string): Parameter;
  /** The buffer at a path such as `'norm.running_mean'`. @throws InputError where there is none */
  getBuffer(target: string): Tensor;
  /** Calls `hook` before the state dict of this module is made. */
  registerStateDictPreHook(hook: StateDictPreHook): RemovableHandle;
  /** Calls `hook` with the state dict once this module has put its part in it. */
  registerStateDictPostHook(hook: StateDictPostHook): RemovableHandle;
  /** Calls `hook` with a copy of the state dict, which it may change, before this module takes its part of it. */
  registerLoadStateDictPreHook(hook: LoadStateDictPreHook): RemovableHandle;
  /** Calls `hook` with the keys that did not fit, which it may take out of their lists, once this module has taken its part. */
  registerLoadStateDictPostHook(hook: LoadStateDictPostHook): RemovableHandle;
}

declare module './module' {
  interface Module extends ModuleShorthands {}
}

const CONVERSIONS: Readonly<Record<string, DType | Device>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  bfloat16: 'bfloat16',
  cpu: 'cpu',
};

const members: ThisType<Module> & object = {
  type(dtype: DType) {
    return this.to({ dtype });
  },
  cuda(index?: number) {
    return this.to({ device: index === undefined ? 'cuda' : `cuda:${index}` });
  },
  toEmpty(options: { readonly device: Device }) {
    const { device } = resolveOptions<{ device: Device | null }>('toEmpty', { device: null }, options);
    if (device === null) throw new InputError("toEmpty: expected a device; write module.toEmpty({ device: 'cpu' })");
    const made = new Map<Tensor, Parameter>();
    noGrad(() => {
      for (const { owner, name, tensor } of this.slots()) {
        if (!(tensor instanceof Parameter)) continue;
        // The memory of a parameter on 'meta' cannot be exchanged, so that the parameter is, as in Python.
        if (tensor.device !== 'meta') tensor.assign((data) => emptyLike(data, { device }));
        else if (!made.has(tensor)) made.set(tensor, new Parameter(emptyLike(tensor, { device }), tensor.requiresGrad));
        const other = made.get(tensor);
        if (other) owner.fillMember(name, other);
      }
      for (const [path, buffer] of this.namedBuffers()) {
        const cut = path.lastIndexOf('.');
        this.getSubmodule(path.slice(0, Math.max(cut, 0))).fillMember(
          path.slice(cut + 1),
          keep(emptyLike(buffer, { device })),
        );
      }
    });
    return this;
  },
  apply(fn: (module: Module) => void) {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  },
  requiresGrad_(requiresGrad = true) {
    for (const parameter of this.parameters()) parameter.requiresGrad_(requiresGrad);
    return this;
  },
  zeroGrad(options: { readonly setToNone?: boolean } = {}) {
    const { setToNone } = resolveOptions<{ setToNone: boolean }>('zeroGrad', { setToNone: true }, options);
    const parameters = this.parameters();
    if (setToNone) return autograd.setGrads(parameters);
    scoped(() => {
      for (const gradient of autograd.grads(parameters)) gradient?.detach_().zero_();
    });
  },
  registerModule(name: string, module: Module | null) {
    this.addModule(name, module);
  },
  getSubmodule(target: string) {
    return submoduleAt(this, target);
  },
  setSubmodule(target: string, module: Module) {
    const cut = target.lastIndexOf('.');
    const owner = submoduleAt(this, target.slice(0, Math.max(cut, 0)));
    const name = target.slice(cut + 1);
    submoduleAt(owner, name);
    const container = owner as unknown as {
      set?(name: string, module: Module): void;
      replace?(name: string | number, module: Module): void;
    };
    if (Object.hasOwn(owner, name)) Reflect.set(owner, name, module);
    else if (container.set) container.set(name, module);
    else container.replace?.(/^\d+$/.test(name) ? Number(name) : name, module);
  },
  getParameter(target: string) {
    return parameterAt(this, target);
  },
  getBuffer(target: string) {
    return bufferAt(this, target);
  },
  registerStateDictPreHook(hook: StateDictPreHook) {
    return ensureHooks(this).statePre.add(hook);
  },
  registerStateDictPostHook(hook: StateDictPostHook) {
    return ensureHooks(this).statePost.add(hook);
  },
  registerLoadStateDictPreHook(hook: LoadStateDictPreHook) {
    return ensureHooks(this).loadPre.add(hook);
  },
  registerLoadStateDictPostHook(hook: LoadStateDictPostHook) {
    return ensureHooks(this).loadPost.add(hook);
  },
};

for (const [name, target] of Object.entries(CONVERSIONS)) {
  const value = function (this: Module): Module {
    return this.to(target);
  };
  Object.defineProperty(Module.prototype, name, { value, configurable: true, writable: true });
}
for (const key of Reflect.ownKeys(members)) {
  Object.defineProperty(Module.prototype, key, {
    ...Reflect.getOwnPropertyDescriptor(members, key),
    enumerable: false,
  });
}

/** @throws InputError for a name on the way that is no submodule */
function submoduleAt(root: Module, target: string): Module {
  let module = root;
  for (const name of target === '' ? [] : target.split('.')) {
    const value = module.member(name);
    if (value === undefined)
      throw new InputError(
        `${module.constructor.name} has no attribute \`${name}\`: getSubmodule('${target}') goes by the names that namedModules() gives`,
      );
    if (!(value instanceof Module))
      throw new InputError(`\`${name}\` of ${module.constructor.name} is not an nn.Module`);
    module = value;
  }
  return module;
}

function memberAt(root: Module, target: string): { owner: Module; name: string; value: unknown } {
  const cut = target.lastIndexOf('.');
  const owner = submoduleAt(root, target.slice(0, Math.max(cut, 0)));
  const name = target.slice(cut + 1);
  const value = owner.member(name);
  if (value === undefined) throw new InputError(`${owner.constructor.name} has no attribute \`${name}\``);
  return { owner, name, value };
}

/** @throws InputError for what is no parameter */
function parameterAt(root: Module, target: string): Parameter {
  const { owner, name, value } = memberAt(root, target);
  if (value instanceof Parameter) return value;
  throw new InputError(`\`${name}\` of ${owner.constructor.name} is not an nn.Parameter`);
}

/** @throws InputError for what is no buffer */
function bufferAt(root: Module, target: string): Tensor {
  const { owner, name, value } = memberAt(root, target);
  if (value instanceof Tensor && owner.namedBuffers({ recurse: false }).some(([key]) => key === name)) return value;
  throw new InputError(`\`${name}\` of ${owner.constructor.name} is not a buffer`);
}
