/*
 * Adafactor (Shazeer and Stern 2018, arXiv 1804.04235), as torch.optim computes it: with the learning rate relative to
 * the size of the parameter, and without momentum.
 */
import { InputError } from '../errors';
import { bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import * as each from './foreach';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { type Batch, countSteps, effectiveGradients, readScalars, scalarState } from './parameter-batches';
import { checkRange, requirePair } from './validate';
import type { ParamState } from './state-dict';

/** Parameters with the options of their own; see `AdafactorOptions`. */
export interface AdafactorGroup extends ParamGroup {
  beta2Decay: number;
  eps: readonly [number | null, number];
  d: number;
  weightDecay: number;
  maximize: boolean;
}

export interface AdafactorOptions {
  /** Upper bound of the rate, which falls with the root of the step, at least 0; also the factor on weight decay. @default 0.01 */
  readonly lr?: number;
  /** Step t counts `t ** beta2Decay` in the running mean of the squared gradient, at most 0. @default -0.8 */
  readonly beta2Decay?: number;
  /** Least mean square, as its root, null for the spacing of the type at 1; least size of a parameter. @default [null, 0.001] */
  readonly eps?: readonly [number | null, number];
  /** Root mean square above which a step is scaled down, at least 1. @default 1 */
  readonly d?: number;
  /** Parameters shrink by `lr * weightDecay`, at least 0. @default 0 */
  readonly weightDecay?: number;
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

const defaults: Required<AdafactorOptions> = {
  lr: 1e-2,
  beta2Decay: -0.8,
  eps: [null, 1e-3],
  d: 1,
  weightDecay: 0,
  maximize: false,
};

/** The distance from 1 to the next number. */
const spacing: Readonly<Record<string, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

/** Adam without momentum that keeps only the mean squares of rows and of columns of a matrix: little memory. */
export class Adafactor extends Optimizer<AdafactorGroup> {
  constructor(...args: Arguments<[params: ParamsInput<AdafactorGroup>], AdafactorOptions, 'Adafactor'>) {
    const { params, ...options } = bindOptions('Adafactor', defaults, args);
    super(params, options);
  }

  protected check({ lr, beta2Decay, eps, d, weightDecay }: AdafactorGroup): void {
    requirePair('Adafactor', 'eps', eps);
    const [eps1, eps2] = eps;
    checkRange('Adafactor', 'lr', lr, 0);
    if (!(beta2Decay <= 0)) throw new InputError(`Adafactor: beta2Decay must be at most 0, got ${String(beta2Decay)}.`);
    if (eps1 !== null) checkRange('Adafactor', 'eps[0]', eps1, 0);
    checkRange('Adafactor', 'eps[1]', eps2, 0);
    checkRange('Adafactor', 'd', d, 1);
    checkRange('Adafactor', 'weightDecay', weightDecay, 0);
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= scalarState(0, this.scalarDevice(param));
    for (const [name, shape] of Object.entries(stateShapes(param))) {
      state[name] ??= torch.zeros(shape, { dtype: param.dtype, device: param.device });
    }
  }

  protected override checkState(name: string, tensor: Tensor, param: Tensor): void {
    const shape = stateShapes(param)[name];
    if (name === 'step' || (shape !== undefined && tensor.shape.join() === shape.join())) return;
    const expected = shape === undefined ? 'none' : `[${shape.join(', ')}]`;
    throw new InputError(`Adafactor: the loaded ${name} has shape [${tensor.shape.join(', ')}], expected ${expected}.`);
  }

  protected update(batch: Batch, given: Tensor[], group: AdafactorGroup): void {
    const {
      lr,
      beta2Decay,
      eps: [eps1, eps2],
      d,
      weightDecay,
      maximize,
    } = group;
    const { params } = batch;
    const steps = countSteps(batch);
    const gradients = effectiveGradients(batch, given, { maximize });
    const rates = meanRoots(params).map((size, i) => Math.max(eps2, size) * Math.min(lr, 1 / Math.sqrt(steps[i]!)));
    if (weightDecay !== 0) each.mul_(params, 1 - lr * weightDecay);

    const least = eps1 ?? spacing[params[0]!.dtype]!;
    const newest = steps.map((step) => step ** beta2Decay);
    const factored = batch.states[0]!['variance'] === undefined;
    const updates = factored ? squaresByFactors(batch, gradients, newest, least) : squares(batch, gradients, newest);
    each.clampMin_(updates, least * least);
    each.sqrt_(updates);
    each.reciprocal_(updates);
    each.mul_(updates, gradients);
    each.mul_(
      updates,
      meanRoots(updates).map((size, i) => -rates[i]! / Math.max(1, size / d)),
    );
    each.add_(params, updates);
  }

  protected override foreignOptions(): Record<string, unknown> {
    return { foreach: null };
  }
}

/** Mean squares along both of the last axes, or of every element of a vector. */
function stateShapes({ shape }: Tensor): Readonly<Record<string, number[]>> {
  if (shape.length < 2) return { variance: shape };
  const [rows, columns] = shape.slice(-2) as [number, number];
  const outer = shape.slice(0, -2);
  return { row_var: [...outer, rows, 1], col_var: [...outer, 1, columns] };
}

/** The root mean square of each tensor. */
function meanRoots(tensors: readonly Tensor[]): number[] {
  return readScalars(each.norm(tensors)).map((norm, i) => norm / Math.sqrt(tensors[i]!.numel()));
}

function squares(batch: Batch, gradients: Tensor[], newest: number[]): Tensor[] {
  const variances = batch.list('variance');
  each.lerp_(variances, each.mul(gradients, gradients), newest);
  return variances.map((variance) => variance.clone());
}

/** The mean square of each element as the product of those of its row and its column, over that of the matrix. */
function squaresByFactors(batch: Batch, gradients: Tensor[], newest: number[], least: number): Tensor[] {
  const [rows, columns] = [batch.list('row_var'), batch.list('col_var')];
  const meanSquares = (dim: number): Tensor[] =>
    gradients.map((gradient) => gradient.square().mean(dim, { keepdim: true }));
  each.lerp_(rows, meanSquares(-1), newest);
  each.lerp_(columns, meanSquares(-2), newest);
  const products = rows.map((row, i) => row.matmul(columns[i]!));
  const wholes = rows.map((row) => row.mean(-2, { keepdim: true }));
  each.clampMin_(wholes, least);
  each.div_(products, wholes);
  return products;
}
