import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import type { RNNSizes } from './rnn-base';

export interface CellOptions extends FactoryOptions {
  /** Add trained vectors in all gates. @default true */
  readonly bias?: boolean;
}

const defaults: Required<CellOptions> = { bias: true, ...factoryDefaults };

/** One step of a recurrent layer. */
abstract class RNNCellBase extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** (gates · hiddenSize, inputSize) */
  declare weight_ih: Parameter;
  /** (gates · hiddenSize, hiddenSize) */
  declare weight_hh: Parameter;
  /** (gates · hiddenSize) */
  declare bias_ih: Parameter | null;
  /** (gates · hiddenSize) */
  declare bias_hh: Parameter | null;

  protected constructor({ inputSize, hiddenSize, bias, ...factory }: Required<CellOptions> & RNNSizes, gates: number) {
    super();
    requireSizes(new.target.name, { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const vector = (): Parameter | null => (bias ? new Parameter(torch.empty([gates * hiddenSize], factory)) : null);
    this.weight_ih = new Parameter(torch.empty([gates * hiddenSize, inputSize], factory));
    this.weight_hh = new Parameter(torch.empty([gates * hiddenSize, hiddenSize], factory));
    this.bias_ih = vector();
    this.bias_hh = vector();
    this.resetParameters();
  }

  /** Draws all weights and biases anew, uniformly within `1 / sqrt(hiddenSize)`. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  /** Calls `step` with a batch: input (B, inputSize) and `count` states (B, hiddenSize), zeros where none are given. */
  protected onBatch<Result>(
    input: Tensor,
    given: readonly Tensor[] | null,
    count: number,
    step: (input: Tensor, states: Tensor[], restore: (state: Tensor) => Tensor) => Result,
  ): Result {
    const { hiddenSize } = this;
    requireShape(this, input, this.inputSize, input.ndim === 1 ? 1 : 2);
    for (const state of given ?? []) requireShape(this, state, hiddenSize, input.ndim);
    const batched = input.ndim === 2;
    const batch = (tensor: Tensor): Tensor => (batched ? tensor : tensor.unsqueeze(0)); // (H) -> (1, H)
    const rows = batch(input);
    const { dtype, device } = input;
    const zeros = (): Tensor => torch.zeros([rows.shape[0]!, hiddenSize], { dtype, device });
    const states = given?.map(batch) ?? Array.from({ length: count }, zeros);
    return step(rows, states, (state) => (batched ? state : state.squeeze(0))); // (1, H) -> (H)
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih === null ? ', bias=False' : ''}`;
  }
}

function requireShape(cell: RNNCellBase, { ndim, shape }: Tensor, width: number, dimensions: number): void {
  if (ndim === dimensions && shape.at(-1) === width) return;
  const expected = dimensions === 1 ? `(${width})` : `(B, ${width})`;
  throw new ShapeError(`${cell.constructor.name} expects ${expected}, got [${shape.join(', ')}].`);
}

export interface RNNCellOptions extends CellOptions {
  /** What the state passes through. @default 'tanh' */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** One step of `RNN`: input (B, inputSize) and state (B, hiddenSize) -> state; both without B too. */
export class RNNCell extends RNNCellBase {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], RNNCellOptions, 'RNNCell'>) {
    const all: Required<RNNCellOptions> = { ...defaults, nonlinearity: 'tanh' };
    const { nonlinearity, ...rest } = bindOptions('RNNCell', all, args);
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw new InputError(`RNNCell: nonlinearity must be 'tanh' or 'relu', got '${String(nonlinearity)}'.`);
    super(rest, 1);
    this.nonlinearity = nonlinearity;
  }

  forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const operator = this.nonlinearity === 'tanh' ? torch.rnnTanhCell : torch.rnnReluCell;
    return this.onBatch(input, hx && [hx], 1, (rows, [h], restore) =>
      restore(operator(rows, h!, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh)),
    );
  }

  override extraRepr(): string {
    return this.nonlinearity === 'tanh' ? super.extraRepr() : `${super.extraRepr()}, nonlinearity=${this.nonlinearity}`;
  }
}

/** One step of `LSTM`: input (B, inputSize) and both states (B, hiddenSize) -> both states; all without B too. */
export class LSTMCell extends RNNCellBase {
  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], CellOptions, 'LSTMCell'>) {
    super(bindOptions('LSTMCell', defaults, args), 4);
  }

  forward(input: Tensor, hx: readonly [h: Tensor, c: Tensor] | null = null): [h: Tensor, c: Tensor] {
    return this.onBatch(input, hx, 2, (rows, states, restore) => {
      const [h, c] = torch.lstmCell(rows, states, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh);
      return [restore(h), restore(c)];
    });
  }
}

/** One step of `GRU`: input (B, inputSize) and state (B, hiddenSize) -> state; both without B too. */
export class GRUCell extends RNNCellBase {
  constructor(...args: Arguments<[inputSize: number, hiddenSize: number], CellOptions, 'GRUCell'>) {
    super(bindOptions('GRUCell', defaults, args), 3);
  }

  forward(input: Tensor, hx: Tensor | null = null): Tensor {
    return this.onBatch(input, hx && [hx], 1, (rows, [h], restore) =>
      restore(torch.gruCell(rows, h!, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh)),
    );
  }
}
