import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { normalizedSizes } from '../sizes';

export interface RMSNormOptions extends FactoryOptions {
  /** Added to the mean of squares; null takes the machine epsilon of the input's type. @default null */
  readonly eps?: number | null;
  /** Scale each element by a trained number. @default true */
  readonly elementwiseAffine?: boolean;
}

const defaults: Required<RMSNormOptions> = { eps: null, elementwiseAffine: true, ...factoryDefaults };

/** Unit root mean square over the last dimensions, those of `normalizedShape` (Zhang and Sennrich 2019, arXiv 1910.07467). */
export class RMSNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  /** (…normalizedShape) */
  declare weight: Parameter | null;

  constructor(...args: Arguments<[normalizedShape: number | readonly number[]], RMSNormOptions, 'RMSNorm'>) {
    super();
    const { normalizedShape, eps, elementwiseAffine, ...factory } = bindOptions('RMSNorm', defaults, args);
    this.normalizedShape = normalizedSizes('RMSNorm', normalizedShape);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.registerParameter(
      'weight',
      elementwiseAffine ? new Parameter(torch.empty(this.normalizedShape, factory)) : null,
    );
    this.resetParameters();
  }

  /** Fills `weight` with 1. */
  resetParameters(): void {
    if (this.weight) init.ones_(this.weight);
  }

  forward(input: Tensor): Tensor {
    return torch.rmsNorm(input, this.normalizedShape, { weight: this.weight, eps: this.eps });
  }

  override extraRepr(): string {
    const eps = this.eps === null ? 'None' : repr.float(this.eps);
    return `${repr.tuple(this.normalizedShape)}, eps=${eps}, elementwise_affine=${repr.bool(this.elementwiseAffine)}`;
  }
}
