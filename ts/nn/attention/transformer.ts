import { ShapeError } from '../../errors';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { LayerNorm } from '../norm/layer-norm';
import { bindArguments, type ByNameOrPosition, bindOptions, type Positional } from '../options';
import { generateSquareSubsequentMask } from './causal-mask';
import { TransformerDecoder, type DecoderMasks } from './transformer-decoder';
import { TransformerDecoderLayer } from './transformer-decoder-layer';
import { TransformerEncoder, type EncoderMasks } from './transformer-encoder';
import { TransformerEncoderLayer } from './transformer-encoder-layer';
import { layerDefaults, normOptions, type TransformerLayerOptions } from './transformer-options';

/** What can take the encoder's place. */
export interface Encoder extends Module {
  forward(src: Tensor, masks?: EncoderMasks): Tensor;
}

/** What can take the decoder's place. */
export interface Decoder extends Module {
  forward(tgt: Tensor, memory: Tensor, masks?: DecoderMasks): Tensor;
}

export interface TransformerOptions extends TransformerLayerOptions {
  /** Width D. @default 512 */
  readonly dModel?: number;
  /** Heads of each attention. @default 8 */
  readonly nhead?: number;
  /** @default 6 */
  readonly numEncoderLayers?: number;
  /** @default 6 */
  readonly numDecoderLayers?: number;
  /** Takes the encoder's place. @default null */
  readonly customEncoder?: Encoder | null;
  /** Takes the decoder's place. @default null */
  readonly customDecoder?: Decoder | null;
}

const defaults: Required<TransformerOptions> = {
  dModel: 512,
  nhead: 8,
  numEncoderLayers: 6,
  numDecoderLayers: 6,
  customEncoder: null,
  customDecoder: null,
  ...layerDefaults,
};

export interface TransformerMasks extends Omit<DecoderMasks, 'tgtMask'> {
  /** (S, S) or (B·nh, S, S): true keeps a source from that source; floating point is added to the scores. @default null */
  readonly srcMask?: Tensor | null;
  /** (T, T) or (B·nh, T, T): true keeps a target from that target; floating point is added to the scores. @default null */
  readonly tgtMask?: Tensor | null;
  /** (B, S): true keeps sources from that source; floating point is added to its scores. @default null */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** `srcMask` is the causal mask; null looks whether it is. @default null */
  readonly srcIsCausal?: boolean | null;
}

const callDefaults: Required<TransformerMasks> = {
  srcMask: null,
  tgtMask: null,
  memoryMask: null,
  srcKeyPaddingMask: null,
  tgtKeyPaddingMask: null,
  memoryKeyPaddingMask: null,
  srcIsCausal: null,
  tgtIsCausal: null,
  memoryIsCausal: false,
};

/** Encoder and decoder (Vaswani et al. 2017, arXiv 1706.03762), without embeddings and head, as PyTorch defines it. */
export class Transformer extends Module {
  encoder: Encoder;
  decoder: Decoder;
  readonly dModel: number;
  readonly nhead: number;
  readonly batchFirst: boolean;

  constructor(...given: Positional<TransformerOptions, 'Transformer'>) {
    super();
    const { dModel, nhead, numEncoderLayers, numDecoderLayers, customEncoder, customDecoder, ...layer } = bindOptions(
      'Transformer',
      defaults,
      given,
    );
    const stackOptions = (): { norm: LayerNorm } => ({ norm: new LayerNorm(dModel, normOptions(layer)) });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, layer), numEncoderLayers, stackOptions());
    this.decoder =
      customDecoder ??
      new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, layer), numDecoderLayers, stackOptions());
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = layer.batchFirst;
    this.resetParameters();
  }

  /** Draws all parameters of two or more dimensions anew, by `init.xavierUniform_`; vectors keep their values. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) init.xavierUniform_(parameter);
  }

  /** (size, size): 0 where a target may look, -Infinity at the targets after it. */
  static generateSquareSubsequentMask = generateSquareSubsequentMask;

  /** Sources (B, S, D) and targets (B, T, D) with `batchFirst`, (S, B, D) and (T, B, D) without -> shape of the targets. */
  forward(src: Tensor, tgt: Tensor, ...masks: ByNameOrPosition<TransformerMasks>): Tensor {
    const call = bindArguments('Transformer.forward', callDefaults, masks);
    requireShapes(this, src, tgt);
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal, ...rest } = call;
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal: srcIsCausal });
    return this.decoder.forward(tgt, memory, rest);
  }
}

function requireShapes(model: Transformer, src: Tensor, tgt: Tensor): void {
  const batch = model.batchFirst ? 0 : 1;
  const shapes = `src [${src.shape.join(', ')}] and tgt [${tgt.shape.join(', ')}]`;
  if (src.ndim !== tgt.ndim || (src.ndim === 3 && src.shape[batch] !== tgt.shape[batch]))
    throw new ShapeError(`Transformer: ${shapes} must have the same batch.`);
  if (src.shape.at(-1) !== model.dModel || tgt.shape.at(-1) !== model.dModel)
    throw new ShapeError(`Transformer: the last dimension must be ${model.dModel}, got ${shapes}.`);
}
