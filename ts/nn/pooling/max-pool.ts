import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import type { SizeN } from '../sizes';

export interface PoolOptions {
  /** Steps between windows; null steps by the window. @default null */
  readonly stride?: SizeN | null;
  /** Rows added at each side. @default 0 */
  readonly padding?: SizeN;
  /** Let the last windows reach over the edge. @default false */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolOptions {
  /** Distance between the elements of a window. @default 1 */
  readonly dilation?: SizeN;
}

const defaults: Required<MaxPoolOptions> = { stride: null, padding: 0, dilation: 1, ceilMode: false };

/** The largest element of each window. */
abstract class MaxPool extends Module {
  readonly kernelSize: SizeN;
  readonly stride: SizeN;
  readonly padding: SizeN;
  readonly dilation: SizeN;
  readonly ceilMode: boolean;

  constructor(...args: Arguments<[kernelSize: SizeN], MaxPoolOptions, 'MaxPool'>) {
    super();
    const { kernelSize, stride, padding, dilation, ceilMode } = bindOptions(new.target.name, defaults, args, 'MaxPool');
    this.kernelSize = kernelSize;
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
  }

  abstract override forward(input: Tensor): Tensor;

  protected settings(): { stride: SizeN; padding: SizeN; dilation: SizeN; ceilMode: boolean } {
    const { stride, padding, dilation, ceilMode } = this;
    return { stride, padding, dilation, ceilMode };
  }

  override extraRepr(): string {
    return (
      `kernel_size=${repr.size(this.kernelSize)}, stride=${repr.size(this.stride)}, padding=${repr.size(this.padding)}, ` +
      `dilation=${repr.size(this.dilation)}, ceil_mode=${repr.bool(this.ceilMode)}`
    );
  }
}

/** The largest element of each window: (B, C, L) -> (B, C, L'). `functional.maxPool1dWithIndices` gives the places too. */
export class MaxPool1d extends MaxPool {
  forward(input: Tensor): Tensor {
    return torch.maxPool1d(input, this.kernelSize, this.settings());
  }
}

/** The largest element of each window: (B, C, H, W) -> (B, C, H', W'). `functional.maxPool2dWithIndices` gives the places too. */
export class MaxPool2d extends MaxPool {
  forward(input: Tensor): Tensor {
    return torch.maxPool2d(input, this.kernelSize, this.settings());
  }
}

/** The largest element of each window: (B, C, D, H, W). `functional.maxPool3dWithIndices` gives the places too. */
export class MaxPool3d extends MaxPool {
  forward(input: Tensor): Tensor {
    return torch.maxPool3d(input, this.kernelSize, this.settings());
  }
}
