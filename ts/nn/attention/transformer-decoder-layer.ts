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

export interface DecoderLayerMasks {
  /** (T, T) or (B·nh, T, T): true keeps a target from that target; floating point is added to the scores. @default null */
  readonly tgtMask?: Tensor | null;
  /** (T, S) or (B·nh, T, S): true keeps a target from that place of the memory; floating point is added. @default null */
  readonly memoryMask?: Tensor | null;
  /** (B, T): true keeps all from that target; floating point is added to its scores. @default null */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** (B, S): true keeps all from that place of the memory; floating point is added to its scores. @default null */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /** `tgtMask` is the causal mask. @default false */
  readonly tgtIsCausal?: boolean;
  /** `memoryMask` is the causal mask. @default false */
  readonly memoryIsCausal?: boolean;
}

const callDefaults: Required<DecoderLayerMasks> = {
  tgtMask: null,
  memoryMask: null,
  tgtKeyPaddingMask: null,
  memoryKeyPaddingMask: null,
  tgtIsCausal: false,
  memoryIsCausal: false,
};

/** Self-attention, attention to a memory and two linear layers, each with a residual connection and a norm (Vaswani et al. 2017). */
export class TransformerDecoderLayer extends Module implements Copyable {
  readonly dModel: number;
  readonly nhead: number;
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  readonly normFirst: boolean;
  readonly activation: TransformerActivation;

  constructor(...args: Arguments<[dModel: number, nhead: number], TransformerLayerOptions, 'TransformerDecoderLayer'>) {
    super();
    const { dModel, nhead, ...resolved } = bindOptions('TransformerDecoderLayer', layerDefaults, args);
    const { dimFeedforward, dropout, batchFirst, bias, device, dtype } = resolved;
    this.dModel = dModel;
    this.nhead = nhead;
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, device, dtype });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, device, dtype });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, device, dtype });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, device, dtype });
    this.norm1 = new LayerNorm(dModel, normOptions(resolved));
    this.norm2 = new LayerNorm(dModel, normOptions(resolved));
    this.norm3 = new LayerNorm(dModel, normOptions(resolved));
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.normFirst = resolved.normFirst;
    this.activation = resolved.activation;
    activationFunction(this.activation);
  }

  copy(): this {
    return this.clone();
  }

  /** Targets (B, T, D) and memory (B, S, D) with `batchFirst`, (T, B, D) and (S, B, D) without -> shape of the targets. */
  forward(tgt: Tensor, memory: Tensor, ...masks: ByNameOrPosition<DecoderLayerMasks>): Tensor {
    const call = bindArguments('TransformerDecoderLayer.forward', callDefaults, masks);
    if (this.normFirst) {
      const x = tgt.add(selfAttentionBlock(this, this.norm1.forward(tgt), call));
      const y = x.add(crossAttentionBlock(this, this.norm2.forward(x), memory, call));
      return y.add(feedForwardBlock(this, this.norm3.forward(y)));
    }
    const x = this.norm1.forward(tgt.add(selfAttentionBlock(this, tgt, call)));
    const y = this.norm2.forward(x.add(crossAttentionBlock(this, x, memory, call)));
    return this.norm3.forward(y.add(feedForwardBlock(this, y)));
  }
}

function selfAttentionBlock(
  layer: TransformerDecoderLayer,
  x: Tensor,
  { tgtMask, tgtKeyPaddingMask, tgtIsCausal }: Required<DecoderLayerMasks>,
): Tensor {
  const masks = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
  const [output] = layer.self_attn.forward(x, x, x, { ...masks, needWeights: false });
  return layer.dropout1.forward(output);
}

function crossAttentionBlock(
  layer: TransformerDecoderLayer,
  x: Tensor,
  memory: Tensor,
  call: Required<DecoderLayerMasks>,
): Tensor {
  const masks = {
    attnMask: call.memoryMask,
    keyPaddingMask: call.memoryKeyPaddingMask,
    isCausal: call.memoryIsCausal,
  };
  const [output] = layer.multihead_attn.forward(x, memory, memory, { ...masks, needWeights: false });
  return layer.dropout2.forward(output);
}

function feedForwardBlock(layer: TransformerDecoderLayer, x: Tensor): Tensor {
  const hidden = activationFunction(layer.activation)(layer.linear1.forward(x));
  return layer.dropout3.forward(layer.linear2.forward(layer.dropout.forward(hidden)));
}
