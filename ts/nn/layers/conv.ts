import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { factoryDefaults, type FactoryOptions, bindOptions, type Arguments } from '../options';
import type { SizeN } from '../sizes';
import { ConvNd } from './conv-nd';

const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;
/** What stands beside the input of a convolution. */
export type PaddingMode = (typeof paddingModes)[number];

export interface ConvOptions extends FactoryOptions {
  /** Steps between the places of the kernel. @default 1 */
  readonly stride?: SizeN;
  /** Rows added at each side; `'same'` keeps the size (stride 1 only), `'valid'` adds none. @default 0 */
  readonly padding?: SizeN | 'same' | 'valid';
  /** Distance between the elements of the kernel. @default 1 */
  readonly dilation?: SizeN;
  /** Blocks of channels that do not see one another; divides both channel counts. @default 1 */
  readonly groups?: number;
  /** Add a trained number to each output channel. @default true */
  readonly bias?: boolean;
  /** What the added rows hold. @default 'zeros' */
  readonly paddingMode?: PaddingMode;
}

/** What the constructors take. */
export type ConvArguments = Arguments<
  [inChannels: number, outChannels: number, kernelSize: SizeN],
  ConvOptions,
  'Conv'
>;

const convDefaults: Required<ConvOptions> = {
  stride: 1,
  padding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  paddingMode: 'zeros',
  ...factoryDefaults,
};

/** A convolution with its padding done before or by the kernel. */
abstract class ForwardConv extends ConvNd {
  readonly padding: readonly number[] | 'same' | 'valid';
  readonly paddingMode: PaddingMode;

  constructor(args: ConvArguments, dimensions: number) {
    const resolved = bindOptions(new.target.name, convDefaults, args, 'Conv');
    super(resolved, dimensions, false);
    const { padding, paddingMode } = resolved;
    this.padding = typeof padding === 'string' ? padding : this.expand('padding', padding, dimensions);
    this.paddingMode = paddingMode;
    requirePadding(this);
  }

  protected abstract convolve(input: Tensor, padding: readonly number[] | 'same' | 'valid'): Tensor;

  forward(input: Tensor): Tensor {
    if (this.paddingMode === 'zeros') return this.convolve(input, this.padding);
    const padded = torch.pad(input, paddingSides(this), { mode: this.paddingMode });
    return this.convolve(
      padded,
      this.kernelSize.map(() => 0),
    );
  }

  override extraRepr(): string {
    const text = super.extraRepr();
    return this.paddingMode === 'zeros' ? text : `${text}, padding_mode=${this.paddingMode}`;
  }
}

function requirePadding(conv: ForwardConv): void {
  const owner = conv.constructor.name;
  if (!paddingModes.includes(conv.paddingMode)) {
    throw new InputError(
      `${owner}: paddingMode must be one of ${paddingModes.join(', ')}, got ${String(conv.paddingMode)}.`,
    );
  }
  if (typeof conv.padding !== 'string') return;
  if (conv.padding !== 'same' && conv.padding !== 'valid') {
    throw new InputError(`${owner}: padding must be numbers, 'same' or 'valid', got '${String(conv.padding)}'.`);
  }
  if (conv.padding === 'same' && conv.stride.some((step) => step !== 1)) {
    throw new InputError(`${owner}: padding 'same' needs stride 1, got [${conv.stride.join(', ')}].`);
  }
}

/** Rows to add as `pad` takes them: last dimension first, both sides of each. */
function paddingSides(conv: ForwardConv): number[] {
  const { padding, dilation, kernelSize } = conv;
  return kernelSize
    .map((kernel, d) => {
      if (padding === 'valid') return [0, 0];
      if (padding !== 'same') return [padding[d] as number, padding[d] as number];
      const total = (dilation[d] as number) * (kernel - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    })
    .reverse()
    .flat();
}

/** Convolution over a sequence: (B, inChannels, L) -> (B, outChannels, L'). Weight: (outChannels, inChannels / groups, k). */
export class Conv1d extends ForwardConv {
  constructor(...args: ConvArguments) {
    super(args, 1);
  }

  protected convolve(input: Tensor, padding: readonly number[] | 'same' | 'valid'): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    const options = { bias, stride, dilation, groups };
    return typeof padding === 'string'
      ? torch.conv1d(input, weight, { ...options, padding })
      : torch.conv1d(input, weight, { ...options, padding });
  }
}

/**
 * Convolution over an image: (B, inChannels, H, W) -> (B, outChannels, H', W').
 * Weight: (outChannels, inChannels / groups, kh, kw).
 */
export class Conv2d extends ForwardConv {
  constructor(...args: ConvArguments) {
    super(args, 2);
  }

  protected convolve(input: Tensor, padding: readonly number[] | 'same' | 'valid'): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    const options = { bias, stride, dilation, groups };
    return typeof padding === 'string'
      ? torch.conv2d(input, weight, { ...options, padding })
      : torch.conv2d(input, weight, { ...options, padding });
  }
}

/**
 * Convolution over a volume: (B, inChannels, D, H, W) -> (B, outChannels, D', H', W').
 * Weight: (outChannels, inChannels / groups, kd, kh, kw).
 */
export class Conv3d extends ForwardConv {
  constructor(...args: ConvArguments) {
    super(args, 3);
  }

  protected convolve(input: Tensor, padding: readonly number[] | 'same' | 'valid'): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    const options = { bias, stride, dilation, groups };
    return typeof padding === 'string'
      ? torch.conv3d(input, weight, { ...options, padding })
      : torch.conv3d(input, weight, { ...options, padding });
  }
}
