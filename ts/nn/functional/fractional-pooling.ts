/** Fractional max pooling (Graham 2014, arXiv 1412.6071): windows of one size at places drawn at random, for any size of the output. */
import { InputError } from '../../errors';
import { expected } from '../../options';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensor, bindOptions, type Positional } from '../options';
import { expandSize, type SizeN } from '../sizes';

export interface FractionalPoolOptions {
  /** Size of the output: one number, or one for each dimension; this or `outputRatio`. @default null */
  readonly outputSize?: SizeN | null;
  /** Size of the output over that of the input, between 0 and 1. @default null */
  readonly outputRatio?: SizeN | null;
  /** (B, C, dimensions) uniform in [0, 1): where the windows begin; null draws them. @default null */
  readonly randomSamples?: Tensor | null;
}

const DEFAULTS: Required<FractionalPoolOptions> = { outputSize: null, outputRatio: null, randomSamples: null };

function pool(
  owner: string,
  input: Tensor,
  kernelSize: SizeN,
  given: readonly unknown[],
  dimensions: 2 | 3,
): [Tensor, Tensor] {
  requireTensor(owner, 'input', input);
  const options = bindOptions<Required<FractionalPoolOptions>>(
    owner,
    DEFAULTS,
    given,
    `fractionalMaxPool${dimensions}d`,
  );
  if (input.ndim !== dimensions + 1 && input.ndim !== dimensions + 2)
    throw expected(owner, `an input of ${dimensions + 1} or ${dimensions + 2} dimensions`, input, '', InputError);
  const sizes = outputSizes(owner, input, options, dimensions);
  const kernel = expandSize(owner, 'kernelSize', kernelSize, dimensions);
  return torch.scoped(() => {
    const { dtype, device, shape, ndim } = input;
    const batch = ndim === dimensions + 1 ? 1 : shape[0]!;
    const samples =
      options.randomSamples ?? torch.rand([batch, shape.at(-dimensions - 1)!, dimensions], { dtype, device });
    const operator = dimensions === 2 ? torch.fractionalMaxPool2d : torch.fractionalMaxPool3d;
    return operator(input, kernel, sizes, samples) as [Tensor, Tensor];
  });
}

function outputSizes(
  owner: string,
  input: Tensor,
  { outputSize, outputRatio }: Required<FractionalPoolOptions>,
  dimensions: number,
): number[] {
  if ((outputSize === null) === (outputRatio === null))
    throw new InputError(
      `${owner}: expected outputSize or outputRatio, found ${outputSize === null ? 'neither' : 'both'}`,
    );
  if (outputSize !== null) return expandSize(owner, 'outputSize', outputSize, dimensions);
  const ratios = expandSize(owner, 'outputRatio', outputRatio!, dimensions);
  if (!ratios.every((ratio) => ratio > 0 && ratio < 1))
    throw expected(owner, 'ratios between 0 and 1 for outputRatio', outputRatio, '', InputError);
  return ratios.map((ratio, d) => Math.trunc(input.shape.at(d - dimensions)! * ratio));
}

/** Largest elements of windows that lie at random, (B, C, H, W) -> (B, C, …outputSize). */
export function fractionalMaxPool2d(
  input: Tensor,
  kernelSize: SizeN,
  ...given: Positional<FractionalPoolOptions, 'fractionalMaxPool2d'>
): Tensor {
  return torch.scoped(() => pool('fractionalMaxPool2d', input, kernelSize, given, 2)[0]);
}

/** The same, and where in the input they stand: int64. */
export function fractionalMaxPool2dWithIndices(
  input: Tensor,
  kernelSize: SizeN,
  ...given: Positional<FractionalPoolOptions, 'fractionalMaxPool2d'>
): [output: Tensor, indices: Tensor] {
  return pool('fractionalMaxPool2dWithIndices', input, kernelSize, given, 2);
}

/** Largest elements of windows that lie at random, (B, C, D, H, W) -> (B, C, …outputSize). */
export function fractionalMaxPool3d(
  input: Tensor,
  kernelSize: SizeN,
  ...given: Positional<FractionalPoolOptions, 'fractionalMaxPool3d'>
): Tensor {
  return torch.scoped(() => pool('fractionalMaxPool3d', input, kernelSize, given, 3)[0]);
}

/** The same, and where in the input they stand: int64. */
export function fractionalMaxPool3dWithIndices(
  input: Tensor,
  kernelSize: SizeN,
  ...given: Positional<FractionalPoolOptions, 'fractionalMaxPool3d'>
): [output: Tensor, indices: Tensor] {
  return pool('fractionalMaxPool3dWithIndices', input, kernelSize, given, 3);
}
