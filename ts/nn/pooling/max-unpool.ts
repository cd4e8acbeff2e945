import type { Tensor } from '../../tensor';
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from '../functional';
import { Module } from '../module';
import { resolveOptions, bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import { expandSize, type SizeN } from '../sizes';

export interface MaxUnpoolLayerOptions {
  /** Steps between the windows of the pooling; null for the window. @default null */
  readonly stride?: SizeN | null;
  /** Rows that the pooling added at each side. @default 0 */
  readonly padding?: SizeN;
}

export interface MaxUnpoolCall {
  /** Spatial size of the output; null for the least size that pools to the input. @default null */
  readonly outputSize?: readonly number[] | null;
}

/** What the constructors take. */
export type MaxUnpoolArguments = Arguments<[kernelSize: SizeN], MaxUnpoolLayerOptions, 'MaxUnpool'>;

const defaults: Required<MaxUnpoolLayerOptions> = { stride: null, padding: 0 };

/** Puts elements back where a pooling took them from, zeros elsewhere. */
abstract class MaxUnpool extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  protected constructor(args: MaxUnpoolArguments, dimensions: number) {
    super();
    const owner = new.target.name;
    const { kernelSize, stride, padding } = bindOptions(owner, defaults, args, 'MaxUnpool');
    this.kernelSize = expandSize(owner, 'kernelSize', kernelSize, dimensions);
    this.stride = expandSize(owner, 'stride', stride ?? kernelSize, dimensions);
    this.padding = expandSize(owner, 'padding', padding, dimensions);
  }

  abstract override forward(input: Tensor, indices: Tensor, call?: MaxUnpoolCall): Tensor;

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${repr.tuple(kernelSize)}, stride=${repr.tuple(stride)}, padding=${repr.tuple(padding)}`;
  }
}

/** Undoes `MaxPool1d`: elements and their places (B, C, L) -> (B, C, L'). */
export class MaxUnpool1d extends MaxUnpool {
  constructor(...args: MaxUnpoolArguments) {
    super(args, 1);
  }

  forward(input: Tensor, indices: Tensor, call: MaxUnpoolCall = {}): Tensor {
    const { outputSize } = resolveOptions<Required<MaxUnpoolCall>>('MaxUnpool1d.forward', { outputSize: null }, call);
    const { kernelSize, stride, padding } = this;
    return maxUnpool1d(input, indices, kernelSize, { stride, padding, outputSize });
  }
}

/** Undoes `MaxPool2d`: elements and their places (B, C, H, W) -> (B, C, H', W'). */
export class MaxUnpool2d extends MaxUnpool {
  constructor(...args: MaxUnpoolArguments) {
    super(args, 2);
  }

  forward(input: Tensor, indices: Tensor, call: MaxUnpoolCall = {}): Tensor {
    const { outputSize } = resolveOptions<Required<MaxUnpoolCall>>('MaxUnpool2d.forward', { outputSize: null }, call);
    const { kernelSize, stride, padding } = this;
    return maxUnpool2d(input, indices, kernelSize, { stride, padding, outputSize });
  }
}

/** Undoes `MaxPool3d`: elements and their places (B, C, D, H, W) -> (B, C, D', H', W'). */
export class MaxUnpool3d extends MaxUnpool {
  constructor(...args: MaxUnpoolArguments) {
    super(args, 3);
  }

  forward(input: Tensor, indices: Tensor, call: MaxUnpoolCall = {}): Tensor {
    const { outputSize } = resolveOptions<Required<MaxUnpoolCall>>('MaxUnpool3d.forward', { outputSize: null }, call);
    const { kernelSize, stride, padding } = this;
    return maxUnpool3d(input, indices, kernelSize, { stride, padding, outputSize });
  }
}
