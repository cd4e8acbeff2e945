import { BatchNorm2d, Conv2d, init, type Parameter } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';
import { FrozenBatchNorm2d, overPixels, scaleAndShift } from './frozen-batch-norm';

/** A convolution without bias that keeps the size but for its stride, and starts as He et al. 2015 (arXiv 1502.01852) start it. */
export class ResNetConv extends Conv2d implements SelfInitializing {
  constructor(inChannels: number, outChannels: number, kernel: number, { stride = 1, dilation = 1 } = {}, factory?: ModelFactory) {
    super(inChannels, outChannels, kernel, { stride, dilation, padding: dilation * Math.floor(kernel / 2), bias: false, ...factory });
  }

  /** transformers draws twice, first as for any convolution; so do we, for the same numbers from the same seed. */
  initializeWeights(range: number, isFresh: (parameter: Parameter) => boolean): void {
    if (!isFresh(this.weight)) return;
    init.normal_(this.weight, 0, range);
    init.kaimingNormal_(this.weight, { mode: 'fan_out', nonlinearity: 'relu' });
  }

  /** With another kernel than its own, and a bias. */
  convolveWith(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
    const { stride, dilation, groups } = this;
    return torch.conv2d(input, weight, { bias, stride, padding: this.padding as readonly number[], dilation, groups });
  }
}

export type Norm = FrozenBatchNorm2d | BatchNorm2d;

/**
 * A convolution and the batch normalisation behind it, computed together. Not a module: both belong to the block that has
 * it, under the names of the block.
 */
export class ConvNorm {
  constructor(readonly conv: ResNetConv, readonly norm: Norm) {}

  /** (B, C, H, W) -> (B, C', H', W'); the result is nobody else's, so that what follows may write into it. */
  apply(input: Tensor): Tensor {
    const { conv, norm } = this;
    if (norm instanceof BatchNorm2d && norm.training) return norm.forward(conv.forward(input));
    return torch.scoped(() => {
      const { scale, shift } = scaleAndShift(norm);
      // Scaling the kernel costs a pass over the weights; scaling the output, over the output. The smaller of the two.
      if (this.#outputNumel(input) > conv.weight.numel()) {
        return conv.convolveWith(input, conv.weight.mul(scale.reshape([-1, 1, 1, 1])), shift);
      }
      return conv.forward(input).mul_(overPixels(scale)).add_(overPixels(shift));
    });
  }

  #outputNumel({ shape: [batch, , height, width] }: Tensor): number {
    const [step] = this.conv.stride as [number];
    return batch! * this.conv.outChannels * Math.ceil(height! / step) * Math.ceil(width! / step);
  }
}
