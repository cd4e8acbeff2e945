/* What every derivative of a function begins and ends with. */
import { DTypeError, InputError, ShapeError } from '../../errors';
import { isFloatingPoint } from '../types/dtype';
import { onesLike, zerosLike } from '../creation/fill';
import { scoped } from '../memory/lifetime';
import { enableGrad } from '../core/modes';
import { Tensor } from '../core/tensor';
import { requireFunction } from '../core/arguments';

/** A function of tensors, with one result or several. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

export interface DerivativeOptions {
  /** Record the computation, so that the result can be differentiated again. @default false */
  readonly createGraph?: boolean;
  /** Throw where a result does not depend on an input, instead of giving zeros. @default false */
  readonly strict?: boolean;
}

export const DERIVATIVE_DEFAULTS: Required<DerivativeOptions> = { createGraph: false, strict: false };

export interface Prepared {
  readonly inputs: Tensor[];
  readonly outputs: Tensor[];
  /** The function gave a list. */
  readonly several: boolean;
}

export function asTensors(owner: string, value: Tensor | readonly Tensor[]): readonly Tensor[] {
  const list = value instanceof Tensor ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every((item) => item instanceof Tensor))
    throw new InputError(`${owner} takes a tensor or a list of tensors, and functions that return one or the other.`);
  return list;
}

/** Runs `fn` on inputs of its own that record for autograd; with `createGraph` they hang on the given ones. */
export function run(
  owner: string,
  fn: TensorFunction,
  given: Tensor | readonly Tensor[],
  createGraph: boolean,
): Prepared {
  requireFunction(owner, 'fn', fn);
  const inputs = asTensors(owner, given).map((input) => {
    if (!isFloatingPoint(input.dtype))
      throw new DTypeError(`${owner} differentiates by floating point tensors, got ${input.dtype}.`);
    return createGraph && input.requiresGrad ? input.viewAs(input) : input.detach().requiresGrad_(true);
  });
  const result = fn(...inputs);
  return { inputs, outputs: [...asTensors(owner, result)], several: !(result instanceof Tensor) };
}

/** Runs `body` with recording, frees what it makes but its result, and takes that off the graph unless it shall stay on it. */
export function derive<T extends readonly Tensor[] | readonly (readonly Tensor[])[]>(
  createGraph: boolean,
  body: () => T,
): T {
  return scoped(() => {
    const result = enableGrad(body);
    if (createGraph) return result;
    const detach = (value: Tensor | readonly Tensor[]): Tensor | Tensor[] =>
      value instanceof Tensor ? value.detach() : value.map((tensor) => tensor.detach());
    return result.map(detach) as unknown as T;
  });
}

/** `gradient`, or zeros like `input` where a result does not depend on it. */
export function orZeros(owner: string, gradient: Tensor | null | undefined, input: Tensor, strict: boolean): Tensor {
  if (gradient) return gradient;
  if (strict) throw new InputError(`${owner}: a result does not depend on one of the inputs, which strict forbids.`);
  return zerosLike(input.detach());
}

/** The vectors of a product, checked against the tensors that they stand beside; ones for a scalar. */
export function vectors(owner: string, given: Tensor | readonly Tensor[] | null, beside: readonly Tensor[]): Tensor[] {
  if (given === null) {
    if (beside.length === 1 && beside[0]!.numel() === 1) return [onesLike(beside[0]!.detach())];
    throw new InputError(`${owner} needs a vector unless it stands beside a single number: give v.`);
  }
  const list = asTensors(owner, given);
  const [found, expected] = [list, beside].map((tensors) =>
    tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' '),
  );
  if (found !== expected) throw new ShapeError(`${owner}: expected v of shape ${expected}, got ${found}.`);
  return [...list];
}
