import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { normalizedSizes } from '../sizes';

export interface LayerNormOptions extends FactoryOptions {
  /** Added to the variance. @default 1e-5 */
  readonly eps?: number;
  /** Scale and shift each element by trained numbers. @default true */
  readonly elementwiseAffine?: boolean;
  /** With `elementwiseAffine`: train a shift too. @default true */
  readonly bias?: boolean;
}

const defaults: Required<LayerNormOptions> = { eps: 1e-5, elementwiseAffine: true, bias: true, ...factoryDefaults };

/** Zero mean and unit variance over the last dimensions, those of `normalizedShape` (Ba et al. 2016, arXiv 1607.06450). */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** (…normalizedShape) */
  declare weight: Parameter | null;
  /** (…normalizedShape) */
  declare bias: Parameter | null;

  constructor(...args: Arguments<[normalizedShape: number | readonly number[]], LayerNormOptions, 'LayerNorm'>) {
    super();
    const { normalizedShape, eps, elementwiseAffine, bias, ...factory } = bindOptions('LayerNorm', defaults, args);
    this.normalizedShape = normalizedSizes('LayerNorm', normalizedShape);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.registerParameter(
      'weight',
      elementwiseAffine ? new Parameter(torch.empty(this.normalizedShape, factory)) : null,
    );
    this.registerParameter(
      'bias',
      elementwiseAffine && bias ? new Parameter(torch.empty(this.normalizedShape, factory)) : null,
    );
    this.resetParameters();
  }

  /** Fills `weight` with 1 and `bias` with 0. */
  resetParameters(): void {
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  forward(input: Tensor): Tensor {
    return torch.layerNorm(input, this.normalizedShape, { weight: this.weight, bias: this.bias, eps: this.eps });
  }

  override extraRepr(): string {
    return (
      `${repr.tuple(this.normalizedShape)}, eps=${repr.float(this.eps)}, ` +
      `elementwise_affine=${repr.bool(this.elementwiseAffine)}, bias=${repr.bool(this.bias !== null)}`
    );
  }
}
