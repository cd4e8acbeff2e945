import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface GroupNormOptions extends FactoryOptions {
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
  /** Scale and shift each channel by trained numbers. @default true */
  readonly affine?: boolean;
  /** With `affine`: train a shift too. @default true */
  readonly bias?: boolean;
}

const defaults: Required<GroupNormOptions> = { eps: 1e-5, affine: true, bias: true, ...factoryDefaults };

/** Zero mean and unit variance over each group of channels: (B, numChannels, *) (Wu and He 2018, arXiv 1803.08494). */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  /** (numChannels) */
  declare weight: Parameter | null;
  /** (numChannels) */
  declare bias: Parameter | null;

  constructor(...args: Arguments<[numGroups: number, numChannels: number], GroupNormOptions, 'GroupNorm'>) {
    super();
    const { numGroups, numChannels, eps, affine, bias, ...factory } = bindOptions('GroupNorm', defaults, args);
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    requireSizes('GroupNorm', { numGroups, numChannels }, 1);
    if (numChannels % numGroups !== 0) {
      throw new InputError(`GroupNorm: numGroups must divide numChannels, got ${numGroups} and ${numChannels}.`);
    }
    this.eps = eps;
    this.affine = affine;
    this.registerParameter('weight', affine ? new Parameter(torch.empty([numChannels], factory)) : null);
    this.registerParameter('bias', affine && bias ? new Parameter(torch.empty([numChannels], factory)) : null);
    this.resetParameters();
  }

  /** Fills `weight` with 1 and `bias` with 0. */
  resetParameters(): void {
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  forward(input: Tensor): Tensor {
    return torch.groupNorm(input, this.numGroups, { weight: this.weight, bias: this.bias, eps: this.eps });
  }

  override extraRepr(): string {
    const { numGroups, numChannels, eps, affine, bias } = this;
    return `${numGroups}, ${numChannels}, eps=${repr.float(eps)}, affine=${repr.bool(affine)}, bias=${repr.bool(bias !== null)}`;
  }
}
