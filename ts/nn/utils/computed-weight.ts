/** A parameter that is computed from others each time that it is read, under the keys of PyTorch's older functions. */
import { InputError } from '../../errors';
import { expected } from '../../options';
import { noGrad, scoped, type Tensor } from '../../tensor';
import type { Module } from '../module';
import { Parameter } from '../parameter';
import { requireModule } from '../require-module';

/** What has been put in the place of a parameter. */
interface Computed {
  readonly parts: readonly string[];
  readonly value: (module: Module) => Tensor;
  readonly done: () => void;
}

/** By the kind of the computation and the name of the parameter. A copy of a module shares the functions, which get it as an argument. */
const computed = new WeakMap<Module, Map<string, Computed>>();

/** The parameter `name` of `module`. */
export function ownParameter(owner: string, module: Module, name: string): Parameter {
  requireModule(owner, 'module', module);
  const value: unknown = typeof name === 'string' ? Reflect.get(module, name) : undefined;
  if (!(value instanceof Parameter)) throw expected(owner, 'the name of a parameter', name, '', InputError);
  return value;
}

/** From now on reading `name` computes it; the parts have been registered. */
export function compute(owner: string, module: Module, name: string, state: Computed): void {
  const entries = computed.get(module) ?? new Map<string, Computed>();
  computed.set(module, entries.set(`${owner} ${name}`, state));
  Object.defineProperty(module, name, {
    get(this: Module): Tensor {
      return state.value(this);
    },
    enumerable: false,
    configurable: true,
  });
}

/** Makes `name` a parameter again, with the value that it has now. */
export function uncompute<M extends Module>(owner: string, remover: string, module: M, name: string): M {
  requireModule(remover, 'module', module);
  const found = computed.get(module)?.get(`${owner} ${String(name)}`);
  if (found === undefined)
    throw expected(remover, `the name of a parameter that ${owner} has changed`, name, '', InputError);
  const value = noGrad(() => scoped(() => found.value(module).clone()));
  for (const field of [name, ...found.parts]) Reflect.deleteProperty(module, field);
  found.done();
  computed.get(module)!.delete(`${owner} ${name}`);
  module.registerParameter(name, new Parameter(value));
  return module;
}
