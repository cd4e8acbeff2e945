import type { Tensor } from '../../tensor';
import { Dropout } from '../layers/dropout';
import { Linear } from '../layers/linear';
import { Module } from '../module';
import { LayerNorm } from '../norm/layer-norm';
import { bindArguments, type ByNameOrPosition, bindOptions, type Arguments } from '../options';
import type { Copyable } from './transformer-stack';
import { MultiheadAttention } from './multihead-attention';
import {
  activationFunction,
  layerDefaults,
  normOptions,
  type TransformerActivation,
  type TransformerLayerOptions,
} from './transformer-options';

export interface EncoderLayerMasks {
  /** (N, N) or (B·nh, N, N): true keeps a query from that key; floating point is added to the scores. @default null */
  readonly srcMask?: Tensor | null;
  /** (B, N): true keeps queries from that key; floating point is added to its scores. @default null */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** `srcMask` is the causal mask. @default false */
  readonly isCausal?: boolean;
}

const callDefaults: Required<EncoderLayerMasks> = { srcMask: null, srcKeyPaddingMask: null, isCausal: false };

/** Self-attention and two linear layers, each with a residual connection and a norm (Vaswani et al. 2017, arXiv 1706.03762). */
export class TransformerEncoderLayer extends Module implements Copyable {
  readonly dModel: number;
  readonly nhead: number;
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  readonly normFirst: boolean;
  readonly activation: TransformerActivation;

  constructor(...args: Arguments<[dModel: number, nhead: number], TransformerLayerOptions, 'TransformerEncoderLayer'>) {
    super();
    const { dModel, nhead, ...resolved } = bindOptions('TransformerEncoderLayer', layerDefaults, args);
    const { dimFeedforward, dropout, batchFirst, bias, device, dtype } = resolved;
    this.dModel = dModel;
    this.nhead = nhead;
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, device, dtype });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, device, dtype });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, device, dtype });
    this.norm1 = new LayerNorm(dModel, normOptions(resolved));
    this.norm2 = new LayerNorm(dModel, normOptions(resolved));
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.normFirst = resolved.normFirst;
    this.activation = resolved.activation;
    activationFunction(this.activation);
  }

  copy(): this {
    return this.clone();
  }

  /** (B, N, D) with `batchFirst`, (N, B, D) without -> the same shape. */
  forward(src: Tensor, ...masks: ByNameOrPosition<EncoderLayerMasks>): Tensor {
    const call = bindArguments('TransformerEncoderLayer.forward', callDefaults, masks);
    if (this.normFirst) {
      const x = src.add(selfAttentionBlock(this, this.norm1.forward(src), call));
      return x.add(feedForwardBlock(this, this.norm2.forward(x)));
    }
    const x = this.norm1.forward(src.add(selfAttentionBlock(this, src, call)));
    return this.norm2.forward(x.add(feedForwardBlock(this, x)));
  }
}

function selfAttentionBlock(
  layer: TransformerEncoderLayer,
  x: Tensor,
  { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask, isCausal }: Required<EncoderLayerMasks>,
): Tensor {
  const [output] = layer.self_attn.forward(x, x, x, { attnMask, keyPaddingMask, isCausal, needWeights: false });
  return layer.dropout1.forward(output);
}

function feedForwardBlock(layer: TransformerEncoderLayer, x: Tensor): Tensor {
  const hidden = activationFunction(layer.activation)(layer.linear1.forward(x));
  return layer.dropout2.forward(layer.linear2.forward(layer.dropout.forward(hidden)));
}
