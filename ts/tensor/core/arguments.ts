/** What the functions of this folder and of those above ask of arguments, for programs that TypeScript has not checked. */
import { DTypeError, InputError } from '../../errors';
import { expected } from '../../options';
import { Tensor } from './tensor';

/** As many tensors as there can be (native/handle_table.h). A longer array is a mistake: it has holes, or fills the memory. */
export const LONGEST = 2 ** 24 - 1;

/** @throws DTypeError for what cannot be called */
export function checkBody(owner: string, body: unknown): void {
  if (typeof body !== 'function') throw new DTypeError(`${owner}: expected a function to run, found ${typeName(body)}`);
}

/** What a message calls a value that is not of the expected kind. */
export function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

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

/** @internal A tensor that a step of a plan gets when it runs (ts/tensor/plan). */
export class PlanOperand {
  constructor(
    readonly kind: 'slot' | 'constant',
    readonly number: number,
  ) {}
}
