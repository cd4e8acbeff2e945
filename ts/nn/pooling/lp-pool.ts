import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { LPPoolOptions } from '../functional';
import { Module } from '../module';
import { bindOptions, type Positional } from '../positions';
import * as repr from '../python-repr';
import type { SizeN } from '../sizes';

const defaults: Required<LPPoolOptions> = { stride: null, ceilMode: false };

/** The norm of each window. */
abstract class LPPool extends Module {
  readonly stride: SizeN | null;
  readonly ceilMode: boolean;

  constructor(
    readonly normType: number,
    readonly kernelSize: SizeN,
    ...given: Positional<LPPoolOptions, 'LPPool'>
  ) {
    super();
    ({ stride: this.stride, ceilMode: this.ceilMode } = bindOptions(new.target.name, defaults, given, 'LPPool'));
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
