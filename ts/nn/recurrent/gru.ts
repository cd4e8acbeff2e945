import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindOptions, type Arguments } from '../options';
import type { PackedSequence } from '../utils/rnn';
import { RNNBase, rnnDefaults, type RNNBaseOptions, type Steps } from './rnn-base';

/** Of a GRU: those of every recurrent layer. */
export type GRUOptions = RNNBaseOptions;

/**
 * Gated recurrent units: (T, B, inputSize) -> (T, B, directions · hiddenSize) (Cho et al. 2014, arXiv 1406.1078). The rows
 * of the weights are the gates reset, update and new.
 */
export class GRU extends RNNBase {
  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], GRUOptions, 'GRU'>) {
    super(bindOptions('GRU', rnnDefaults, args), 3);
  }

  /** @returns the outputs, and the state after the last step (layers · directions, B, hiddenSize). */
  forward(input: Tensor, hx?: Tensor | null): [output: Tensor, hn: Tensor];
  forward(input: PackedSequence, hx?: Tensor | null): [output: PackedSequence, hn: Tensor];
  forward(input: Tensor | PackedSequence, hx: Tensor | null = null): [output: Tensor | PackedSequence, hn: Tensor] {
    const [output, [hn]] = this.run(input, hx && [hx]);
    return [output, hn!];
  }

  protected kernel({ input, batchSizes, batchFirst, states }: Steps, weights: Tensor[]): [Tensor, Tensor] {
    const { bias, numLayers, dropout, training, bidirectional } = this;
    const state = states[0]!;
    return batchSizes === null
      ? torch.gru(input, state, weights, bias, numLayers, dropout, training, bidirectional, batchFirst)
      : torch.gru(input, batchSizes, state, weights, bias, numLayers, dropout, training, bidirectional);
  }
}
