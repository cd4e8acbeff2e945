import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { LPPoolOptions } from '../functional';
import { Module } from '../module';
import { bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import type { SizeN } from '../sizes';

const defaults: Required<LPPoolOptions> = { stride: null, ceilMode: false };

/** The norm of each window. */
abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: SizeN;
  readonly stride: SizeN | null;
  readonly ceilMode: boolean;

  constructor(...args: Arguments<[normType: number, kernelSize: SizeN], LPPoolOptions, 'LPPool'>) {
    super();
    const { normType, kernelSize, stride, ceilMode } = bindOptions(new.target.name, defaults, args, 'LPPool');
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.ceilMode = ceilMode;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { normType, kernelSize, stride, ceilMode } = this;
    const steps = stride === null ? 'None' : repr.size(stride);
    return `norm_type=${normType}, kernel_size=${repr.size(kernelSize)}, stride=${steps}, ceil_mode=${repr.bool(ceilMode)}`;
  }
}

/** The norm of order `normType` of each window: (B, C, L) -> (B, C, L'). */
export class LPPool1d extends LPPool {
  forward(input: Tensor): Tensor {
    return F.lpPool1d(input, this.normType, this.kernelSize, this);
  }
}

/** The norm of order `normType` of each window: (B, C, H, W) -> (B, C, H', W'). */
export class LPPool2d extends LPPool {
  forward(input: Tensor): Tensor {
    return F.lpPool2d(input, this.normType, this.kernelSize, this);
  }
}

/** The norm of order `normType` of each window: (B, C, D, H, W) -> (B, C, D', H', W'). */
export class LPPool3d extends LPPool {
  forward(input: Tensor): Tensor {
    return F.lpPool3d(input, this.normType, this.kernelSize, this);
  }
}
