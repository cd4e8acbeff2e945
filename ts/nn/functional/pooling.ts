import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensors, bindOptions, type Positional } from '../options';
import { expandSize, type SizeN } from '../sizes';

/** The size of an adaptive pooling's output: one number for all dimensions, or one for each; null keeps a size. */
export type OutputSize = number | null | readonly (number | null)[];

function outputSizes(owner: string, input: Tensor, outputSize: OutputSize, dimensions: number): number[] {
  const sizes = Array.isArray(outputSize)
    ? (outputSize as readonly (number | null)[])
    : Array<number | null>(dimensions).fill(outputSize as number | null);
  if (sizes.length !== dimensions)
    throw new ShapeError(
      `${owner}: outputSize must be one number or ${dimensions} of them, got [${sizes.join(', ')}].`,
    );
  return sizes.map((size, d) => size ?? (input.shape.at(d - dimensions) as number));
}

/** Means of windows chosen so that the output has the given size: (B, C, L) -> (B, C, outputSize). */
export function adaptiveAvgPool1d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveAvgPool1d', { input });
  return torch.adaptiveAvgPool1d(input, outputSizes('adaptiveAvgPool1d', input, outputSize, 1));
}

/** Means of windows chosen so that the output has the given size: (B, C, H, W) -> (B, C, …outputSize). */
export function adaptiveAvgPool2d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveAvgPool2d', { input });
  return torch.adaptiveAvgPool2d(input, outputSizes('adaptiveAvgPool2d', input, outputSize, 2));
}

/** Means of windows chosen so that the output has the given size: (B, C, D, H, W) -> (B, C, …outputSize). */
export function adaptiveAvgPool3d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveAvgPool3d', { input });
  return torch.adaptiveAvgPool3d(input, outputSizes('adaptiveAvgPool3d', input, outputSize, 3));
}

/** Largest elements of windows chosen so that the output has the given size, and their places: (B, C, L). */
export function adaptiveMaxPool1dWithIndices(input: Tensor, outputSize: OutputSize): [output: Tensor, indices: Tensor] {
  requireTensors('adaptiveMaxPool1dWithIndices', { input });
  return torch.adaptiveMaxPool1d(input, outputSizes('adaptiveMaxPool1d', input, outputSize, 1));
}

/** Largest elements of windows chosen so that the output has the given size, and their places: (B, C, H, W). */
export function adaptiveMaxPool2dWithIndices(input: Tensor, outputSize: OutputSize): [output: Tensor, indices: Tensor] {
  requireTensors('adaptiveMaxPool2dWithIndices', { input });
  return torch.adaptiveMaxPool2d(input, outputSizes('adaptiveMaxPool2d', input, outputSize, 2));
}

/** Largest elements of windows chosen so that the output has the given size, and their places: (B, C, D, H, W). */
export function adaptiveMaxPool3dWithIndices(input: Tensor, outputSize: OutputSize): [output: Tensor, indices: Tensor] {
  requireTensors('adaptiveMaxPool3dWithIndices', { input });
  return torch.adaptiveMaxPool3d(input, outputSizes('adaptiveMaxPool3d', input, outputSize, 3));
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, L) -> (B, C, outputSize). */
export function adaptiveMaxPool1d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveMaxPool1d', { input });
  return adaptiveMaxPool1dWithIndices(input, outputSize)[0];
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, H, W) -> (B, C, …outputSize). */
export function adaptiveMaxPool2d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveMaxPool2d', { input });
  return adaptiveMaxPool2dWithIndices(input, outputSize)[0];
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, D, H, W) -> (B, C, …outputSize). */
export function adaptiveMaxPool3d(input: Tensor, outputSize: OutputSize): Tensor {
  requireTensors('adaptiveMaxPool3d', { input });
  return adaptiveMaxPool3dWithIndices(input, outputSize)[0];
}

export interface LPPoolOptions {
  /** Steps between windows; null steps by the window. @default null */
  readonly stride?: SizeN | null;
  /** Let the last windows reach over the edge. @default false */
  readonly ceilMode?: boolean;
}

/** The norm of order `normType` of each window: (B, C, L) -> (B, C, L'). */
export function lpPool1d(
  input: Tensor,
  normType: number,
  kernelSize: SizeN,
  ...given: Positional<LPPoolOptions, 'lpPool1d'>
): Tensor {
  requireTensors('lpPool1d', { input });
  const means = torch.avgPool1d(input.pow(normType), kernelSize, averaging('lpPool1d', given));
  return norms(means, expandSize('lpPool1d', 'kernelSize', kernelSize, 1), normType);
}

/** The norm of order `normType` of each window: (B, C, H, W) -> (B, C, H', W'). */
export function lpPool2d(
  input: Tensor,
  normType: number,
  kernelSize: SizeN,
  ...given: Positional<LPPoolOptions, 'lpPool2d'>
): Tensor {
  requireTensors('lpPool2d', { input });
  const means = torch.avgPool2d(input.pow(normType), kernelSize, averaging('lpPool2d', given));
  return norms(means, expandSize('lpPool2d', 'kernelSize', kernelSize, 2), normType);
}

/** The norm of order `normType` of each window: (B, C, D, H, W) -> (B, C, D', H', W'). */
export function lpPool3d(
  input: Tensor,
  normType: number,
  kernelSize: SizeN,
  ...given: Positional<LPPoolOptions, 'lpPool3d'>
): Tensor {
  requireTensors('lpPool3d', { input });
  const means = torch.avgPool3d(input.pow(normType), kernelSize, averaging('lpPool3d', given));
  return norms(means, expandSize('lpPool3d', 'kernelSize', kernelSize, 3), normType);
}

function averaging(
  owner: 'lpPool1d' | 'lpPool2d' | 'lpPool3d',
  given: readonly unknown[],
): { stride?: SizeN; ceilMode: boolean } {
  const { stride, ceilMode } = bindOptions<Required<LPPoolOptions>>(owner, { stride: null, ceilMode: false }, given);
  return { stride: stride ?? undefined, ceilMode };
}

/** Means of powers become norms; a window of negative odd powers counts as zero. */
function norms(means: Tensor, kernelSize: readonly number[], normType: number): Tensor {
  const area = kernelSize.reduce((product, size) => product * size, 1);
  return means
    .sign()
    .mul(means.abs().relu())
    .mul(area)
    .pow(1 / normType);
}

export interface MaxUnpoolOptions {
  /** Steps between the windows of the pooling; null for the window. @default null */
  readonly stride?: SizeN | null;
  /** Rows that the pooling added at each side. @default 0 */
  readonly padding?: SizeN;
  /** Spatial size of the output; null for the least size that pools to the input. @default null */
  readonly outputSize?: readonly number[] | null;
}

/** Puts each element back where `maxPool1dWithIndices` took it from, zeros elsewhere: (B, C, L) -> (B, C, L'). */
export function maxUnpool1d(
  input: Tensor,
  indices: Tensor,
  kernelSize: SizeN,
  ...given: Positional<MaxUnpoolOptions, 'maxUnpool1d'>
): Tensor {
  requireTensors('maxUnpool1d', { input, indices });
  const { size } = unpooling('maxUnpool1d', input, kernelSize, given, 1);
  return torch.maxUnpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...size, 1]).squeeze(-1); // (…, L) -> (…, L, 1) -> (…, L')
}

/** Puts each element back where `maxPool2dWithIndices` took it from, zeros elsewhere: (B, C, H, W) -> (B, C, H', W'). */
export function maxUnpool2d(
  input: Tensor,
  indices: Tensor,
  kernelSize: SizeN,
  ...given: Positional<MaxUnpoolOptions, 'maxUnpool2d'>
): Tensor {
  requireTensors('maxUnpool2d', { input, indices });
  return torch.maxUnpool2d(input, indices, unpooling('maxUnpool2d', input, kernelSize, given, 2).size);
}

/** Puts each element back where `maxPool3dWithIndices` took it from, zeros elsewhere: (B, C, D, H, W). */
export function maxUnpool3d(
  input: Tensor,
  indices: Tensor,
  kernelSize: SizeN,
  ...given: Positional<MaxUnpoolOptions, 'maxUnpool3d'>
): Tensor {
  requireTensors('maxUnpool3d', { input, indices });
  const { size, stride, padding } = unpooling('maxUnpool3d', input, kernelSize, given, 3);
  return torch.maxUnpool3d(input, indices, size, stride, padding);
}

function unpooling(
  owner: 'maxUnpool1d' | 'maxUnpool2d' | 'maxUnpool3d',
  input: Tensor,
  kernelSize: SizeN,
  given: readonly unknown[],
  dimensions: number,
): { size: number[]; stride: number[]; padding: number[] } {
  const defaults: Required<MaxUnpoolOptions> = { stride: null, padding: 0, outputSize: null };
  const { stride, padding, outputSize } = bindOptions(owner, defaults, given);
  const kernel = expandSize(owner, 'kernelSize', kernelSize, dimensions);
  const steps = stride === null ? kernel : expandSize(owner, 'stride', stride, dimensions);
  const added = expandSize(owner, 'padding', padding, dimensions);
  const least = input.shape.slice(-dimensions).map((rows, d) => (rows - 1) * steps[d]! - 2 * added[d]! + kernel[d]!);
  const size = outputSize === null ? least : [...outputSize].slice(-dimensions);
  const fits = size.length === dimensions && size.every((rows, d) => Math.abs(rows - least[d]!) < steps[d]!);
  if (!fits) {
    throw new ShapeError(
      `${owner}: outputSize must lie less than a stride away from [${least.join(', ')}], got [${size.join(', ')}].`,
    );
  }
  return { size, stride: steps, padding: added };
}
