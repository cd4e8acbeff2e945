/**
 * A convolution whose kernel lies in memory as oneDNN reads it fastest, and whose kernels do what follows before they
 * write: the operators that TorchInductor's freezing uses. For float32 on the CPU, and without autograd.
 */
import type { Conv2d } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';

const call = (name: string, overload: string, ...args: readonly unknown[]): Tensor =>
  torch.ops['mkldnn']![name]![overload]!(...(args as never[])) as Tensor;

/** What follows the convolution, in this order. */
export interface Epilogue {
  readonly residual?: Tensor;
  readonly relu?: boolean;
  /** Whether the residual is done with, so that the result may take its memory. @default false */
  readonly intoResidual?: boolean;
}

/** Changes when the tensor is written to. */
function version(tensor: Tensor): number {
  return torch.ops.aten._version.default(tensor) as number;
}

export class PackedConv {
  readonly #geometry: readonly [
    padding: readonly number[],
    stride: readonly number[],
    dilation: readonly number[],
    groups: number,
  ];
  readonly #weight: Tensor;
  readonly #bias: Tensor;
  readonly #source: readonly Tensor[];
  readonly #versions: readonly number[];

  /** Whether a packed kernel can stand for this one; libtorch registers the operators where it was built with oneDNN. */
  static takes(weight: Tensor, input: Tensor): boolean {
    return (
      weight.device === 'cpu' &&
      weight.dtype === 'float32' &&
      input.dtype === 'float32' &&
      torch.backends.mkldnn.isAvailable()
    );
  }

  /**
   * @param weight, bias what to convolve with
   * @param source the tensors that both were computed from
   * @param inputShape for which the layout is chosen; others work too
   */
  constructor(
    { padding, stride, dilation, groups }: Conv2d,
    weight: Tensor,
    bias: Tensor,
    source: readonly Tensor[],
    inputShape: readonly number[],
  ) {
    this.#geometry = [padding as readonly number[], stride, dilation, groups];
    const unpacked = weight.detach().contiguous({ memoryFormat: 'channels_last' });
    this.#weight = torch.keep(call('_reorder_convolution_weight', 'default', unpacked, ...this.#geometry, inputShape));
    this.#bias = torch.keep(bias.detach().clone());
    this.#source = source;
    this.#versions = source.map(version);
  }

  /** Whether it was made from these tensors, as they are now. */
  isOf(source: readonly Tensor[]): boolean {
    return source.every((tensor, i) => tensor === this.#source[i] && version(tensor) === this.#versions[i]);
  }

  /** (B, C, H, W) -> (B, C', H', W'), in the memory format of the input. */
  run(input: Tensor, { residual, relu, intoResidual }: Epilogue): Tensor {
    const operands = [this.#weight, this.#bias, ...this.#geometry];
    if (!residual) return call('_convolution_pointwise', 'default', input, ...operands, relu ? 'relu' : 'none', [], '');
    const added = [...operands, 'add', 1, relu ? 'relu' : null, [], ''];
    if (intoResidual) return call('_convolution_pointwise_', 'binary', residual, input, ...added);
    return call('_convolution_pointwise', 'binary', input, residual, ...added);
  }

  dispose(): void {
    this.#weight.dispose();
    this.#bias.dispose();
  }
}
