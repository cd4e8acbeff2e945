import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindOptions, type Arguments } from '../options';
import type { PackedSequence } from '../utils/rnn';
import { RNNBase, rnnDefaults, type RNNBaseOptions, type Steps } from './rnn-base';

export interface LSTMOptions extends RNNBaseOptions {
  /** Width that the hidden states are projected to, below `hiddenSize`; 0 for none (Sak et al. 2014, arXiv 1402.1128). @default 0 */
  readonly projSize?: number;
}

/** Hidden state (layers · directions, B, projSize or hiddenSize) and cell state (layers · directions, B, hiddenSize). */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/**
 * Long short-term memory: (T, B, inputSize) -> (T, B, directions · hiddenSize) (Hochreiter and Schmidhuber 1997). The rows
 * of the weights are the gates input, forget, cell and output.
 */
export class LSTM extends RNNBase {
  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], LSTMOptions, 'LSTM'>) {
    const defaults: Required<LSTMOptions> = { ...rnnDefaults, projSize: 0 };
    const { projSize, ...rest } = bindOptions('LSTM', defaults, args);
    super(rest, 4, projSize);
  }

  protected override get stateSizes(): readonly number[] {
    return [this.projSize || this.hiddenSize, this.hiddenSize];
  }

  /** @returns the outputs, and both states after the last step. */
  forward(input: Tensor, hx?: LSTMState | null): [output: Tensor, states: [hn: Tensor, cn: Tensor]];
  forward(input: PackedSequence, hx?: LSTMState | null): [output: PackedSequence, states: [hn: Tensor, cn: Tensor]];
  forward(
    input: Tensor | PackedSequence,
    hx: LSTMState | null = null,
  ): [output: Tensor | PackedSequence, states: [hn: Tensor, cn: Tensor]] {
    const [output, states] = this.run(input, hx);
    return [output, states as [Tensor, Tensor]];
  }

  protected kernel({ input, batchSizes, batchFirst, states }: Steps, weights: Tensor[]): [Tensor, Tensor, Tensor] {
    const { bias, numLayers, dropout, training, bidirectional } = this;
    return batchSizes === null
      ? torch.lstm(input, states, weights, bias, numLayers, dropout, training, bidirectional, batchFirst)
      : torch.lstm(input, batchSizes, states, weights, bias, numLayers, dropout, training, bidirectional);
  }
}
