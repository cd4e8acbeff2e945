import { BatchNorm2d, Conv2d, init, Module, type Parameter } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isTracing } from '../../tensor/core/context';
import { reluInPlace } from '../activations';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';
import { PackedConv, type Epilogue } from './packed-conv';

/** What the batch normalisations of published ResNets add to the variance. */
export const BATCH_NORM_EPS = 1e-5;

/**
 * Batch normalisation whose statistics, scale and shift stay as they were loaded: all four are buffers. Detectors use it
 * because their batches are too small to measure anything (torchvision's FrozenBatchNorm2d).
 */
export class FrozenBatchNorm2d extends Module {
  declare weight: Tensor;
  declare bias: Tensor;
  declare running_mean: Tensor;
  declare running_var: Tensor;

  constructor(
    readonly numFeatures: number,
    factory?: ModelFactory,
  ) {
    super();
    this.registerBuffer('weight', torch.ones([numFeatures], { ...factory }));
    this.registerBuffer('bias', torch.zeros([numFeatures], { ...factory }));
    this.registerBuffer('running_mean', torch.zeros([numFeatures], { ...factory }));
    this.registerBuffer('running_var', torch.ones([numFeatures], { ...factory }));
  }

  /** (B, numFeatures, H, W) to the same shape. */
  forward(input: Tensor): Tensor {
    const { scale, shift } = scaleAndShift(this);
    const overPixels = [1, -1, 1, 1]; // (C) -> (1, C, 1, 1)
    return input.mul(scale.view(overPixels)).add(shift.view(overPixels));
  }

  /** Files of normalisations that were trained count their batches. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    state.delete(`${prefix}num_batches_tracked`);
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=1e-05`;
  }
}

interface Statistics {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly running_mean: Tensor | null;
  readonly running_var: Tensor | null;
}

/** What a normalisation by running statistics multiplies each channel by and then adds: (C), (C). */
function scaleAndShift({ weight, bias, running_mean, running_var }: Statistics): {
  scale: Tensor;
  shift: Tensor;
} {
  const scale = weight!.mul(running_var!.add(BATCH_NORM_EPS).rsqrt());
  return { scale, shift: bias!.sub(running_mean!.mul(scale)) };
}

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
  initializeWeights(range: number, needsInit: (parameter: Parameter) => boolean): void {
    if (!needsInit(this.weight)) return;
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
  /**
   * Whether to pack the kernel when autograd is switched off. While it is on, as in a training, a kernel is packed in any case
   * that gets no gradient: that of a frozen stage.
   */
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
      return relu ? reluInPlace(output) : output;
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
