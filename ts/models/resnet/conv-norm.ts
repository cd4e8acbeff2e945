import { BatchNorm2d, Conv2d, init, type Parameter } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isTracing } from '../../tensor/tracing';
import { rectified } from '../activations';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';
import { FrozenBatchNorm2d, scaleAndShift } from './frozen-batch-norm';
import { PackedConv, type Epilogue } from './packed-conv';

/** @internal A convolution without bias that keeps the size but for its stride, and starts as He et al. 2015 (arXiv 1502.01852) start it. */
export class ResNetConv extends Conv2d implements SelfInitializing {
  constructor(
    inChannels: number,
    outChannels: number,
    kernel: number,
    { stride = 1, dilation = 1 } = {},
    factory?: ModelFactory,
  ) {
    super(inChannels, outChannels, kernel, {
      stride,
      dilation,
      padding: dilation * Math.floor(kernel / 2),
      bias: false,
      ...factory,
    });
  }

  /** transformers draws twice, first as for any convolution; so do we, for the same numbers from the same seed. */
  initializeWeights(range: number, isFresh: (parameter: Parameter) => boolean): void {
    if (!isFresh(this.weight)) return;
    init.normal_(this.weight, 0, range);
    init.kaimingNormal_(this.weight, { mode: 'fan_out', nonlinearity: 'relu' });
  }
}

export type Norm = FrozenBatchNorm2d | BatchNorm2d;

/**
 * A convolution and the batch normalisation behind it, computed together. Not a module: both belong to the block that has
 * it, under the names of the block.
 */
export class ConvNorm {
  /** Computes by a packed kernel wherever autograd does not look; a parameter that is not trained is packed in any case. */
  packs = false;
  #packed: PackedConv | undefined;

  constructor(
    readonly conv: ResNetConv,
    readonly norm: Norm,
  ) {}

  /** (B, C, H, W) -> (B, C', H', W'); the result is nobody else's, so that what follows may write into it. */
  apply(input: Tensor, epilogue: Epilogue = {}): Tensor {
    return torch.scoped(() => {
      const isRecorded = this.#isRecorded(input);
      const packed = this.#measuresBatch() || isRecorded ? undefined : this.#pack(input);
      if (packed) return packed.run(input, epilogue);
      const { residual, relu } = epilogue;
      // oneDNN's kernels for the gradient of a weight are up to four times as slow where channels lie last.
      let output = this.#normalised(isRecorded ? input.contiguous() : input);
      if (residual) output = isTracing() ? output.add(residual) : output.add_(residual);
      return relu ? rectified(output) : output;
    });
  }

  /** Frees the packed kernel. */
  unpack(): void {
    this.packs = false;
    this.#packed?.dispose();
    this.#packed = undefined;
  }

  #normalised(input: Tensor): Tensor {
    const { conv, norm } = this;
    if (norm instanceof BatchNorm2d && norm.training) return norm.forward(conv.forward(input));
    const { weight, bias } = this.#folded();
    const { stride, padding, dilation } = conv;
    return torch.conv2d(input, weight, { bias, stride, padding: padding as readonly number[], dilation });
  }

  /** Kernel and bias with the normalisation in them: a pass over the weights instead of two over the output. */
  #folded(): { weight: Tensor; bias: Tensor } {
    const { scale, shift } = scaleAndShift(this.norm);
    return { weight: this.conv.weight.mul(scale.view([-1, 1, 1, 1])), bias: shift };
  }

  #measuresBatch(): boolean {
    return this.norm instanceof BatchNorm2d && this.norm.training;
  }

  #tensors(): Tensor[] {
    const { weight, bias, running_mean, running_var } = this.norm;
    return [this.conv.weight, weight!, bias!, running_mean!, running_var!];
  }

  #isRecorded(input: Tensor): boolean {
    return torch.isGradEnabled() && [input, ...this.#tensors()].some((tensor) => tensor.requiresGrad);
  }

  #pack(input: Tensor): PackedConv | undefined {
    if (isTracing()) return undefined; // what packs the kernel would be part of the record
    const source = this.#tensors();
    if (this.#packed?.isOf(source)) return this.#packed;
    this.#packed?.dispose();
    this.#packed = undefined;
    const isFrozen = torch.isGradEnabled();
    if ((!this.packs && !isFrozen) || !PackedConv.takes(this.conv.weight, input)) return undefined;
    const { weight, bias } = this.#folded();
    return (this.#packed = new PackedConv(this.conv, weight, bias, source, input.shape));
  }
}
