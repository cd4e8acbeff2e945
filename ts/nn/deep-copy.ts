/** Python's `copy.deepcopy`: of tensors, modules, and whatever holds them. */
import { InputError } from '../errors';
import { isCloneable, isMap, isSet, isPlainObject } from '../native/realm';
import { Generator, keep, noGrad, Tensor } from '../tensor';
import { Parameter } from './parameter';

/** Copies one value; the same value twice gives the same copy twice. */
export type Copier = <T>(value: T) => T;

/** What makes copies of itself. */
export interface DeepCopies {
  /** A copy of this object whose parts are copied by `copy`; `made` has to be called with it before its parts are copied. */
  deepCopy(copy: Copier, made: (result: object) => void): object;
}

/**
 * A copy that shares nothing with the original: tensors with memory of their own, parameters that are new leaves, modules, arrays,
 * Maps, Sets, objects and instances of classes. What occurs twice in `value` occurs twice in the copy. Functions and generators of
 * random numbers are shared. The gradient of a tensor is copied with it.
 * @throws InputError for a tensor that autograd computed, or an instance of a class with #private members that has no `deepCopy`
 */
export function deepcopy<T>(value: T): T {
  const copies = new Map<object, object>();
  const copy: Copier = (item) => {
    if (typeof item !== 'object' || item === null) return item;
    const known = copies.get(item);
    if (known) return known as typeof item;
    return copyOf(item, copy, (result) => void copies.set(item, result)) as typeof item;
  };
  return noGrad(() => copy(value));
}

function copyOf(item: object, copy: Copier, made: (result: object) => void): object {
  const done = <R extends object>(result: R): R => (made(result), result);
  if (item instanceof Tensor) return done(copyTensor(item));
  if (item instanceof Generator) return item;
  if (typeof Reflect.get(item, 'deepCopy') === 'function') return (item as DeepCopies).deepCopy(copy, made);
  if (ArrayBuffer.isView(item) || isCloneable(item)) return done(structuredClone(item));
  if (Array.isArray(item)) {
    const result = done<unknown[]>([]);
    for (const part of item) result.push(copy(part as unknown));
    return result;
  }
  if (isMap(item)) {
    const result = done(new Map<unknown, unknown>());
    for (const [key, part] of item) result.set(copy(key), copy(part));
    return result;
  }
  if (isSet(item)) {
    const result = done(new Set<unknown>());
    for (const part of item) result.add(copy(part));
    return result;
  }
  if (!isPlainObject(item)) requireNoPrivates(item, Object.prototype);
  const result = done(Object.create(Object.getPrototypeOf(item) as object | null) as object);
  copyFields(item, result, copy);
  return result;
}

/** Gives `result` copies of the own fields of `item`. */
export function copyFields(item: object, result: object, copy: Copier): void {
  for (const key of Reflect.ownKeys(item)) {
    const descriptor = Object.getOwnPropertyDescriptor(item, key)!;
    if ('value' in descriptor)
      Object.defineProperty(result, key, { ...descriptor, value: copy(descriptor.value as unknown) });
    else if (!descriptor.get || !Object.hasOwn(result, key)) Object.defineProperty(result, key, descriptor);
  }
}

function copyTensor(tensor: Tensor): Tensor {
  if (!tensor.isLeaf)
    throw new InputError(
      'deepcopy: expected tensors that the user made, found one that autograd computed; copy tensor.detach()',
    );
  const { requiresGrad, grad } = tensor;
  const data = tensor.detach().clone();
  const result =
    tensor instanceof Parameter
      ? new Parameter(data, requiresGrad)
      : keep(requiresGrad ? data.requiresGrad_(true) : data);
  if (grad) result.grad = grad.detach().clone();
  return result;
}

/** @throws InputError for an instance whose class, up to `root`, has members that no copy can reach */
export function requireNoPrivates(item: object, root: object): void {
  for (
    let level = Object.getPrototypeOf(item) as object | null;
    level !== null && level !== root;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    const { constructor } = level;
    if (!Object.hasOwn(level, 'constructor') || !/\.#[A-Za-z_$]/.test(Function.prototype.toString.call(constructor)))
      continue;
    throw new InputError(
      `deepcopy: ${constructor.name} has #private members, which a copy cannot reach; give it deepCopy(copy, made), or make them \`private\``,
    );
  }
}
