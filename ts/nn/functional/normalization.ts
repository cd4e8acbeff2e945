import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensors, bindOptions, type Positional } from '../options';

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
  ...given: Positional<BatchNormCallOptions, 'batchNorm'>
): Tensor {
  const defaults: Required<BatchNormCallOptions> = {
    weight: null,
    bias: null,
    training: false,
    momentum: 0.1,
    eps: 1e-5,
  };
  const { weight, bias, training, momentum, eps } = bindOptions('batchNorm', defaults, given);
  if (training && count(input, [0, ...spatial(input)]) === 1) {
    throw new ShapeError(
      `Expected more than 1 value per channel when training, got input size torch.Size([${input.shape.join(', ')}]).`,
    );
  }
  return torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
}

export interface InstanceNormCallOptions {
  /** (C) @default null */
  readonly runningMean?: Tensor | null;
  /** (C); unbiased @default null */
  readonly runningVar?: Tensor | null;
  /** (C) @default null */
  readonly weight?: Tensor | null;
  /** (C) @default null */
  readonly bias?: Tensor | null;
  /** Normalise by the statistics of each sample; without, by the running ones. @default true */
  readonly useInputStats?: boolean;
  /** Weight of this batch in the running statistics. @default 0.1 */
  readonly momentum?: number;
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
}

/** Normalises each channel of each sample of (B, C, *) by itself (Ulyanov et al. 2016, arXiv 1607.08022). */
export function instanceNorm(input: Tensor, ...given: Positional<InstanceNormCallOptions, 'instanceNorm'>): Tensor {
  requireTensors('instanceNorm', { input });
  const defaults = {
    runningMean: null,
    runningVar: null,
    weight: null,
    bias: null,
    useInputStats: true,
    momentum: 0.1,
    eps: 1e-5,
  };
  const resolved = bindOptions<Required<InstanceNormCallOptions>>('instanceNorm', defaults, given);
  const { runningMean, runningVar, weight, bias, useInputStats, momentum, eps } = resolved;
  if (useInputStats && count(input, spatial(input)) === 1) {
    throw new ShapeError(
      `Expected more than 1 spatial element when training, got input size torch.Size([${input.shape.join(', ')}]).`,
    );
  }
  return torch.instanceNorm(input, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, true);
}

function spatial({ ndim }: Tensor): number[] {
  return Array.from({ length: Math.max(0, ndim - 2) }, (_, d) => d + 2);
}

function count({ shape }: Tensor, dims: readonly number[]): number {
  return dims.reduce((product, d) => product * (shape[d] ?? 1), 1);
}

export interface LocalResponseNormOptions {
  /** @default 1e-4 */
  readonly alpha?: number;
  /** @default 0.75 */
  readonly beta?: number;
  /** @default 1 */
  readonly k?: number;
}

/** `x / (k + alpha mean(x²))^beta`, the mean over `size` neighbouring channels: (B, C, *) (Krizhevsky et al. 2012). */
export function localResponseNorm(
  input: Tensor,
  size: number,
  ...given: Positional<LocalResponseNormOptions, 'localResponseNorm'>
): Tensor {
  requireTensors('localResponseNorm', { input });
  const defaults: Required<LocalResponseNormOptions> = { alpha: 1e-4, beta: 0.75, k: 1 };
  const { alpha, beta, k } = bindOptions('localResponseNorm', defaults, given);
  if (input.ndim < 3)
    throw new ShapeError(
      `localResponseNorm expects (B, C, *) with at least 3 dimensions, got [${input.shape.join(', ')}].`,
    );
  const [batch, channels] = input.shape as [number, number];
  const squares = input.mul(input).reshape([batch, 1, channels, -1]); // (B, C, *) -> (B, 1, C, n)
  const padded = torch.pad(squares, [0, 0, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  const means = torch.avgPool2d(padded, [size, 1], { stride: 1 }).reshape(input.shape); // (B, 1, C, n) -> (B, C, *)
  return input.div(means.mul(alpha).add(k).pow(beta));
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
export function normalize(input: Tensor, ...given: Positional<NormalizeOptions, 'normalize'>): Tensor {
  requireTensors('normalize', { input });
  const { p, dim, eps } = bindOptions<Required<NormalizeOptions>>('normalize', { p: 2, dim: 1, eps: 1e-12 }, given);
  return input.div(input.norm(p, [dim], true).clampMin(eps).expandAs(input));
}
