import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensors, bindOptions, type Positional } from '../options';
import { expandSize, type SizeN } from '../sizes';

/** How the elements between two places are found; the linear ones go with one, two and three dimensions. */
export type InterpolateMode = 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area';

export interface InterpolateOptions {
  /** Size of the output; this or `scaleFactor`. @default null */
  readonly size?: SizeN | null;
  /** Output size by input size; this or `size`. @default null */
  readonly scaleFactor?: SizeN | null;
  /** How values between the pixels are found. @default 'nearest' */
  readonly mode?: InterpolateMode;
  /** For the linear and cubic modes: corner pixels of input and output lie on each other. @default null, which is false */
  readonly alignCorners?: boolean | null;
  /** Use the ratio of the rounded sizes instead of `scaleFactor` itself. @default null, which is false */
  readonly recomputeScaleFactor?: boolean | null;
  /** For `'bilinear'` and `'bicubic'`: widen the filter when the image shrinks, as Pillow does. @default false */
  readonly antialias?: boolean;
}

const DEFAULTS: Required<InterpolateOptions> = {
  size: null,
  scaleFactor: null,
  mode: 'nearest',
  alignCorners: null,
  recomputeScaleFactor: null,
  antialias: false,
};

type Kernel = (input: Tensor, size: number[] | null, alignCorners: boolean, scales: number[] | null) => Tensor;

const aten = torch.ops.aten;

/** The kernels by mode and number of spatial dimensions. */
const kernels: Partial<Record<string, Kernel>> = {
  'nearest 1': (x, size, _, scales) => aten.upsample_nearest1d.vec(x, size, scales) as Tensor,
  'nearest 2': (x, size, _, scales) => aten.upsample_nearest2d.vec(x, size, scales) as Tensor,
  'nearest-exact 1': (x, size, _, scales) => aten._upsample_nearest_exact1d.vec(x, size, scales) as Tensor,
  'nearest-exact 2': (x, size, _, scales) => aten._upsample_nearest_exact2d.vec(x, size, scales) as Tensor,
  'linear 1': (x, size, align, scales) => aten.upsample_linear1d.vec(x, size, align, scales) as Tensor,
  'bilinear 2': (x, size, align, scales) => aten.upsample_bilinear2d.vec(x, size, align, scales) as Tensor,
  'bicubic 2': (x, size, align, scales) => aten.upsample_bicubic2d.vec(x, size, align, scales) as Tensor,
  'bilinear 2 antialias': (x, size, align, scales) =>
    aten._upsample_bilinear2d_aa.vec(x, size, align, scales) as Tensor,
  'bicubic 2 antialias': (x, size, align, scales) => aten._upsample_bicubic2d_aa.vec(x, size, align, scales) as Tensor,
  'nearest 3': (x, size, _, scales) => aten.upsample_nearest3d.vec(x, size, scales) as Tensor,
  'nearest-exact 3': (x, size, _, scales) => aten._upsample_nearest_exact3d.vec(x, size, scales) as Tensor,
  'trilinear 3': (x, size, align, scales) => aten.upsample_trilinear3d.vec(x, size, align, scales) as Tensor,
  'area 1': (x, size) => aten.adaptive_avg_pool1d.default(x, size) as Tensor,
  'area 2': (x, size) => aten.adaptive_avg_pool2d.default(x, size) as Tensor,
  'area 3': (x, size) => aten.adaptive_avg_pool3d.default(x, size) as Tensor,
};

/** Resizes the dimensions after the channels: (B, C, L) -> (B, C, L'), (B, C, H, W) -> (B, C, H', W'), or with a depth. */
export function interpolate(input: Tensor, ...given: Positional<InterpolateOptions, 'interpolate'>): Tensor {
  requireTensors('interpolate', { input });
  const resolved = bindOptions('interpolate', DEFAULTS, given);
  const { mode, alignCorners, recomputeScaleFactor, antialias } = resolved;
  const spatial = input.shape.slice(2);
  const kernel = kernels[`${mode} ${spatial.length}${antialias ? ' antialias' : ''}`];
  if (kernel === undefined) {
    throw new InputError(
      `interpolate has no mode '${mode}'${antialias ? ' with antialias' : ''} for an input of shape [${input.shape.join(', ')}].`,
    );
  }
  const aligns = mode.endsWith('linear') || mode === 'bicubic';
  if (alignCorners !== null && !aligns)
    throw new InputError(
      `interpolate: alignCorners is for linear, bilinear, bicubic and trilinear, not for '${mode}'.`,
    );

  let { size, scales } = target(resolved, spatial.length);
  if (scales !== null && (recomputeScaleFactor || mode === 'area')) {
    size = spatial.map((length, d) => Math.floor(length * (scales as number[])[d]!));
    scales = null;
  }
  return kernel(input, size, alignCorners ?? false, scales);
}

/** Either the size or the scale factors, one number a dimension. */
function target(
  { size, scaleFactor }: Required<InterpolateOptions>,
  dimensions: number,
): { size: number[] | null; scales: number[] | null } {
  if ((size === null) === (scaleFactor === null))
    throw new InputError('interpolate takes either size or scaleFactor: give one of them.');
  const spread = (name: string, value: SizeN | null): number[] | null =>
    value === null ? null : expandSize('interpolate', name, value, dimensions);
  return { size: spread('size', size), scales: spread('scaleFactor', scaleFactor) };
}
