import type { Tensor } from '../../tensor';
import { interpolate, type InterpolateMode, type InterpolateOptions } from '../functional';
import { Module } from '../module';
import { bindOptions, type Positional } from '../options';
import * as repr from '../python-repr';
import type { SizeN } from '../sizes';

/** Size or scale, and how the new elements are found. */
export type UpsampleOptions = Omit<InterpolateOptions, 'antialias'>;

const defaults: Required<UpsampleOptions> = {
  size: null,
  scaleFactor: null,
  mode: 'nearest',
  alignCorners: null,
  recomputeScaleFactor: null,
};

/** Resizes the dimensions after the channels: (B, C, H, W) -> (B, C, H', W'). */
export class Upsample extends Module {
  readonly size: SizeN | null;
  readonly scaleFactor: SizeN | null;
  readonly mode: InterpolateMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  constructor(...given: Positional<UpsampleOptions, 'Upsample'>) {
    super();
    const resolved = bindOptions('Upsample', defaults, given);
    this.size = resolved.size;
    this.scaleFactor = resolved.scaleFactor;
    this.mode = resolved.mode;
    this.alignCorners = resolved.alignCorners;
    this.recomputeScaleFactor = resolved.recomputeScaleFactor;
  }

  forward(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(input, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor });
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this;
    const factors =
      typeof scaleFactor === 'number' ? repr.float(scaleFactor) : `(${scaleFactor?.map(repr.float).join(', ')})`;
    const target =
      scaleFactor === null ? `size=${size === null ? 'None' : repr.size(size)}` : `scale_factor=${factors}`;
    return `${target}, mode='${mode}'`;
  }
}

export interface Upsampling2dOptions {
  /** Size of the output; this or `scaleFactor`. @default null */
  readonly size?: SizeN | null;
  /** Output size by input size; this or `size`. @default null */
  readonly scaleFactor?: SizeN | null;
}

const size2dDefaults: Required<Upsampling2dOptions> = { size: null, scaleFactor: null };

/** Repeats the nearest pixel: (B, C, H, W) -> (B, C, H', W'). */
export class UpsamplingNearest2d extends Upsample {
  constructor(...given: Positional<Upsampling2dOptions, 'UpsamplingNearest2d'>) {
    super({ ...bindOptions('UpsamplingNearest2d', size2dDefaults, given), mode: 'nearest' });
  }
}

/** Weighs the four nearest pixels, corner on corner: (B, C, H, W) -> (B, C, H', W'). */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...given: Positional<Upsampling2dOptions, 'UpsamplingBilinear2d'>) {
    const sizes = bindOptions('UpsamplingBilinear2d', size2dDefaults, given);
    super({ ...sizes, mode: 'bilinear', alignCorners: true });
  }
}
