import { functional, LayerNorm, Module, ModuleList } from '../../nn';
import type { Tensor } from '../../tensor';
import { initializeWeights } from '../initialize';
import type { ModelFactory } from '../pretrained';
import type { DetrConfig } from './config';
import { DetrDecoderLayer, DetrEncoderLayer, type Memory } from './layers';

/** The encoder layers, one after the other: (B, S, D) -> (B, S, D). */
export class DetrEncoder extends Module {
  readonly #dropout: number;
  readonly layers: ModuleList<DetrEncoderLayer>;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super();
    this.#dropout = config.dropout;
    this.layers = new ModuleList(
      Array.from({ length: config.encoderLayers }, () => new DetrEncoderLayer(config, factory)),
    );
    if (factory?.device !== 'meta') initializeWeights(this, config.initStd);
  }

  forward(features: Tensor, pos: Tensor, mask?: Tensor): Tensor {
    let current = functional.dropout(features, { p: this.#dropout, training: this.training });
    for (const layer of this.layers) {
      const next = layer.forward(current, pos, mask);
      // Not at the end of this forward: without a backward pass to come, two of them are enough at a time.
      if (current !== features) current.dispose();
      current = next;
    }
    return current;
  }
}

/** The decoder layers, one after the other, and the normalisation that they share. */
export class DetrDecoder extends Module {
  readonly #config: DetrConfig;
  readonly layers: ModuleList<DetrDecoderLayer>;
  readonly layernorm: LayerNorm;

  constructor(config: DetrConfig, factory?: ModelFactory) {
    super();
    this.#config = config;
    this.layers = new ModuleList(
      Array.from({ length: config.decoderLayers }, () => new DetrDecoderLayer(config, factory)),
    );
    this.layernorm = new LayerNorm(config.dModel, factory);
    if (factory?.device !== 'meta') initializeWeights(this, config.initStd);
  }

  /**
   * The normalised output of each layer when there are auxiliary losses, else of the last alone; all (B, Q, D).
   *
   * The authors normalise a copy of what goes on to the next layer. transformers, with `auxiliaryLoss`, hands the
   * normalised one on, and so normalises the last output twice.
   */
  forward(queries: Tensor, pos: Tensor, memory: Memory): Tensor[] {
    const { auxiliaryLoss, hasAuxiliaryLoss } = this.#config;
    const outputs: Tensor[] = [];
    let current = queries;
    for (const layer of this.layers) {
      current = layer.forward(current, pos, memory);
      const normalised = hasAuxiliaryLoss ? this.layernorm.forward(current) : current;
      if (auxiliaryLoss) current = normalised;
      outputs.push(normalised);
    }
    if (!hasAuxiliaryLoss || auxiliaryLoss) outputs[outputs.length - 1] = this.layernorm.forward(current);
    return hasAuxiliaryLoss ? outputs : outputs.slice(-1);
  }
}
