import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import { expandSize, type SizeN } from '../sizes';
import type { PoolOptions } from './max-pool';

export interface AvgPool1dOptions extends PoolOptions {
  /** Count the added rows in the mean. @default true */
  readonly countIncludePad?: boolean;
}

export interface AvgPoolOptions extends AvgPool1dOptions {
  /** Divide by this instead of by the size of the window. @default null */
  readonly divisorOverride?: number | null;
}

const lineDefaults: Required<AvgPool1dOptions> = { stride: null, padding: 0, ceilMode: false, countIncludePad: true };
const defaults: Required<AvgPoolOptions> = { ...lineDefaults, divisorOverride: null };

/** The mean of each window: (B, C, L) -> (B, C, L'). */
export class AvgPool1d extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(...args: Arguments<[kernelSize: SizeN], AvgPool1dOptions, 'AvgPool1d'>) {
    super();
    const bound = bindOptions('AvgPool1d', lineDefaults, args);
    const { kernelSize, stride, padding, ceilMode, countIncludePad } = bound;
    this.kernelSize = expandSize('AvgPool1d', 'kernelSize', kernelSize, 1);
    this.stride = expandSize('AvgPool1d', 'stride', stride ?? kernelSize, 1);
    this.padding = expandSize('AvgPool1d', 'padding', padding, 1);
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad } = this;
    return torch.avgPool1d(input, this.kernelSize, { stride, padding, ceilMode, countIncludePad });
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${repr.tuple(kernelSize)}, stride=${repr.tuple(stride)}, padding=${repr.tuple(padding)}`;
  }
}

/** The mean of each window. */
abstract class AvgPool extends Module {
  readonly kernelSize: SizeN;
  readonly stride: SizeN;
  readonly padding: SizeN;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(...args: Arguments<[kernelSize: SizeN], AvgPoolOptions, 'AvgPool'>) {
    super();
    const resolved = bindOptions(new.target.name, defaults, args, 'AvgPool');
    this.kernelSize = resolved.kernelSize;
    this.stride = resolved.stride ?? resolved.kernelSize;
    this.padding = resolved.padding;
    this.ceilMode = resolved.ceilMode;
    this.countIncludePad = resolved.countIncludePad;
    this.divisorOverride = resolved.divisorOverride;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return `kernel_size=${repr.size(this.kernelSize)}, stride=${repr.size(this.stride)}, padding=${repr.size(this.padding)}`;
  }
}

/** The mean of each window: (B, C, H, W) -> (B, C, H', W'). */
export class AvgPool2d extends AvgPool {
  forward(input: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return torch.avgPool2d(input, this.kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride });
  }
}

/** The mean of each window: (B, C, D, H, W) -> (B, C, D', H', W'). */
export class AvgPool3d extends AvgPool {
  forward(input: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return torch.avgPool3d(input, this.kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride });
  }
}
