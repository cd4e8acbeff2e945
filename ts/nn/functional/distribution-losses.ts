/** Negative log-likelihoods and divergences of distributions. */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { expected, requireTensors, resolveOptions, bindOptions, type Positional } from '../options';
import { reduce, reductionCode, requireSameShape, type LossOptions, type Reduction } from './losses';

export interface KLDivOptions {
  /** `'batchmean'`, the sum divided by the batch, is the divergence by its definition. @default 'mean' */
  readonly reduction?: Reduction | 'batchmean';
  /** The target holds logarithms too. @default false */
  readonly logTarget?: boolean;
}

/** `y (log y - x)` of log-probabilities `input` and probabilities `target` of one shape (Kullback and Leibler 1951). */
export function klDiv(input: Tensor, target: Tensor, ...given: Positional<KLDivOptions, 'klDiv'>): Tensor {
  const defaults: Required<KLDivOptions> = { reduction: 'mean', logTarget: false };
  const { reduction, logTarget } = bindOptions('klDiv', defaults, given);
  if (reduction !== 'batchmean') return torch.klDiv(input, target, { reduction: reductionCode(reduction), logTarget });
  const sum = torch.klDiv(input, target, { reduction: reductionCode('sum'), logTarget });
  return input.ndim === 0 ? sum : sum.div(input.shape[0] as number);
}

export interface CTCOptions extends LossOptions {
  /** Class number of the blank. @default 0 */
  readonly blank?: number;
  /** Zero, with zero gradient, for a target longer than its input, instead of infinity. @default false */
  readonly zeroInfinity?: boolean;
}

/**
 * Connectionist temporal classification (Graves et al. 2006): log-probabilities (T, B, K), class numbers (B, S) or all
 * one after the other, and their lengths (B) as numbers or tensors -> (B). The mean divides by each target's length first.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Tensor | readonly number[],
  targetLengths: Tensor | readonly number[],
  ...given: Positional<CTCOptions, 'ctcLoss'>
): Tensor {
  requireTensors('ctcLoss', { logProbs, targets });
  const defaults: Required<CTCOptions> = { blank: 0, zeroInfinity: false, reduction: 'mean' };
  const { blank, zeroInfinity, reduction } = bindOptions('ctcLoss', defaults, given);
  const code = reductionCode(reduction);
  return torch.ctcLoss(logProbs, targets, asTensor(inputLengths), asTensor(targetLengths), blank, code, zeroInfinity);
}

function asTensor(lengths: Tensor | readonly number[]): Tensor {
  if (lengths instanceof torch.Tensor) return lengths;
  if (!Array.isArray(lengths)) throw expected('ctcLoss', 'lengths as a tensor or an array of numbers', lengths);
  return torch.tensor([...(lengths as readonly number[])], { dtype: 'int64' });
}

export interface PoissonNLLOptions extends LossOptions {
  /** The input is the logarithm of the rate. @default true */
  readonly logInput?: boolean;
  /** Add Stirling's approximation of the term that depends on the target alone. @default false */
  readonly full?: boolean;
  /** Added to a rate whose logarithm is taken. @default 1e-8 */
  readonly eps?: number;
}

/** `exp(x) - y x` of logarithms of rates, or `x - y log(x + eps)` of rates; one shape. */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  ...given: Positional<PoissonNLLOptions, 'poissonNllLoss'>
): Tensor {
  const defaults: Required<PoissonNLLOptions> = { logInput: true, full: false, eps: 1e-8, reduction: 'mean' };
  const { logInput, full, eps, reduction } = bindOptions('poissonNllLoss', defaults, given);
  return torch.poissonNllLoss(input, target, logInput, full, eps, reductionCode(reduction));
}

export interface GaussianNLLOptions extends LossOptions {
  /** Add the constant `log(2π) / 2`. @default false */
  readonly full?: boolean;
  /** Least variance. @default 1e-6 */
  readonly eps?: number;
}

/**
 * `(log var + (x - y)² / var) / 2` of means `input`, targets and variances of one shape; the variance may be a number,
 * or have one value for each last dimension (Nix and Weigend 1994).
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number,
  ...given: Positional<GaussianNLLOptions, 'gaussianNllLoss'>
): Tensor {
  requireTensors('gaussianNllLoss', { input, target });
  const defaults: Required<GaussianNLLOptions> = { full: false, eps: 1e-6, reduction: 'mean' };
  const { full, eps, reduction } = bindOptions('gaussianNllLoss', defaults, given);
  if (typeof variance !== 'number') requireTensors('gaussianNllLoss', { variance });
  const spread = typeof variance === 'number' ? input.detach().mul(0).add(variance) : matched(input, variance);
  if (spread.lt(0).any().item()) throw new InputError('gaussianNllLoss: the variance must not be negative.');
  const bounded = spread.clone();
  // The bound shall not stop the gradient, so autograd does not see it.
  torch.noGrad(() => bounded.clampMin_(eps));
  const losses = bounded.log().add(input.sub(target).square().div(bounded)).mul(0.5);
  return reduce(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}

/** The variance in a shape that broadcasts to the input. */
function matched(input: Tensor, variance: Tensor): Tensor {
  const [wanted, found] = [input.shape, variance.shape];
  if (found.join() === wanted.join() || found.join() === [...wanted.slice(0, -1), 1].join()) return variance;
  if (found.join() === wanted.slice(0, -1).join()) return variance.unsqueeze(-1); // (B) -> (B, 1)
  throw new ShapeError(
    `gaussianNllLoss: the variance [${found.join(', ')}] does not fit the input [${wanted.join(', ')}].`,
  );
}

export interface FocalLossOptions {
  /** Weight of the positives, 0 to 1; negative for no weights. @default 0.25 */
  readonly alpha?: number;
  /** How strongly easy examples count less. @default 2 */
  readonly gamma?: number;
  /** What becomes of the losses of the elements. @default 'none' */
  readonly reduction?: Reduction;
}

/** Focal loss of logits and targets 0 or 1 of one shape (Lin et al. 2017, arXiv 1708.02002), as torchvision defines it. */
export function sigmoidFocalLoss(input: Tensor, target: Tensor, options: FocalLossOptions = {}): Tensor {
  requireTensors('sigmoidFocalLoss', { input, target });
  const defaults: Required<FocalLossOptions> = { alpha: 0.25, gamma: 2, reduction: 'none' };
  const { alpha, gamma, reduction } = resolveOptions('sigmoidFocalLoss', defaults, options);
  requireSameShape('sigmoidFocalLoss', input, target);
  const negatives = torch.rsub(target, 1);
  const p = torch.sigmoid(input);
  const right = p.mul(target).add(torch.rsub(p, 1).mul(negatives)); // the probability of the true class
  const entropy = torch.binaryCrossEntropyWithLogits(input, target, { reduction: reductionCode('none') });
  const losses = entropy.mul(torch.rsub(right, 1).pow(gamma));
  return reduce(alpha >= 0 ? losses.mul(target.mul(alpha).add(negatives.mul(1 - alpha))) : losses, reduction);
}
