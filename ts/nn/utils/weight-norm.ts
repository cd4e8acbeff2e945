import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindArguments } from '../../options';
import type { Module } from '../module';
import { Parameter } from '../parameter';
import { compute, ownParameter, uncompute } from './computed-weight';

export interface WeightNormOptions {
  /** Dimension of which each place has a length of its own; null for one length in all. @default 0 */
  readonly dim?: number | null;
}

/**
 * Splits a parameter into its length `weight_g` and its direction `weight_v`, which are trained apart (Salimans and Kingma 2016,
 * arXiv 1602.07868): PyTorch's older form, with its keys. `parametrizations.weightNorm` is the newer one.
 */
export function weightNorm<M extends Module>(
  module: M,
  name = 'weight',
  ...options: [options?: WeightNormOptions] | [dim: number | null]
): M {
  const weight = ownParameter('weightNorm', module, name);
  const { dim } = bindArguments<Required<WeightNormOptions>>('weightNorm', { dim: 0 }, options);
  const axis = dim ?? -1;
  const [length, direction] = torch.noGrad(() => [
    new Parameter(torch.normExceptDim(weight, 2, axis)),
    new Parameter(weight.detach().clone()),
  ]);
  Reflect.deleteProperty(module, name);
  const [g, v] = [`${name}_g`, `${name}_v`];
  module.registerParameter(g, length!);
  module.registerParameter(v, direction!);
  const value = (owner: Module): Tensor =>
    torch.ops.aten._weight_norm.default(
      Reflect.get(owner, v) as Tensor,
      Reflect.get(owner, g) as Tensor,
      axis,
    ) as Tensor;
  compute('weightNorm', module, name, { parts: [g, v], value, done: () => undefined });
  return module;
}

/** Undoes `weightNorm`: the parameter is a plain one again, with the value that it has now. */
export function removeWeightNorm<M extends Module>(module: M, name = 'weight'): M {
  return uncompute('weightNorm', 'removeWeightNorm', module, name);
}
