import type { Tensor } from '../../tensor';
import { bindArguments, type ByNameOrPosition, bindOptions, type Arguments } from '../options';
import { isCausalMask } from './causal-mask';
import type { DecoderLayerMasks } from './transformer-decoder-layer';
import { stackDefaults, TransformerStack, type Copyable, type StackOptions } from './transformer-stack';

/** What a `TransformerDecoder` can repeat. */
export interface DecoderLayer extends Copyable {
  forward(tgt: Tensor, memory: Tensor, masks?: DecoderLayerMasks): Tensor;
}

export interface DecoderMasks extends Omit<DecoderLayerMasks, 'tgtIsCausal'> {
  /** `tgtMask` is the causal mask; null looks whether it is. @default null */
  readonly tgtIsCausal?: boolean | null;
}

const callDefaults: Required<DecoderMasks> = {
  tgtMask: null,
  memoryMask: null,
  tgtKeyPaddingMask: null,
  memoryKeyPaddingMask: null,
  tgtIsCausal: null,
  memoryIsCausal: false,
};

/** `numLayers` copies of a decoder layer, one after the other. They start from the same numbers, as PyTorch's do. */
export class TransformerDecoder extends TransformerStack<DecoderLayer> {
  constructor(...args: Arguments<[decoderLayer: DecoderLayer, numLayers: number], StackOptions, 'TransformerDecoder'>) {
    const { decoderLayer, numLayers, norm } = bindOptions('TransformerDecoder', stackDefaults, args);
    super(decoderLayer, numLayers, norm);
  }

  /** Targets (B, T, D) and memory (B, S, D) with `batchFirst` layers, (T, B, D) and (S, B, D) without -> shape of the targets. */
  forward(tgt: Tensor, memory: Tensor, ...masks: ByNameOrPosition<DecoderMasks>): Tensor {
    const resolved = bindArguments('TransformerDecoder.forward', callDefaults, masks);
    const call = { ...resolved, tgtIsCausal: isCausalMask(resolved.tgtMask, resolved.tgtIsCausal) };
    let output = tgt;
    for (const layer of this.layers) output = layer.forward(output, memory, call);
    return this.norm === null ? output : this.norm.forward(output);
  }
}
