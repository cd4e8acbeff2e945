import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface BilinearOptions extends FactoryOptions {
  /** Add a trained vector to the output. @default true */
  readonly bias?: boolean;
}

const defaults: Required<BilinearOptions> = { bias: true, ...factoryDefaults };

/** `x1ᵀ A x2 + b`: (*, in1Features), (*, in2Features) -> (*, outFeatures). */
export class Bilinear extends Module {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  /** (outFeatures, in1Features, in2Features) */
  declare weight: Parameter;
  /** (outFeatures) */
  declare bias: Parameter | null;

  constructor(
    ...args: Arguments<[in1Features: number, in2Features: number, outFeatures: number], BilinearOptions, 'Bilinear'>
  ) {
    super();
    const { in1Features, in2Features, outFeatures, bias, ...factory } = bindOptions('Bilinear', defaults, args);
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    requireSizes('Bilinear', { in1Features }, 1);
    requireSizes('Bilinear', { in2Features, outFeatures });
    this.weight = new Parameter(torch.empty([outFeatures, in1Features, in2Features], factory));
    this.registerParameter('bias', bias ? new Parameter(torch.empty([outFeatures], factory)) : null);
    this.resetParameters();
  }

  /** Draws `weight` and `bias` anew, both uniformly within `1 / sqrt(in1Features)`. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    init.uniform_(this.weight, -bound, bound);
    if (this.bias) init.uniform_(this.bias, -bound, bound);
  }

  forward(input1: Tensor, input2: Tensor): Tensor {
    return torch.bilinear(input1, input2, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}, bias=${repr.bool(bias !== null)}`;
  }
}
