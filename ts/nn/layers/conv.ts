import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, resolveOptions, type FactoryOptions } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { expandSize, type SizeN } from '../sizes';

const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;
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

export interface ConvTransposeOptions extends FactoryOptions {
  /** Steps between the places of the kernel in the output. @default 1 */
  readonly stride?: SizeN;
  /** Rows taken off each side of the output. @default 0 */
  readonly padding?: SizeN;
  /** Rows added to one side of the output, to choose among the sizes that a stride allows. @default 0 */
  readonly outputPadding?: SizeN;
  /** Distance between the elements of the kernel. @default 1 */
  readonly dilation?: SizeN;
  /** Blocks of channels that do not see one another; divides both channel counts. @default 1 */
  readonly groups?: number;
  /** Add a trained number to each output channel. @default true */
  readonly bias?: boolean;
}

const convDefaults: Required<ConvOptions> = {
  stride: 1,
  padding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  paddingMode: 'zeros',
  ...factoryDefaults,
};
const transposeDefaults: Required<ConvTransposeOptions> = {
  stride: 1,
  padding: 0,
  outputPadding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  ...factoryDefaults,
};

/** What the convolutions share: sizes by dimension, the parameters, and how they print. */
abstract class ConvNd extends Module {
  weight: Parameter;
  /** (outChannels) */
  bias: Parameter | null;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  abstract readonly padding: readonly number[] | 'same' | 'valid';

  protected constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: SizeN,
    options: Required<FactoryOptions> & { stride: SizeN; dilation: SizeN; groups: number; bias: boolean },
    dimensions: number,
    transposed: boolean,
  ) {
    super();
    const { stride, dilation, groups, bias, device, dtype } = options;
    requireSizes(this.constructor.name, { inChannels, outChannels });
    requireSizes(this.constructor.name, { groups }, 1);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new InputError(
        `${this.constructor.name}: groups must divide both channel counts, got ${groups} for ${inChannels} and ${outChannels}.`,
      );
    }
    this.kernelSize = this.expand('kernelSize', kernelSize, dimensions);
    this.stride = this.expand('stride', stride, dimensions);
    this.dilation = this.expand('dilation', dilation, dimensions);
    this.groups = groups;
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = new Parameter(torch.empty([...channels, ...this.kernelSize], { device, dtype }));
    this.bias = bias ? new Parameter(torch.empty([outChannels], { device, dtype })) : null;
    this.resetParameters();
  }

  protected expand(name: string, size: SizeN, dimensions: number): number[] {
    return expandSize(this.constructor.name, name, size, dimensions);
  }

  resetParameters(): void {
    init.defaultWeightAndBias(this.weight, this.bias);
  }

  /** What stands between the padding and the groups in the printed layer. */
  protected middleRepr(): string {
    return '';
  }

  override extraRepr(): string {
    const { padding, dilation, groups, bias } = this;
    let text = `${this.inChannels}, ${this.outChannels}`;
    text += `, kernel_size=${repr.tuple(this.kernelSize)}, stride=${repr.tuple(this.stride)}`;
    if (typeof padding === 'string') text += `, padding=${padding}`;
    else if (padding.some((rows) => rows !== 0)) text += `, padding=${repr.tuple(padding)}`;
    if (dilation.some((distance) => distance !== 1)) text += `, dilation=${repr.tuple(dilation)}`;
    text += this.middleRepr();
    if (groups !== 1) text += `, groups=${groups}`;
    return bias === null ? `${text}, bias=False` : text;
  }
}

/** A convolution with its padding done before or by the kernel. */
abstract class ForwardConv extends ConvNd {
  readonly padding: readonly number[] | 'same' | 'valid';
  readonly paddingMode: PaddingMode;

  constructor(inChannels: number, outChannels: number, kernelSize: SizeN, options: ConvOptions, dimensions: number) {
    const resolved = resolveOptions(new.target.name, convDefaults, options);
    super(inChannels, outChannels, kernelSize, resolved, dimensions, false);
    const { padding, paddingMode } = resolved;
    this.padding = typeof padding === 'string' ? padding : this.expand('padding', padding, dimensions);
    this.paddingMode = paddingMode;
    this.#check();
  }

  #check(): void {
    const owner = this.constructor.name;
    if (!paddingModes.includes(this.paddingMode)) {
      throw new InputError(`${owner}: paddingMode must be one of ${paddingModes.join(', ')}, got ${String(this.paddingMode)}.`);
    }
    if (typeof this.padding !== 'string') return;
    if (this.padding !== 'same' && this.padding !== 'valid') {
      throw new InputError(`${owner}: padding must be numbers, 'same' or 'valid', got '${String(this.padding)}'.`);
    }
    if (this.padding === 'same' && this.stride.some((step) => step !== 1)) {
      throw new InputError(`${owner}: padding 'same' needs stride 1, got [${this.stride.join(', ')}].`);
    }
  }

  protected abstract convolve(input: Tensor, padding: readonly number[] | 'same' | 'valid'): Tensor;

  forward(input: Tensor): Tensor {
    if (this.paddingMode === 'zeros') return this.convolve(input, this.padding);
    const padded = torch.pad(input, this.#sides(), { mode: this.paddingMode });
    return this.convolve(
      padded,
      this.kernelSize.map(() => 0),
    );
  }

  /** Rows to add as `pad` takes them: last dimension first, both sides of each. */
  #sides(): number[] {
    const { padding, dilation, kernelSize } = this;
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

  override extraRepr(): string {
    const text = super.extraRepr();
    return this.paddingMode === 'zeros' ? text : `${text}, padding_mode=${this.paddingMode}`;
  }
}

/** Convolution over a sequence: (B, inChannels, L) -> (B, outChannels, L'). Weight: (outChannels, inChannels / groups, k). */
export class Conv1d extends ForwardConv {
  constructor(inChannels: number, outChannels: number, kernelSize: SizeN, options: ConvOptions = {}) {
    super(inChannels, outChannels, kernelSize, options, 1);
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
  constructor(inChannels: number, outChannels: number, kernelSize: SizeN, options: ConvOptions = {}) {
    super(inChannels, outChannels, kernelSize, options, 2);
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
 * The gradient of `Conv2d` as a layer: (B, inChannels, H, W) -> (B, outChannels, H', W').
 * Weight: (inChannels, outChannels / groups, kh, kw).
 */
export class ConvTranspose2d extends ConvNd {
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];

  constructor(inChannels: number, outChannels: number, kernelSize: SizeN, options: ConvTransposeOptions = {}) {
    const resolved = resolveOptions('ConvTranspose2d', transposeDefaults, options);
    super(inChannels, outChannels, kernelSize, resolved, 2, true);
    this.padding = this.expand('padding', resolved.padding, 2);
    this.outputPadding = this.expand('outputPadding', resolved.outputPadding, 2);
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, outputPadding, groups, dilation } = this;
    return torch.convTranspose2d(input, this.weight, { bias: this.bias, stride, padding, outputPadding, groups, dilation });
  }

  protected override middleRepr(): string {
    return this.outputPadding.some((rows) => rows !== 0) ? `, output_padding=${repr.tuple(this.outputPadding)}` : '';
  }
}
