/** Batch normalization of the evaluation folded into the layer before it: torch.nn.utils.fusion. */
import { expected } from '../../options';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { deepcopy } from '../deep-copy';
import type { Module } from '../module';
import { Parameter } from '../parameter';
import { requireModule } from '../require-module';
import { requireTensor, requireTensors } from '../options';

/** A layer with a weight, and a bias or null: a convolution or a linear layer. */
type Weighted = Module & { weight: Parameter; bias: Parameter | null };

/** A batch normalization that tracks its statistics. */
type Normalizing = Module & {
  readonly running_mean: Tensor | null;
  readonly running_var: Tensor | null;
  readonly eps: number;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
};

/**
 * Weight and bias of a convolution that also does the normalization behind it.
 * @param weight of the convolution, `(out, in, …kernel)`, or `(in, out, …kernel)` of a transposed one
 * @param bias of the convolution, `(out)`, or null
 * @param options.transpose the convolution is a transposed one
 */
export function fuseConvBnWeights(
  weight: Tensor,
  bias: Tensor | null,
  runningMean: Tensor,
  runningVar: Tensor,
  eps: number,
  bnWeight: Tensor | null,
  bnBias: Tensor | null,
  transpose = false,
): [weight: Parameter, bias: Parameter] {
  requireTensors('fuseConvBnWeights', { weight, runningMean, runningVar });
  for (const [name, value] of Object.entries({ bias, bnWeight, bnBias }))
    if (value !== null) requireTensor('fuseConvBnWeights', name, value);
  const [fusedWeight, fusedBias] = torch.noGrad(() =>
    torch.scoped(() => {
      const inverse = runningVar.add(eps).rsqrt();
      const scale = bnWeight === null ? inverse : inverse.mul(bnWeight);
      const shape = weight.shape.map((_, i) => (i === (transpose ? 1 : 0) ? -1 : 1));
      const shift = (bias === null ? runningMean.neg() : bias.sub(runningMean)).mul(scale);
      const moved = bnBias === null ? shift : shift.add(bnBias);
      return [weight.mul(scale.to(weight.dtype).reshape(shape)), moved.to((bias ?? weight).dtype)] as const;
    }),
  );
  return [new Parameter(fusedWeight, weight.requiresGrad), new Parameter(fusedBias, bias?.requiresGrad ?? true)];
}

/** The same of a linear layer: `weight` `(out, in)`, `bias` `(out)` or null. */
export function fuseLinearBnWeights(
  weight: Tensor,
  bias: Tensor | null,
  runningMean: Tensor,
  runningVar: Tensor,
  eps: number,
  bnWeight: Tensor | null,
  bnBias: Tensor | null,
): [weight: Parameter, bias: Parameter] {
  return fuseConvBnWeights(weight, bias, runningMean, runningVar, eps, bnWeight, bnBias);
}

function fused<Layer extends Weighted>(owner: string, layer: Layer, bn: Normalizing, transpose: boolean): Layer {
  requireModule(owner, 'the layer', layer);
  requireTensor(owner, 'the weight of the layer', layer.weight);
  requireModule(owner, 'bn', bn);
  const { running_mean: runningMean, running_var: runningVar, eps, weight, bias } = bn;
  if (layer.training || bn.training)
    throw new InputError(
      `${owner}: expected both layers in evaluation mode, found one in training mode; call eval() first`,
    );
  if (!runningMean || !runningVar)
    throw expected(
      owner,
      'a batch normalization with running statistics',
      runningMean,
      'make it with trackRunningStats: true',
      InputError,
    );
  const copy = deepcopy(layer);
  [copy.weight, copy.bias] = fuseConvBnWeights(
    layer.weight,
    layer.bias,
    runningMean,
    runningVar,
    eps,
    weight,
    bias,
    transpose,
  );
  return copy;
}

/**
 * A convolution that computes what `conv` and `bn` compute one after the other in evaluation. Both are left as they are.
 * @param transpose `conv` is a transposed convolution
 * @throws InputError for layers in training mode, or a normalization without running statistics
 */
export function fuseConvBnEval<Layer extends Weighted>(conv: Layer, bn: Normalizing, transpose = false): Layer {
  return fused('fuseConvBnEval', conv, bn, transpose);
}

/** A linear layer that computes what `linear` and `bn` compute one after the other in evaluation; see {@link fuseConvBnEval}. */
export function fuseLinearBnEval<Layer extends Weighted>(linear: Layer, bn: Normalizing): Layer {
  requireModule('fuseLinearBnEval', 'linear', linear);
  requireTensor('fuseLinearBnEval', 'the weight of linear', linear.weight);
  requireModule('fuseLinearBnEval', 'bn', bn);
  const [features, normalized] = [linear.weight.shape[0], bn.running_mean?.shape[0]];
  if (normalized !== undefined && features !== normalized && normalized !== 1) {
    throw new InputError(
      `fuseLinearBnEval: expected a normalization of ${features} features, found one of ${normalized}`,
    );
  }
  return fused('fuseLinearBnEval', linear, bn, false);
}
