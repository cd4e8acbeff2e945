import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { checkOptions } from '../../options';
import { factoryDefaults, type FactoryOptions, bindOptions, type Arguments } from '../options';
import * as repr from '../python-repr';
import type { SizeN } from '../sizes';
import { ConvNd } from './conv-nd';

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

export interface ConvTransposeCall {
  /** Spatial size of the output, among those that the stride allows; takes the place of `outputPadding`. */
  readonly outputSize?: readonly number[];
}

interface TransposeSettings {
  readonly bias: Tensor | null;
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly groups: number;
  readonly dilation: readonly number[];
}

/** What the constructors take. */
export type ConvTransposeArguments = Arguments<
  [inChannels: number, outChannels: number, kernelSize: SizeN],
  ConvTransposeOptions,
  'ConvTranspose'
>;

const transposeDefaults: Required<ConvTransposeOptions> = {
  stride: 1,
  padding: 0,
  outputPadding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  ...factoryDefaults,
};

/** The gradient of a convolution as a layer. */
export abstract class ConvTransposeNd extends ConvNd {
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];

  constructor(args: ConvTransposeArguments, dimensions: number) {
    const resolved = bindOptions(new.target.name, transposeDefaults, args, 'ConvTranspose');
    super(resolved, dimensions, true);
    this.padding = this.expand('padding', resolved.padding, dimensions);
    this.outputPadding = this.expand('outputPadding', resolved.outputPadding, dimensions);
  }

  /** @param call the spatial size of the output, among those that differ by less than a stride; as options or alone */
  abstract override forward(input: Tensor, call?: ConvTransposeCall | readonly number[]): Tensor;

  /** What the operator takes beside input and weight. */
  protected settings(input: Tensor, call: ConvTransposeCall | readonly number[]): TransposeSettings {
    const given = isSizes(call) ? { outputSize: call } : call;
    checkOptions(`${this.constructor.name}.forward`, given, ['outputSize']);
    const { outputSize } = given;
    const { bias, stride, padding, groups, dilation } = this;
    const outputPadding = outputSize === undefined ? this.outputPadding : outputPaddingFor(this, input, outputSize);
    return { bias, stride, padding, outputPadding, groups, dilation };
  }

  protected override middleRepr(): string {
    return this.outputPadding.some((rows) => rows !== 0) ? `, output_padding=${repr.tuple(this.outputPadding)}` : '';
  }
}

function outputPaddingFor(conv: ConvTransposeNd, input: Tensor, outputSize: readonly number[]): number[] {
  const dimensions = conv.kernelSize.length;
  const rows = input.shape.slice(-dimensions).map((size, d) => {
    const reach = conv.dilation[d]! * (conv.kernelSize[d]! - 1) + 1;
    return outputSize.slice(-dimensions)[d]! - ((size - 1) * conv.stride[d]! - 2 * conv.padding[d]! + reach);
  });
  const fits = outputSize.length >= dimensions && rows.every((added, d) => added >= 0 && added < conv.stride[d]!);
  if (fits) return rows;
  throw new ShapeError(
    `${conv.constructor.name}: an input of [${input.shape.join(', ')}] cannot give the output size [${outputSize.join(', ')}]: ` +
      `the size may exceed the least one by less than the stride.`,
  );
}

function isSizes(call: ConvTransposeCall | readonly number[]): call is readonly number[] {
  return Array.isArray(call);
}

/**
 * The gradient of `Conv1d` as a layer: (B, inChannels, L) -> (B, outChannels, L').
 * Weight: (inChannels, outChannels / groups, k).
 */
export class ConvTranspose1d extends ConvTransposeNd {
  constructor(...args: ConvTransposeArguments) {
    super(args, 1);
  }

  forward(input: Tensor, call: ConvTransposeCall | readonly number[] = {}): Tensor {
    return torch.convTranspose1d(input, this.weight, this.settings(input, call));
  }
}

/**
 * The gradient of `Conv2d` as a layer: (B, inChannels, H, W) -> (B, outChannels, H', W').
 * Weight: (inChannels, outChannels / groups, kh, kw).
 */
export class ConvTranspose2d extends ConvTransposeNd {
  constructor(...args: ConvTransposeArguments) {
    super(args, 2);
  }

  forward(input: Tensor, call: ConvTransposeCall | readonly number[] = {}): Tensor {
    return torch.convTranspose2d(input, this.weight, this.settings(input, call));
  }
}

/**
 * The gradient of `Conv3d` as a layer: (B, inChannels, D, H, W) -> (B, outChannels, D', H', W').
 * Weight: (inChannels, outChannels / groups, kd, kh, kw).
 */
export class ConvTranspose3d extends ConvTransposeNd {
  constructor(...args: ConvTransposeArguments) {
    super(args, 3);
  }

  forward(input: Tensor, call: ConvTransposeCall | readonly number[] = {}): Tensor {
    return torch.convTranspose3d(input, this.weight, this.settings(input, call));
  }
}
