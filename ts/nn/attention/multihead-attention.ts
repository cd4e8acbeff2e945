import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { multiHeadAttentionForward, type AttentionOptions } from '../functional/attention';
import * as init from '../init';
import { Linear } from '../layers/linear';
import { Module } from '../module';
import {
  bindArguments,
  factoryDefaults,
  requireProbability,
  requireSizes,
  type ByNameOrPosition,
  type FactoryOptions,
  bindOptions,
  type Arguments,
} from '../options';
import { Parameter } from '../parameter';

export interface MultiheadAttentionOptions extends FactoryOptions {
  /** Probability of an attention weight to become zero while training. @default 0 */
  readonly dropout?: number;
  /** Add trained vectors in all four projections. @default true */
  readonly bias?: boolean;
  /** Train one more key and value, which all queries see. @default false */
  readonly addBiasKv?: boolean;
  /** Add a key and value of zeros, so that a query may look at nothing. @default false */
  readonly addZeroAttn?: boolean;
  /** Width of the keys; null for `embedDim`. @default null */
  readonly kdim?: number | null;
  /** Width of the values; null for `embedDim`. @default null */
  readonly vdim?: number | null;
  /** Inputs and output are (B, N, D); without, (N, B, D). @default false */
  readonly batchFirst?: boolean;
}

const defaults: Required<MultiheadAttentionOptions> = {
  dropout: 0,
  bias: true,
  addBiasKv: false,
  addZeroAttn: false,
  kdim: null,
  vdim: null,
  batchFirst: false,
  ...factoryDefaults,
};

const callDefaults: Required<AttentionOptions> = {
  keyPaddingMask: null,
  needWeights: true,
  attnMask: null,
  averageAttnWeights: true,
  isCausal: false,
};

/** PyTorch prints the output projection under this name. */
class NonDynamicallyQuantizableLinear extends Linear {}

/** Attention of queries over keys and values in several heads (Vaswani et al. 2017, arXiv 1706.03762). */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  /** (3 D, D), or null where keys or values have a width of their own */
  in_proj_weight: Parameter | null = null;
  /** (D, D), null with `in_proj_weight` */
  q_proj_weight: Parameter | null = null;
  /** (D, kdim), null with `in_proj_weight` */
  k_proj_weight: Parameter | null = null;
  /** (D, vdim), null with `in_proj_weight` */
  v_proj_weight: Parameter | null = null;
  /** (3 D) */
  declare in_proj_bias: Parameter | null;
  /** (1, 1, D), with `addBiasKv` */
  bias_k: Parameter | null = null;
  /** (1, 1, D), with `addBiasKv` */
  bias_v: Parameter | null = null;
  out_proj: Linear;

  constructor(
    ...args: Arguments<[embedDim: number, numHeads: number], MultiheadAttentionOptions, 'MultiheadAttention'>
  ) {
    super();
    const { embedDim, numHeads, dropout, bias, addBiasKv, addZeroAttn, kdim, vdim, batchFirst, ...factory } =
      bindOptions('MultiheadAttention', defaults, args);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    requireSizes('MultiheadAttention', { embedDim, numHeads }, 1);
    requireProbability('MultiheadAttention', dropout);
    if (embedDim % numHeads !== 0)
      throw new InputError(`MultiheadAttention: numHeads must divide embedDim, got ${numHeads} and ${embedDim}.`);
    this.headDim = embedDim / numHeads;
    this.kdim = kdim ?? embedDim;
    this.vdim = vdim ?? embedDim;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const weight = (...shape: number[]): Parameter => new Parameter(torch.empty(shape, factory));
    if (this.kdim === embedDim && this.vdim === embedDim) {
      this.in_proj_weight = weight(3 * embedDim, embedDim);
    } else {
      this.q_proj_weight = weight(embedDim, embedDim);
      this.k_proj_weight = weight(embedDim, this.kdim);
      this.v_proj_weight = weight(embedDim, this.vdim);
    }
    this.in_proj_bias = bias ? weight(3 * embedDim) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...factory });
    if (addBiasKv) [this.bias_k, this.bias_v] = [weight(1, 1, embedDim), weight(1, 1, embedDim)];
    this.resetParameters();
  }

  /** Draws the weights of the inputs anew by `init.xavierUniform_`, `bias_k` and `bias_v` by `init.xavierNormal_`, and fills the other biases with 0; the weight of `out_proj` keeps its values. */
  resetParameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) {
      if (weight) init.xavierUniform_(weight);
    }
    if (this.in_proj_bias) init.zeros_(this.in_proj_bias);
    if (this.out_proj.bias) init.zeros_(this.out_proj.bias);
    for (const bias of [this.bias_k, this.bias_v]) if (bias) init.xavierNormal_(bias);
  }

  /**
   * query (B, L, D), key (B, S, kdim), value (B, S, vdim) with `batchFirst`, (L, B, D)… without, or without B.
   * @returns the output, of the query's shape, and the weights (B, L, S), per head (B, nh, L, S), or null.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ...options: ByNameOrPosition<AttentionOptions>
  ): [output: Tensor, weights: Tensor | null] {
    const call = bindArguments('MultiheadAttention.forward', callDefaults, options);
    requireShapes(this, query, key, value);
    const batched = query.ndim === 3;
    const inputs = sameTensors([query, key, value], (x) => sequenceFirst(this, x, batched));
    const { keyPaddingMask: padding } = call;
    const [output, weights] = multiHeadAttentionForward(...inputs, projections(this), {
      ...call,
      keyPaddingMask: padding !== null && !batched ? padding.unsqueeze(0) : padding,
      dropoutP: this.training ? this.dropout : 0,
    });
    if (!batched) return [output.squeeze(1), weights?.squeeze(0) ?? null]; // (L, 1, D) -> (L, D)
    return [this.batchFirst ? output.transpose(0, 1) : output, weights]; // (L, B, D) -> (B, L, D)
  }
}

/** (B, N, D) or (N, D) -> (N, B, D) */
function sequenceFirst(attention: MultiheadAttention, input: Tensor, batched: boolean): Tensor {
  if (!batched) return input.unsqueeze(1);
  return attention.batchFirst ? input.transpose(0, 1) : input;
}

function projections(attention: MultiheadAttention): Parameters<typeof multiHeadAttentionForward>[3] {
  const { q_proj_weight: q, k_proj_weight: k, v_proj_weight: v } = attention;
  return {
    numHeads: attention.numHeads,
    inProjWeight: attention.in_proj_weight,
    separateProjWeights: q && k && v ? [q, k, v] : null,
    inProjBias: attention.in_proj_bias,
    outProjWeight: attention.out_proj.weight,
    outProjBias: attention.out_proj.bias,
    biasK: attention.bias_k,
    biasV: attention.bias_v,
    addZeroAttn: attention.addZeroAttn,
  };
}

function requireShapes(attention: MultiheadAttention, query: Tensor, key: Tensor, value: Tensor): void {
  const widths = [attention.embedDim, attention.kdim, attention.vdim];
  for (const [i, name] of (['query', 'key', 'value'] as const).entries()) {
    const { ndim, shape } = [query, key, value][i] as Tensor;
    if ((ndim !== 2 && ndim !== 3) || ndim !== query.ndim || shape.at(-1) !== widths[i]) {
      throw new ShapeError(
        `MultiheadAttention: ${name} must have ${query.ndim === 2 ? 2 : 3} dimensions, the last of ${widths[i]}, got [${shape.join(', ')}].`,
      );
    }
  }
  if (key.shape.slice(0, -1).join() !== value.shape.slice(0, -1).join()) {
    throw new ShapeError(
      `MultiheadAttention: key [${key.shape.join(', ')}] and value [${value.shape.join(', ')}] must agree in all but the last dimension.`,
    );
  }
}

/** Maps three tensors; what was one object stays one, so that its projections share a matrix product. */
function sameTensors(
  tensors: readonly [Tensor, Tensor, Tensor],
  map: (tensor: Tensor) => Tensor,
): [Tensor, Tensor, Tensor] {
  const done = new Map<Tensor, Tensor>();
  return tensors.map((tensor) => {
    const result = done.get(tensor) ?? map(tensor);
    done.set(tensor, result);
    return result;
  }) as [Tensor, Tensor, Tensor];
}
