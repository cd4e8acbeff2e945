import type { Tensor } from '../../tensor';
import { bindArguments, type ByNameOrPosition, bindOptions, type Arguments } from '../options';
import { isCausalMask } from './causal-mask';
import type { EncoderLayerMasks } from './transformer-encoder-layer';
import { stackDefaults, TransformerStack, type Copyable, type StackOptions } from './transformer-stack';

/** What a `TransformerEncoder` can repeat. */
export interface EncoderLayer extends Copyable {
  forward(src: Tensor, masks?: EncoderLayerMasks): Tensor;
}

export interface EncoderMasks {
  /** (N, N) or (B·nh, N, N): true keeps a query from that key; floating point is added to the scores. @default null */
  readonly mask?: Tensor | null;
  /** (B, N): true keeps queries from that key; floating point is added to its scores. @default null */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** `mask` is the causal mask; null looks whether it is. @default null */
  readonly isCausal?: boolean | null;
}

const callDefaults: Required<EncoderMasks> = { mask: null, srcKeyPaddingMask: null, isCausal: null };

/** `numLayers` copies of an encoder layer, one after the other. They start from the same numbers, as PyTorch's do. */
export class TransformerEncoder extends TransformerStack<EncoderLayer> {
  constructor(...args: Arguments<[encoderLayer: EncoderLayer, numLayers: number], StackOptions, 'TransformerEncoder'>) {
    const { encoderLayer, numLayers, norm } = bindOptions('TransformerEncoder', stackDefaults, args);
    super(encoderLayer, numLayers, norm);
  }

  /** (B, N, D) with `batchFirst` layers, (N, B, D) without -> the same shape. */
  forward(src: Tensor, ...masks: ByNameOrPosition<EncoderMasks>): Tensor {
    const { mask, srcKeyPaddingMask, isCausal } = bindArguments('TransformerEncoder.forward', callDefaults, masks);
    const call = { srcMask: mask, srcKeyPaddingMask, isCausal: isCausalMask(mask, isCausal) };
    let output = src;
    for (const layer of this.layers) output = layer.forward(output, call);
    return this.norm === null ? output : this.norm.forward(output);
  }
}
