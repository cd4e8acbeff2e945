/** The autograd engine's entry points. */
import { DTypeError } from '../errors';
import { binding } from '../native/binding';
import { guarded } from '../native/raise';
import { put, put2, reserve, rewind, Tag, take } from '../native/wire';
import { explain, forgetReport } from './anomaly';
import { forgetDropped } from './callbacks';
import { context } from './context';
import { adopt } from './lifetime';
import { describe } from './operator';
import { checkOptions } from './options';
import { relieve } from './relief';
import { Tensor, type BackwardOptions } from './tensor';

export function putTensors(tensors: readonly (Tensor | null)[]): void {
  reserve(2 + 2 * tensors.length);
  put2(Tag.List, tensors.length);
  for (const tensor of tensors) {
    if (tensor instanceof Tensor) put2(Tag.Tensor, tensor._handle);
    else if (tensor === null) put(Tag.None);
    else throw new DTypeError(`expected a tensor or null, found ${describe(tensor)}`);
  }
}

export function takeTensorOrNull(): Tensor | null {
  return take() === Tag.None ? null : adopt(take());
}

/** One call of the engine; the graph it consumes lets go of what it held of JavaScript, also where memory ran out half-way. */
function run<T>(where: string, body: () => T): T {
  forgetReport();
  try {
    return body();
  } catch (error) {
    return relieve(explain(error, where), null);
  } finally {
    forgetDropped();
  }
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** One gradient for each output; null stands for ones. */
export type GradientList = Tensor | null | readonly (Tensor | null)[];

/** Puts tensors and the gradients that arrive at them onto the wire, for `backward` over the whole graph. */
export function putGradients(tensors: readonly Tensor[], gradients: GradientList): void {
  rewind();
  putTensors(tensors);
  putTensors(gradients === null ? tensors.map(() => null) : asList(gradients));
  putTensors([]);
}

/**
 * Sum of the gradients of `tensors` with respect to the graph's leaves, accumulated in their `grad`.
 * @param gradients one a tensor; null where the tensor is a scalar
 */
export function backward(tensors: Tensor | readonly Tensor[], gradients: GradientList = null, options: BackwardOptions = {}): void {
  context();
  checkOptions('backward', options, ['retainGraph', 'createGraph', 'inputs']);
  const outputs = asList(tensors);
  const seeds = gradients === null ? outputs.map(() => null) : asList(gradients);
  run('backward', () => {
    rewind();
    putTensors(outputs);
    putTensors(seeds);
    putTensors(options.inputs ?? []);
    binding.backward(options.retainGraph ?? null, options.createGraph ?? false);
  });
}

export interface GradOptions {
  /** The vector in the vector-Jacobian product, one an output. @default ones for scalar outputs */
  readonly gradOutputs?: GradientList;
  /** @default createGraph */
  readonly retainGraph?: boolean;
  /** Record the computation, for higher derivatives. @default false */
  readonly createGraph?: boolean;
  /** Give null for inputs that the outputs do not depend on, instead of throwing. @default false */
  readonly allowUnused?: boolean;
}

/** Gradients of `outputs` with respect to `inputs`, without touching any `grad`. */
export function grad(outputs: Tensor | readonly Tensor[], inputs: Tensor | readonly Tensor[], options: GradOptions = {}): (Tensor | null)[] {
  context();
  checkOptions('autograd.grad', options, ['gradOutputs', 'retainGraph', 'createGraph', 'allowUnused']);
  const heads = asList(outputs);
  const seeds = options.gradOutputs === undefined ? heads.map(() => null) : asList(options.gradOutputs);
  return run('autograd.grad', () => {
    rewind();
    putTensors(heads);
    putTensors(asList(inputs));
    putTensors(seeds);
    const count = binding.grad(options.retainGraph ?? null, options.createGraph ?? false, options.allowUnused ?? false);
    rewind();
    return Array.from({ length: count }, takeTensorOrNull);
  });
}

/** The `grad` of many tensors in one native call; null where there is none. */
export function grads(tensors: readonly Tensor[]): (Tensor | null)[] {
  return guarded('autograd.grads', () => {
    rewind();
    putTensors(tensors);
    binding.grads();
    rewind();
    return tensors.map(takeTensorOrNull);
  });
}

/** Sets the `grad` of many tensors in one native call; null frees. */
export function setGrads(tensors: readonly Tensor[], gradients: readonly (Tensor | null)[] = []): void {
  guarded('autograd.setGrads', () => {
    rewind();
    putTensors(tensors);
    putTensors(tensors.map((_, i) => gradients[i] ?? null));
    binding.setGrads();
  });
}
