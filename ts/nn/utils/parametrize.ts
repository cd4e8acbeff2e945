/**
 * Parameters that are computed from others, with PyTorch's keys: reading `module.weight` then runs the parametrization over
 * `parametrizations.weight.original`, and training goes through it.
 */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import { Tensor } from '../../tensor';
import { ModuleDict } from '../containers/modules';
import { Module } from '../module';
import { expected, requireTensor, resolveOptions } from '../options';
import { requireModule } from '../require-module';
import { Parameter } from '../parameter';

/** A map from the original tensors of a parameter to the parameter. */
export interface Parametrization extends Module {
  forward(...originals: Tensor[]): Tensor;
  /** Originals that give `value`, one or several; without it a parameter is taken as its own original. */
  rightInverse?(value: Tensor): Tensor | Tensor[];
}

/** The parametrizations of one parameter, one after the other, and the originals: `original`, or `original0`, `original1`, … */
export class ParametrizationList extends Module {
  protected readonly chain: Parametrization[] = [];
  protected readonly originalNames: readonly string[];

  constructor(first: Parametrization, parameter: Parameter) {
    super();
    requireModule('ParametrizationList', 'first', first);
    requireTensor('ParametrizationList', 'parameter', parameter);
    this.chain.push(first);
    const originals = torch.noGrad(() => torch.scoped(() => invert(first, parameter)));
    if (originals instanceof Tensor) {
      copyInto(parameter, originals);
      this.registerParameter('original', parameter);
      this.originalNames = ['original'];
    } else {
      this.originalNames = originals.map((_, i) => `original${i}`);
      for (const [i, original] of originals.entries())
        this.registerParameter(`original${i}`, new Parameter(original, parameter.requiresGrad));
    }
  }

  /** Number of parametrizations. */
  get length(): number {
    return this.chain.length;
  }

  /** The parametrization at a place, from the end when negative; undefined where there is none. */
  at(index: number): Parametrization | undefined {
    return this.chain.at(index);
  }

  /** Adds a parametrization behind the others, unchecked: `registerParametrization` looks at what it gives. */
  append(parametrization: Parametrization): void {
    this.chain.push(parametrization);
  }

  /** What the first parametrization computes from. */
  get originals(): Parameter[] {
    return this.originalNames.map((name) => Reflect.get(this, name) as Parameter);
  }

  protected override members(): Iterable<readonly [string, unknown]> {
    return [...Object.entries(this), ...this.chain.map((module, index) => [String(index), module] as const)];
  }

  /** The parameter. */
  forward(): Tensor {
    const [first, ...others] = this.chain as [Parametrization, ...Parametrization[]];
    return others.reduce((value, parametrization) => parametrization.forward(value), first.forward(...this.originals));
  }

  /** Sets the originals such that the parameter becomes `value`. */
  assign(value: Tensor): void {
    torch.noGrad(() =>
      torch.scoped(() => {
        const [first, ...others] = this.chain as [Parametrization, ...Parametrization[]];
        const before = others.reduceRight((result, parametrization) => {
          const inverse = invert(parametrization, result);
          if (!(inverse instanceof Tensor))
            throw new InputError('Only the first parametrization may have several originals.');
          return inverse;
        }, value);
        const originals = [invert(first, before)].flat();
        for (const [i, original] of this.originals.entries()) copyInto(original, originals[i]!);
      }),
    );
  }
}

function invert(parametrization: Parametrization, value: Tensor): Tensor | Tensor[] {
  return parametrization.rightInverse?.(value) ?? value;
}

function copyInto(target: Tensor, value: Tensor): void {
  if (target === value) return;
  if (target.shape.join() !== value.shape.join())
    throw new ShapeError(
      `A parametrized tensor must be [${target.shape.join(', ')}], got [${value.shape.join(', ')}].`,
    );
  torch.noGrad(() => target.copy_(value));
}

function dictOf(module: Module): ModuleDict<ParametrizationList> | undefined {
  requireModule('parametrize', 'module', module);
  const dict: unknown = Reflect.get(module, 'parametrizations');
  return dict instanceof ModuleDict ? (dict as ModuleDict<ParametrizationList>) : undefined;
}

/** Whether a parameter of `module`, or any, is parametrized. */
export function isParametrized(module: Module, name?: string): boolean {
  const dict = dictOf(module);
  return dict !== undefined && (name === undefined || dict.has(name));
}

/** The parametrizations of a parameter, and its originals. */
export function parametrizationsOf(module: Module, name: string): ParametrizationList {
  const dict = dictOf(module);
  if (!dict?.has(name))
    throw expected(module.constructor.name, 'the name of a parametrized parameter', name, '', InputError);
  return dict.get(name);
}

/**
 * Puts `parametrization` between a parameter and its users; on one that has some already, after those. The result must have
 * the parameter's shape and type. Make the optimizer afterwards: the originals may be other parameters.
 */
export function registerParametrization<T extends Module>(
  module: T,
  name: string,
  parametrization: Parametrization,
): T {
  requireModule('registerParametrization', 'module', module);
  requireModule('registerParametrization', 'parametrization', parametrization);
  parametrization.train(module.training);
  if (isParametrized(module, name)) {
    requireAlike(
      name,
      parametrization.forward(parametrizationsOf(module, name).forward()),
      Reflect.get(module, name) as Tensor,
    );
    parametrizationsOf(module, name).append(parametrization);
    return module;
  }
  const parameter: unknown = Reflect.get(module, name);
  if (!(parameter instanceof Parameter))
    throw new InputError(`${module.constructor.name} has no parameter "${name}" to parametrize.`);
  const { shape, dtype } = parameter;
  const list = new ParametrizationList(parametrization, parameter);
  torch.noGrad(() => torch.scoped(() => requireAlike(name, list.forward(), { shape, dtype })));
  if (!dictOf(module)) Reflect.set(module, 'parametrizations', new ModuleDict<ParametrizationList>());
  dictOf(module)!.set(name, list);
  Object.defineProperty(module, name, {
    // By the module that is read: a copy of it has parametrizations of its own.
    get(this: Module) {
      return parametrizationsOf(this, name).forward();
    },
    set(this: Module, value: Tensor) {
      parametrizationsOf(this, name).assign(value);
    },
    enumerable: false,
    configurable: true,
  });
  return module;
}

function requireAlike(name: string, made: Tensor, { shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): void {
  if (made.shape.join() === shape.join() && made.dtype === dtype) return;
  throw new ShapeError(
    `The parametrization of "${name}" must give ${dtype} [${shape.join(', ')}], got ${made.dtype} [${made.shape.join(', ')}].`,
  );
}

export interface RemoveOptions {
  /** The parameter keeps the value that the parametrization gives now; false goes back to the one original. @default true */
  readonly leaveParametrized?: boolean;
}

/** Makes a parametrized parameter a plain one again. */
export function removeParametrizations<T extends Module>(module: T, name: string, options: RemoveOptions = {}): T {
  const { leaveParametrized } = resolveOptions<Required<RemoveOptions>>(
    'removeParametrizations',
    { leaveParametrized: true },
    options,
  );
  const list = parametrizationsOf(module, name);
  const { originals } = list;
  if (!leaveParametrized && originals.length > 1)
    throw new InputError(`"${name}" has ${originals.length} originals, so leaveParametrized: false cannot choose one.`);
  const value = torch.noGrad(() => torch.scoped(() => list.forward()));
  const [original] = originals as [Parameter];
  if (originals.length === 1 && leaveParametrized) copyInto(original, value);
  const parameter =
    originals.length === 1
      ? original
      : new Parameter(
          value,
          originals.some(({ requiresGrad }) => requiresGrad),
        );
  Reflect.deleteProperty(module, name);
  dictOf(module)!.delete(name);
  if (dictOf(module)!.size === 0) Reflect.deleteProperty(module, 'parametrizations');
  module.registerParameter(name, parameter);
  return module;
}

/** The parameter `name` of `module`, as it is now. */
export function parameterOf(module: Module, name: string): Tensor {
  requireModule('parametrize', 'module', module);
  const value: unknown = typeof name === 'string' ? Reflect.get(module, name) : undefined;
  if (!(value instanceof Tensor))
    throw expected(module.constructor.name, 'the name of a parameter', name, '', InputError);
  return value;
}
