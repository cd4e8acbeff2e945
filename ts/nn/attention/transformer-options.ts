import { InputError } from '../../errors';
import type { Tensor } from '../../tensor';
import { gelu, relu } from '../functional';
import type { LayerNormOptions } from '../norm/layer-norm';
import { factoryDefaults, type FactoryOptions } from '../options';

/** What stands between the two linear layers of a transformer's layer. */
export type TransformerActivation = 'relu' | 'gelu' | ((input: Tensor) => Tensor);

export interface TransformerLayerOptions extends FactoryOptions {
  /** Width between the two linear layers. @default 2048 */
  readonly dimFeedforward?: number;
  /** Probability of dropping, in attention and everywhere else, while training. @default 0.1 */
  readonly dropout?: number;
  /** What stands between the two linear layers. @default 'relu' */
  readonly activation?: TransformerActivation;
  /** Added to the variances. @default 1e-5 */
  readonly layerNormEps?: number;
  /** Inputs and output are (B, N, D); without, (N, B, D). @default false */
  readonly batchFirst?: boolean;
  /** Normalise before attention and linear layers instead of after. @default false */
  readonly normFirst?: boolean;
  /** Add trained vectors in linear layers and norms. @default true */
  readonly bias?: boolean;
}

export const layerDefaults: Required<TransformerLayerOptions> = {
  dimFeedforward: 2048,
  dropout: 0.1,
  activation: 'relu',
  layerNormEps: 1e-5,
  batchFirst: false,
  normFirst: false,
  bias: true,
  ...factoryDefaults,
};

export function normOptions({
  layerNormEps,
  bias,
  device,
  dtype,
}: Required<TransformerLayerOptions>): Required<LayerNormOptions> {
  return { eps: layerNormEps, bias, device, dtype, elementwiseAffine: true };
}

/** The function of an activation. */
export function activationFunction(activation: TransformerActivation): (input: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  if (activation === 'relu') return (input) => relu(input);
  if (activation === 'gelu') return (input) => gelu(input);
  throw new InputError(`A transformer's activation must be 'relu', 'gelu' or a function, got '${String(activation)}'.`);
}
