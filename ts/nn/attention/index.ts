/** Attention and transformers. */
export type { AttentionOptions } from '../functional/attention';
export type { Copyable } from './transformer-stack';
export { MultiheadAttention, type MultiheadAttentionOptions } from './multihead-attention';
export { Transformer, type Decoder, type Encoder, type TransformerMasks, type TransformerOptions } from './transformer';
export { TransformerDecoder, type DecoderLayer, type DecoderMasks } from './transformer-decoder';
export { TransformerDecoderLayer, type DecoderLayerMasks } from './transformer-decoder-layer';
export { TransformerEncoder, type EncoderLayer, type EncoderMasks } from './transformer-encoder';
export { TransformerEncoderLayer, type EncoderLayerMasks } from './transformer-encoder-layer';
export type { TransformerActivation, TransformerLayerOptions } from './transformer-options';
export type { StackOptions } from './transformer-stack';
