import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { FoldOptions } from '../functional';
import { Module } from '../module';
import { bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import type { Size2 } from '../sizes';

const defaults: Required<FoldOptions> = { dilation: 1, padding: 0, stride: 1 };

/** The blocks of an image as columns: (B, C, H, W) -> (B, C·kh·kw, blocks). */
export class Unfold extends Module {
  readonly kernelSize: Size2;
  readonly dilation: Size2;
  readonly padding: Size2;
  readonly stride: Size2;

  constructor(...args: Arguments<[kernelSize: Size2], FoldOptions, 'Unfold'>) {
    super();
    const { kernelSize, dilation, padding, stride } = bindOptions('Unfold', defaults, args);
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  forward(input: Tensor): Tensor {
    return F.unfold(input, this.kernelSize, this);
  }

  override extraRepr(): string {
    return `kernel_size=${repr.size(this.kernelSize)}, ${stepsRepr(this)}`;
  }
}

/** Adds columns up to an image, the gradient of `Unfold`: (B, C·kh·kw, blocks) -> (B, C, …outputSize). */
export class Fold extends Module {
  readonly outputSize: Size2;
  readonly kernelSize: Size2;
  readonly dilation: Size2;
  readonly padding: Size2;
  readonly stride: Size2;

  constructor(...args: Arguments<[outputSize: Size2, kernelSize: Size2], FoldOptions, 'Fold'>) {
    super();
    const { outputSize, kernelSize, dilation, padding, stride } = bindOptions('Fold', defaults, args);
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  forward(input: Tensor): Tensor {
    return F.fold(input, this.outputSize, this.kernelSize, this);
  }

  override extraRepr(): string {
    return `output_size=${repr.size(this.outputSize)}, kernel_size=${repr.size(this.kernelSize)}, ${stepsRepr(this)}`;
  }
}

function stepsRepr({ dilation, padding, stride }: Required<FoldOptions>): string {
  return `dilation=${repr.size(dilation)}, padding=${repr.size(padding)}, stride=${repr.size(stride)}`;
}
