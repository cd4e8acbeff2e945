import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { resolveOptions } from '../options';
import { adaptiveAvgPool2d } from '../functional';
import * as repr from '../python-repr';
import type { Size2 } from '../sizes';

export interface PoolOptions {
  /** Steps between windows; null steps by the window. @default null */
  readonly stride?: Size2 | null;
  /** Rows added at each side. @default 0 */
  readonly padding?: Size2;
  /** Let the last windows reach over the edge. @default false */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolOptions {
  /** Distance between the elements of a window. @default 1 */
  readonly dilation?: Size2;
}

export interface AvgPoolOptions extends PoolOptions {
  /** Count the added rows in the mean. @default true */
  readonly countIncludePad?: boolean;
  /** Divide by this instead of by the size of the window. @default null */
  readonly divisorOverride?: number | null;
}

const maxDefaults: Required<MaxPoolOptions> = { stride: null, padding: 0, dilation: 1, ceilMode: false };
const avgDefaults: Required<AvgPoolOptions> = {
  stride: null,
  padding: 0,
  ceilMode: false,
  countIncludePad: true,
  divisorOverride: null,
};

/** The largest element of each window: (B, C, H, W) -> (B, C, H', W'). */
export class MaxPool2d extends Module {
  readonly stride: Size2;
  readonly padding: Size2;
  readonly dilation: Size2;
  readonly ceilMode: boolean;

  constructor(
    readonly kernelSize: Size2,
    options: MaxPoolOptions = {},
  ) {
    super();
    const { stride, padding, dilation, ceilMode } = resolveOptions('MaxPool2d', maxDefaults, options);
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, dilation, ceilMode } = this;
    return torch.maxPool2d(input, this.kernelSize, { stride, padding, dilation, ceilMode });
  }

  override extraRepr(): string {
    return (
      `kernel_size=${repr.size(this.kernelSize)}, stride=${repr.size(this.stride)}, padding=${repr.size(this.padding)}, ` +
      `dilation=${repr.size(this.dilation)}, ceil_mode=${repr.bool(this.ceilMode)}`
    );
  }
}

/** The mean of each window: (B, C, H, W) -> (B, C, H', W'). */
export class AvgPool2d extends Module {
  readonly stride: Size2;
  readonly padding: Size2;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(
    readonly kernelSize: Size2,
    options: AvgPoolOptions = {},
  ) {
    super();
    const resolved = resolveOptions('AvgPool2d', avgDefaults, options);
    this.stride = resolved.stride ?? kernelSize;
    this.padding = resolved.padding;
    this.ceilMode = resolved.ceilMode;
    this.countIncludePad = resolved.countIncludePad;
    this.divisorOverride = resolved.divisorOverride;
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return torch.avgPool2d(input, this.kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride });
  }

  override extraRepr(): string {
    return `kernel_size=${repr.size(this.kernelSize)}, stride=${repr.size(this.stride)}, padding=${repr.size(this.padding)}`;
  }
}

/** Means of windows chosen so that the output has the given size: (B, C, H, W) -> (B, C, …outputSize); null keeps a size. */
export class AdaptiveAvgPool2d extends Module {
  constructor(readonly outputSize: number | readonly [number | null, number | null]) {
    super();
  }

  forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }

  override extraRepr(): string {
    const { outputSize } = this;
    if (typeof outputSize === 'number') return `output_size=${outputSize}`;
    return `output_size=(${outputSize.map((size) => size ?? 'None').join(', ')})`;
  }
}
