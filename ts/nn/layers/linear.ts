import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface LinearOptions extends FactoryOptions {
  /** Add a trained vector to the output. @default true */
  readonly bias?: boolean;
}

const defaults: Required<LinearOptions> = { bias: true, ...factoryDefaults };

/** `x Wᵀ + b`: (*, inFeatures) -> (*, outFeatures). */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** (outFeatures, inFeatures) */
  declare weight: Parameter;
  /** (outFeatures) */
  declare bias: Parameter | null;

  constructor(...args: Arguments<[inFeatures: number, outFeatures: number], LinearOptions, 'Linear'>) {
    super();
    const { inFeatures, outFeatures, bias, ...factory } = bindOptions('Linear', defaults, args);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    requireSizes('Linear', { inFeatures, outFeatures });
    this.weight = new Parameter(torch.empty([outFeatures, inFeatures], factory));
    this.registerParameter('bias', bias ? new Parameter(torch.empty([outFeatures], factory)) : null);
    this.resetParameters();
  }

  /** Draws `weight` and `bias` anew, both uniformly within `1 / sqrt(inFeatures)`. */
  resetParameters(): void {
    init.defaultWeightAndBias(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    return torch.linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${repr.bool(this.bias !== null)}`;
  }
}
