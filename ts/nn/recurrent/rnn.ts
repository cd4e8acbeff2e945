import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindOptions, type Arguments } from '../options';
import type { PackedSequence } from '../utils/rnn';
import { RNNBase, rnnDefaults, type RNNBaseOptions, type Steps } from './rnn-base';

export interface RNNOptions extends RNNBaseOptions {
  /** What each state passes through. @default 'tanh' */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** Recurrent layers `h = tanh(W x + b + U h + c)` (Elman 1990): (T, B, inputSize) -> (T, B, directions · hiddenSize). */
export class RNN extends RNNBase {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], RNNOptions, 'RNN'>) {
    const defaults: Required<RNNOptions> = { ...rnnDefaults, nonlinearity: 'tanh' };
    const { nonlinearity, ...rest } = bindOptions('RNN', defaults, args);
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw new InputError(`RNN: nonlinearity must be 'tanh' or 'relu', got '${String(nonlinearity)}'.`);
    super(rest, 1);
    this.nonlinearity = nonlinearity;
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
    const operator = this.nonlinearity === 'tanh' ? torch.rnnTanh : torch.rnnRelu;
    const state = states[0]!;
    return batchSizes === null
      ? operator(input, state, weights, bias, numLayers, dropout, training, bidirectional, batchFirst)
      : operator(input, batchSizes, state, weights, bias, numLayers, dropout, training, bidirectional);
  }
}
