/** Recurrent layers and their single steps. */
export { GRUCell, LSTMCell, RNNCell, type CellOptions, type RNNCellOptions } from './cells';
export { GRU, type GRUOptions } from './gru';
export { LSTM, type LSTMOptions, type LSTMState } from './lstm';
export { RNN, type RNNOptions } from './rnn';
export type { RNNBaseOptions } from './rnn-base';
