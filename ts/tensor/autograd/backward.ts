/** The autograd engine's entry points. */
import { DTypeError, InputError, ShapeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put, put2, reserve, rewind, Tag, take } from '../../native/wire';
import { withAnomalyReport, forgetReport } from './anomaly';
import { forgetDropped } from './callbacks';
import { context } from '../core/context';
import { adopt } from '../memory/lifetime';
import { checkOptions, expected } from '../../options';
import { formatValue, operator } from '../operators/operator';
import { retryAfterOom } from '../memory/oom-retry';
import { addMembers, Tensor } from '../core/tensor';
import type { DType } from '../types/dtype';

export function putTensors(tensors: readonly (Tensor | null)[]): void {
  if (!Array.isArray(tensors)) throw new DTypeError(`expected a list of tensors, found ${formatValue(tensors)}`);
  reserve(2 + 2 * tensors.length);
  put2(Tag.List, tensors.length);
  for (const tensor of tensors) {
    if (tensor instanceof Tensor) put2(Tag.Tensor, tensor._handle);
    else if (tensor === null) put(Tag.None);
    else throw new DTypeError(`expected a tensor or null, found ${formatValue(tensor)}`);
  }
}

export function takeTensorOrNull(): Tensor | null {
  return take() === Tag.None ? null : adopt(take());
}

/** One call of the engine. Callbacks of the graph that it frees are forgotten, also when memory runs out half-way. */
function run<T>(where: string, body: () => T): T {
  forgetReport();
  try {
    return body();
  } catch (error) {
    return retryAfterOom(withAnomalyReport(error, where), null);
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

export interface BackwardOptions {
  /** Keep the graph for another pass. @default createGraph */
  readonly retainGraph?: boolean;
  /** Record the backward pass itself, for higher derivatives. @default false */
  readonly createGraph?: boolean;
  /** Accumulate into these leaves only. */
  readonly inputs?: readonly Tensor[];
}

/**
 * Sum of the gradients of `tensors` with respect to the graph's leaves, accumulated in their `grad`.
 * @param gradients one for each tensor; null where the tensor is a scalar
 */
export function backward(
  tensors: Tensor | readonly Tensor[],
  gradients: GradientList = null,
  options: BackwardOptions = {},
): void {
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
  /** The vector in the vector-Jacobian product, one for each output. @default ones for scalar outputs */
  readonly gradOutputs?: GradientList;
  /** @default createGraph */
  readonly retainGraph?: boolean;
  /** Record the computation, for higher derivatives. @default false */
  readonly createGraph?: boolean;
  /** Give null for inputs that the outputs do not depend on, instead of throwing. @default materializeGrads */
  readonly allowUnused?: boolean;
  /** Give zeros for inputs that the outputs do not depend on. @default false */
  readonly materializeGrads?: boolean;
  /**
   * `gradOutputs` hold a batch of vectors in their first dimension, `(B, …output.shape)`, and every gradient one for each,
   * `(B, …input.shape)`: the rows of a Jacobian, or several of them. The graph is run once for each vector. @default false
   */
  readonly isGradsBatched?: boolean;
}

/**
 * Gradients of `outputs` with respect to `inputs`, without touching any `grad`.
 * @throws InputError where `allowUnused: false` and `materializeGrads` are given together
 * @throws ShapeError for batched `gradOutputs` that are not of the outputs' shapes after their first dimension
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  context();
  checkOptions('autograd.grad', options, [
    'gradOutputs',
    'retainGraph',
    'createGraph',
    'allowUnused',
    'materializeGrads',
    'isGradsBatched',
  ]);
  const { materializeGrads = false, createGraph = false } = options;
  if (materializeGrads && options.allowUnused === false) {
    throw new InputError(
      'autograd.grad: expected allowUnused to be true or left out where materializeGrads is true, found false',
    );
  }
  const heads = asList(outputs);
  const leaves = asList(inputs);
  const seeds = options.gradOutputs === undefined ? heads.map(() => null) : asList(options.gradOutputs);
  const pass: Pass = {
    retainGraph: options.retainGraph ?? createGraph,
    createGraph,
    allowUnused: options.allowUnused ?? materializeGrads,
  };
  const found = options.isGradsBatched ? batchedGrad(heads, leaves, seeds, pass) : gradOnce(heads, leaves, seeds, pass);
  if (!materializeGrads) return found;
  return found.map(
    (gradient, i) => gradient ?? zerosFor(leaves[i]!, options.isGradsBatched ? batchSize(heads, seeds) : null),
  );
}

type Pass = Required<Pick<GradOptions, 'retainGraph' | 'createGraph' | 'allowUnused'>>;

function gradOnce(
  heads: readonly Tensor[],
  leaves: readonly Tensor[],
  seeds: readonly (Tensor | null)[],
  { retainGraph, createGraph, allowUnused }: Pass,
): (Tensor | null)[] {
  return run('autograd.grad', () => {
    rewind();
    putTensors(heads);
    putTensors(leaves);
    putTensors(seeds);
    const count = binding.grad(retainGraph, createGraph, allowUnused);
    rewind();
    return Array.from({ length: count }, takeTensorOrNull);
  });
}

/** How many vectors batched `seeds` hold: each is `(B, …shape of its output)`. */
function batchSize(heads: readonly Tensor[], seeds: readonly (Tensor | null)[]): number {
  const batched = seeds.map((seed, i) => {
    const [size, ...shape] = seed?.shape ?? [];
    if (seed === null || size === undefined || `${shape}` !== `${heads[i]?.shape}`) {
      const wanted = ['B', ...(heads[i]?.shape ?? [])].join(', ');
      throw expected(
        'autograd.grad',
        `gradOutputs of shape [${wanted}] with isGradsBatched`,
        seed,
        'stack the vectors of the batch in the first dimension',
        ShapeError,
      );
    }
    return size;
  });
  const sizes = [...new Set(batched)];
  if (sizes.length !== 1)
    throw new ShapeError(
      `autograd.grad: expected gradOutputs of one batch size with isGradsBatched, found ${sizes.join(' and ') || 'none'}`,
    );
  return sizes[0]!;
}

function batchedGrad(
  heads: readonly Tensor[],
  leaves: readonly Tensor[],
  seeds: readonly (Tensor | null)[],
  pass: Pass,
): (Tensor | null)[] {
  const size = batchSize(heads, seeds);
  if (size === 0) return leaves.map((leaf) => zerosFor(leaf, 0));
  const rows = Array.from({ length: size }, (_, i) => {
    const seed = seeds.map((batch) => batch?.select(0, i) ?? null);
    return gradOnce(heads, leaves, seed, { ...pass, retainGraph: pass.retainGraph || i < size - 1 }); // the last pass frees the graph
  });
  return leaves.map((_, j) => {
    const column = rows.map((row) => row[j]).filter((row) => row instanceof Tensor);
    return column.length === 0 ? null : (operator('aten', 'stack').call([column]) as Tensor);
  });
}

/** Zeros of an input's shape, type and device; with `batch`, of that many such shapes. */
function zerosFor(leaf: Tensor, batch: number | null): Tensor {
  return operator('aten', 'new_zeros').call([leaf, batch === null ? leaf.shape : [batch, ...leaf.shape]]) as Tensor;
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

/** Sets the `grad` of many tensors in one native call; null clears it. */
export function setGrads(tensors: readonly Tensor[], gradients: readonly (Tensor | null)[] = []): void {
  guarded('autograd.setGrads', () => {
    rewind();
    putTensors(tensors);
    putTensors(tensors.map((_, i) => gradients?.[i] ?? null));
    binding.setGrads();
  });
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /** The accumulated gradient, or null before the first `backward()`. */
    grad: Tensor | null;
    /**
     * Computes the gradient of this tensor with respect to the graph's leaves and accumulates it in their `grad`. A tensor
     * of several elements needs `gradient`, the vector of the vector-Jacobian product.
     */
    backward(options?: BackwardOptions & { readonly gradient?: Tensor | null }): void;
    backward(gradient: Tensor | null, options?: BackwardOptions): void;
  }
}

addMembers({
  get grad() {
    return grads([this])[0]!;
  },
  set grad(gradient: Tensor | null) {
    setGrads([this], [gradient]);
  },
  backward(
    first?: Tensor | null | (BackwardOptions & { readonly gradient?: Tensor | null }),
    options: BackwardOptions = {},
  ) {
    if (typeof first !== 'object' || first === null || first instanceof Tensor)
      return backward(this, first ?? null, options);
    const { gradient = null, ...rest } = first;
    backward(this, gradient, rest);
  },
});
