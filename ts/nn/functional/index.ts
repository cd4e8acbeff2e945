/*
 * torch.nn.functional: the layers as functions. Names are PyTorch's in camelCase; required arguments are
 * positional, the others stand in one options object. What ATen already has under the same name and with the
 * same arguments is passed on as it is.
 */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireProbability } from '../options';

export {
  avgPool2d,
  convTranspose2d,
  conv1d,
  conv2d,
  conv3d,
  cosineSimilarity,
  gelu,
  glu,
  groupNorm,
  hardsigmoid,
  layerNorm,
  linear,
  logSigmoid,
  logSoftmax,
  maxPool2d,
  oneHot,
  pad,
  pixelShuffle,
  prelu,
  rmsNorm,
  scaledDotProductAttention,
  sigmoid,
  softmax,
  softplus,
  tanh,
} from '../../tensor';
export { interpolate, type InterpolateMode, type InterpolateOptions } from './interpolate';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
  type Reduction,
} from './losses';
export { multiHeadAttentionForward } from './attention';

interface Inplace {
  /** Write the result into the input. @default false */
  readonly inplace?: boolean;
}

export function relu(input: Tensor, { inplace = false }: Inplace = {}): Tensor {
  return inplace ? torch.relu_(input) : torch.relu(input);
}

export function relu6(input: Tensor, { inplace = false }: Inplace = {}): Tensor {
  return inplace ? torch.relu6_(input) : torch.relu6(input);
}

export function silu(input: Tensor, { inplace = false }: Inplace = {}): Tensor {
  return inplace ? torch.silu_(input) : torch.silu(input);
}

export function mish(input: Tensor, { inplace = false }: Inplace = {}): Tensor {
  return inplace ? torch.mish_(input) : torch.mish(input);
}

export function hardswish(input: Tensor, { inplace = false }: Inplace = {}): Tensor {
  return inplace ? torch.hardswish_(input) : torch.hardswish(input);
}

export function leakyRelu(
  input: Tensor,
  { negativeSlope = 0.01, inplace = false }: Inplace & { readonly negativeSlope?: number } = {},
): Tensor {
  return inplace ? torch.leakyRelu_(input, negativeSlope) : torch.leakyRelu(input, negativeSlope);
}

export function elu(input: Tensor, { alpha = 1, inplace = false }: Inplace & { readonly alpha?: number } = {}): Tensor {
  return inplace ? torch.elu_(input, alpha) : torch.elu(input, alpha);
}

/** `x σ(1.702 x)` */
export function quickGelu(input: Tensor): Tensor {
  return input.mul(torch.sigmoid(input.mul(1.702)));
}

export interface DropoutCallOptions extends Inplace {
  /** Probability of an element to become zero. @default 0.5 */
  readonly p?: number;
  /** Drop at all; without, the input is returned. @default true */
  readonly training?: boolean;
}

/** Zeroes elements with probability `p` and divides the others by `1 - p`. */
export function dropout(input: Tensor, { p = 0.5, training = true, inplace = false }: DropoutCallOptions = {}): Tensor {
  requireProbability('dropout', p);
  if (!training) return input;
  return inplace ? torch.dropout_(input, p, training) : torch.dropout(input, p, training);
}

/** Zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, H, W). */
export function dropout2d(input: Tensor, { p = 0.5, training = true, inplace = false }: DropoutCallOptions = {}): Tensor {
  requireProbability('dropout2d', p);
  if (!training) return input;
  return inplace ? torch.featureDropout_(input, p, training) : torch.featureDropout(input, p, training);
}

export interface EmbeddingCallOptions {
  /** Row that gets no gradient. @default null */
  readonly paddingIdx?: number | null;
  /** Longest row allowed; longer ones are shortened in the table. @default null */
  readonly maxNorm?: number | null;
  /** Order of the norm that `maxNorm` bounds. @default 2 */
  readonly normType?: number;
  /** Divide the gradient of a row by how often the batch uses it. @default false */
  readonly scaleGradByFreq?: boolean;
}

/** Rows of `weight` (rows, D) by their number: integers (*) -> (*, D). */
export function embedding(
  input: Tensor,
  weight: Tensor,
  { paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false }: EmbeddingCallOptions = {},
): Tensor {
  const rows = weight.shape[0] as number;
  if (paddingIdx !== null && !(paddingIdx >= -rows && paddingIdx < rows)) {
    throw new InputError(`embedding: paddingIdx must be a row of the table of ${rows}, got ${paddingIdx}.`);
  }
  if (maxNorm !== null) torch.noGrad(() => torch.embeddingRenorm_(weight, input.contiguous(), maxNorm, normType));
  // -1 stands for none, so a row counted from the end is counted from the start first.
  const row = paddingIdx === null ? -1 : (paddingIdx + rows) % rows;
  return torch.embedding(weight, input, { paddingIdx: row, scaleGradByFreq });
}

export interface BatchNormCallOptions {
  /** (C) */
  readonly weight?: Tensor | null;
  /** (C) */
  readonly bias?: Tensor | null;
  /** Normalise by the statistics of the batch and update the running ones. @default false */
  readonly training?: boolean;
  /** Weight of this batch in the running statistics. @default 0.1 */
  readonly momentum?: number;
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
}

/** Normalises each channel of (B, C, *) by the running statistics (C), or by those of the batch. */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  { weight = null, bias = null, training = false, momentum = 0.1, eps = 1e-5 }: BatchNormCallOptions = {},
): Tensor {
  if (training) requireSpread(input);
  return torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
}

/** One value a channel has no variance. */
function requireSpread({ shape }: Tensor): void {
  const [batch = 0, , ...rest] = shape;
  if (rest.reduce((product, size) => product * size, batch) === 1) {
    throw new ShapeError(
      `Expected more than 1 value per channel when training, got input size torch.Size([${shape.join(', ')}]).`,
    );
  }
}

/** Means of windows chosen so that the output has the given size; null keeps a size. (B, C, H, W) -> (B, C, …outputSize) */
export function adaptiveAvgPool2d(input: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  const sizes = typeof outputSize === 'number' ? [outputSize, outputSize] : outputSize;
  return torch.adaptiveAvgPool2d(
    input,
    sizes.map((size, d) => size ?? (input.shape.at(d - 2) as number)),
  );
}

export interface NormalizeOptions {
  /** Order of the norm. @default 2 */
  readonly p?: number;
  /** Dimension along which vectors lie. @default 1 */
  readonly dim?: number;
  /** Least norm to divide by. @default 1e-12 */
  readonly eps?: number;
}

/** Vectors along `dim`, divided by their norm. */
export function normalize(input: Tensor, { p = 2, dim = 1, eps = 1e-12 }: NormalizeOptions = {}): Tensor {
  return input.div(input.norm(p, [dim], true).clampMin(eps).expandAs(input));
}
