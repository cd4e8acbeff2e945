/** Checks that arguments are tensors, iterables or functions, for programs that TypeScript has not checked. */
import { InputError } from '../../errors';
import { expected } from '../../options';
import { Tensor } from './tensor';

/** Throws unless `value` is a tensor. */
export function requireTensor(owner: string, name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw expected(owner, `a tensor for ${name}`, value);
}

/** Throws unless all of them, by the names of their parameters, are tensors. */
export function requireTensors(owner: string, tensors: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(tensors)) requireTensor(owner, name, value);
}

/** The tensors of an iterable. */
export function tensorsOf(owner: string, name: string, value: Iterable<Tensor>): Tensor[] {
  const wanted = `an iterable of tensors for ${name}`;
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
    throw expected(owner, wanted, value, '', InputError);
  const items = [...value];
  for (const item of items) if (!(item instanceof Tensor)) throw expected(owner, wanted, item, '', InputError);
  return items;
}

/** Throws unless `value` can be called. */
export function requireFunction(owner: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw expected(owner, `a function for ${name}`, value, '', InputError);
}
