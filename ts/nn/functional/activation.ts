import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensors, bindOptions, type Positional } from '../options';

export interface Inplace {
  /** Write the result into the input. @default false */
  readonly inplace?: boolean;
}

/** `max(0, x)` */
export function relu(input: Tensor, ...given: Positional<Inplace, 'relu'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('relu', { inplace: false }, given);
  return inplace ? torch.relu_(input) : torch.relu(input);
}

/** `min(max(0, x), 6)` */
export function relu6(input: Tensor, ...given: Positional<Inplace, 'relu6'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('relu6', { inplace: false }, given);
  return inplace ? torch.relu6_(input) : torch.relu6(input);
}

/** `x σ(x)` */
export function silu(input: Tensor, ...given: Positional<Inplace, 'silu'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('silu', { inplace: false }, given);
  return inplace ? torch.silu_(input) : torch.silu(input);
}

/** `x tanh(softplus(x))` */
export function mish(input: Tensor, ...given: Positional<Inplace, 'mish'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('mish', { inplace: false }, given);
  return inplace ? torch.mish_(input) : torch.mish(input);
}

/** `x relu6(x + 3) / 6` */
export function hardswish(input: Tensor, ...given: Positional<Inplace, 'hardswish'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('hardswish', { inplace: false }, given);
  return inplace ? torch.hardswish_(input) : torch.hardswish(input);
}

/** `relu6(x + 3) / 6` */
export function hardsigmoid(input: Tensor, ...given: Positional<Inplace, 'hardsigmoid'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('hardsigmoid', { inplace: false }, given);
  return inplace ? torch.hardsigmoid_(input) : torch.hardsigmoid(input);
}

/** `scale (max(0, x) + min(0, alpha (exp(x) - 1)))` with the paper's two constants (Klambauer et al. 2017, arXiv 1706.02515) */
export function selu(input: Tensor, ...given: Positional<Inplace, 'selu'>): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('selu', { inplace: false }, given);
  return inplace ? torch.selu_(input) : torch.selu(input);
}

export interface LeakyReluOptions extends Inplace {
  /** Slope below zero. @default 0.01 */
  readonly negativeSlope?: number;
}

export interface EluOptions extends Inplace {
  /** What the function tends to, negated, far below zero. @default 1 */
  readonly alpha?: number;
}

export interface HardtanhOptions extends Inplace {
  /** Least value. @default -1 */
  readonly minVal?: number;
  /** Largest value. @default 1 */
  readonly maxVal?: number;
}

/** `x` above zero, `negativeSlope x` below */
export function leakyRelu(input: Tensor, ...given: Positional<LeakyReluOptions, 'leakyRelu'>): Tensor {
  const defaults: Required<LeakyReluOptions> = { negativeSlope: 0.01, inplace: false };
  const { negativeSlope, inplace } = bindOptions('leakyRelu', defaults, given);
  return inplace ? torch.leakyRelu_(input, negativeSlope) : torch.leakyRelu(input, negativeSlope);
}

/** `x` above zero, `alpha (exp(x) - 1)` below */
export function elu(input: Tensor, ...given: Positional<EluOptions, 'elu'>): Tensor {
  const defaults: Required<EluOptions> = { alpha: 1, inplace: false };
  const { alpha, inplace } = bindOptions('elu', defaults, given);
  return inplace ? torch.elu_(input, alpha) : torch.elu(input, alpha);
}

/** `x` above zero, `alpha (exp(x / alpha) - 1)` below (Barron 2017, arXiv 1704.07483) */
export function celu(input: Tensor, ...given: Positional<EluOptions, 'celu'>): Tensor {
  const defaults: Required<EluOptions> = { alpha: 1, inplace: false };
  const { alpha, inplace } = bindOptions('celu', defaults, given);
  return inplace ? torch.celu_(input, alpha) : torch.celu(input, alpha);
}

/** `x` clamped to `[minVal, maxVal]` */
export function hardtanh(input: Tensor, ...given: Positional<HardtanhOptions, 'hardtanh'>): Tensor {
  const defaults: Required<HardtanhOptions> = { minVal: -1, maxVal: 1, inplace: false };
  const { minVal, maxVal, inplace } = bindOptions('hardtanh', defaults, given);
  if (minVal > maxVal) throw new InputError(`hardtanh: minVal must not be above maxVal, got ${minVal} and ${maxVal}.`);
  return inplace ? torch.hardtanh_(input, minVal, maxVal) : torch.hardtanh(input, minVal, maxVal);
}

/** `x` where it is above `bound`, `value` elsewhere */
export function threshold(
  input: Tensor,
  bound: number,
  value: number,
  ...given: Positional<Inplace, 'threshold'>
): Tensor {
  const { inplace } = bindOptions<Required<Inplace>>('threshold', { inplace: false }, given);
  return inplace ? torch.threshold_(input, bound, value) : torch.threshold(input, bound, value);
}

export interface RReluOptions extends Inplace {
  /** Least slope below zero. @default 1/8 */
  readonly lower?: number;
  /** Largest slope below zero. @default 1/3 */
  readonly upper?: number;
  /** Draw the slopes; without, all are the mean of the two bounds. @default false */
  readonly training?: boolean;
}

/** `x` above zero, `a x` below, with a slope `a` drawn for each element (Xu et al. 2015, arXiv 1505.00853) */
export function rrelu(input: Tensor, ...given: Positional<RReluOptions, 'rrelu'>): Tensor {
  const defaults: Required<RReluOptions> = { lower: 1 / 8, upper: 1 / 3, training: false, inplace: false };
  const { lower, upper, training, inplace } = bindOptions('rrelu', defaults, given);
  return inplace ? torch.rrelu_(input, lower, upper, training) : torch.rrelu(input, lower, upper, training);
}

/** `x σ(1.702 x)` */
export function quickGelu(input: Tensor): Tensor {
  requireTensors('quickGelu', { input });
  return input.mul(torch.sigmoid(input.mul(1.702)));
}

/** `x - tanh(x)` */
export function tanhshrink(input: Tensor): Tensor {
  requireTensors('tanhshrink', { input });
  return input.sub(input.tanh());
}

/** `x / (1 + |x|)` */
export function softsign(input: Tensor): Tensor {
  requireTensors('softsign', { input });
  return input.div(input.abs().add(1));
}

/** `softmax(-x)` along `dim` */
export function softmin(input: Tensor, dim: number): Tensor {
  requireTensors('softmin', { input });
  return torch.softmax(input.neg(), dim);
}

export interface GumbelSoftmaxOptions {
  /** Temperature: near 0 the samples are nearly one-hot. @default 1 */
  readonly tau?: number;
  /** One-hot samples, with the gradient of the soft ones. @default false */
  readonly hard?: boolean;
  /** Dimension along which the categories lie. @default -1 */
  readonly dim?: number;
}

/** Samples of the Gumbel-softmax distribution of `logits`, of their shape (Jang et al. 2016, arXiv 1611.01144). */
export function gumbelSoftmax(logits: Tensor, ...given: Positional<GumbelSoftmaxOptions, 'gumbelSoftmax'>): Tensor {
  const defaults: Required<GumbelSoftmaxOptions> = { tau: 1, hard: false, dim: -1 };
  const { tau, hard, dim } = bindOptions('gumbelSoftmax', defaults, given);
  const noise = torch.emptyLike(logits).exponential_().log().neg();
  const soft = torch.softmax(logits.add(noise).div(tau), dim);
  if (!hard) return soft;
  const [, index] = soft.max(dim, true);
  const oneHot = torch.zerosLike(logits).scatter_(dim, index, 1);
  return oneHot.sub(soft.detach()).add(soft);
}
