import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { OutputSize } from '../functional';
import { Module } from '../module';
import { bindOptions, type Arguments, type NoOptions } from '../options';

/** A pooling whose windows follow from the size of its output. */
abstract class AdaptivePool extends Module {
  readonly outputSize: OutputSize;

  constructor(...args: Arguments<[outputSize: OutputSize], NoOptions, 'AdaptivePool'>) {
    super();
    const { outputSize } = bindOptions(new.target.name, {}, args, 'AdaptivePool');
    this.outputSize = outputSize;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { outputSize } = this;
    if (outputSize === null || typeof outputSize === 'number') return `output_size=${outputSize ?? 'None'}`;
    const sizes = outputSize.map((size) => size ?? 'None').join(', ');
    return `output_size=(${sizes}${outputSize.length === 1 ? ',' : ''})`;
  }
}

/** Means of windows chosen so that the output has the given size: (B, C, L) -> (B, C, outputSize). */
export class AdaptiveAvgPool1d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool1d(input, this.outputSize);
  }
}

/** Means of windows chosen so that the output has the given size: (B, C, H, W) -> (B, C, …outputSize); null keeps a size. */
export class AdaptiveAvgPool2d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool2d(input, this.outputSize);
  }
}

/** Means of windows chosen so that the output has the given size: (B, C, D, H, W) -> (B, C, …outputSize); null keeps a size. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool3d(input, this.outputSize);
  }
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, L) -> (B, C, outputSize). */
export class AdaptiveMaxPool1d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool1d(input, this.outputSize);
  }
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, H, W) -> (B, C, …outputSize). */
export class AdaptiveMaxPool2d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool2d(input, this.outputSize);
  }
}

/** Largest elements of windows chosen so that the output has the given size: (B, C, D, H, W) -> (B, C, …outputSize). */
export class AdaptiveMaxPool3d extends AdaptivePool {
  forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool3d(input, this.outputSize);
  }
}
