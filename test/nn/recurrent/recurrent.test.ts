import assert from 'node:assert/strict';
import { ShapeError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, goldenTensors } from '../golden';
import { Recorded } from '../recorded';

const { rnn } = nn.utils;

type States = Tensor | readonly [Tensor, Tensor] | null;
type Recurrent = nn.Module & { forward(input: Tensor, hx: States): unknown };
type OnPacks = nn.Module & {
  forward(input: nn.utils.rnn.PackedSequence, hx: States): [nn.utils.rnn.PackedSequence, States];
};

const layers: Record<string, () => nn.Module> = {
  rnn: () => new nn.RNN(3, 4),
  rnn_relu: () => new nn.RNN(3, 4, { numLayers: 2, nonlinearity: 'relu', bias: false, batchFirst: true }),
  gru: () => new nn.GRU(3, 4, { numLayers: 2, bidirectional: true }),
  lstm: () => new nn.LSTM(3, 4),
  lstm_states: () => new nn.LSTM(3, 4, { numLayers: 2, bias: false }),
  lstm_projected: () => new nn.LSTM(3, 5, { numLayers: 2, bidirectional: true, projSize: 2, batchFirst: true }),
  lstm_dropped: () => new nn.LSTM(3, 4, { numLayers: 2, dropout: 0.5 }),
  gru_alone: () => new nn.GRU(3, 4, { batchFirst: true }),
  rnn_cell: () => new nn.RNNCell(3, 4),
  rnn_cell_relu: () => new nn.RNNCell(3, 4, { bias: false, nonlinearity: 'relu' }),
  gru_cell: () => new nn.GRUCell(3, 4),
  lstm_cell: () => new nn.LSTMCell(3, 4),
  lstm_cell_alone: () => new nn.LSTMCell(3, 4),
};

const packs: Record<string, [make: () => nn.Module, lengths: number[], enforceSorted: boolean]> = {
  packed_rnn: [() => new nn.RNN(3, 4), [5, 3, 2], true],
  packed_gru: [() => new nn.GRU(3, 4, { bidirectional: true, batchFirst: true }), [2, 5, 3], false],
  packed_lstm: [() => new nn.LSTM(3, 4, { numLayers: 2 }), [1, 2, 5], false],
};

/** One state alone, two as a pair. */
function asStates(states: readonly Tensor[]): States {
  return states.length === 2 ? [states[0]!, states[1]!] : (states[0] ?? null);
}

function flat(result: unknown): Tensor[] {
  return result instanceof Tensor ? [result] : (result as unknown[]).flatMap(flat);
}

describe('the recurrent layers', () => {
  const golden = goldenTensors('nn-recurrent');

  for (const [name, make] of Object.entries(layers)) {
    it(`${name}: start, outputs, states and gradients are PyTorch's`, () => {
      torch.manualSeed(0);
      const layer = make() as Recurrent;
      const recorded = new Recorded(golden, name);
      recorded.checkStart(layer);
      const inputs = recorded.inputs();
      for (const { shape } of inputs) torch.randn(shape); // as many random numbers as Python had drawn before the dropout
      recorded.check(layer, inputs, flat(layer.forward(inputs[0]!, asStates(inputs.slice(1)))));
    });
  }

  for (const [name, [make, lengths, enforceSorted]] of Object.entries(packs)) {
    it(`${name}: padded sequences of different lengths give PyTorch's outputs and gradients`, () => {
      torch.manualSeed(0);
      const layer = make() as OnPacks;
      const recorded = new Recorded(golden, name);
      recorded.checkStart(layer);
      const inputs = recorded.inputs();
      const sequence = rnn.packPaddedSequence(inputs[0]!, lengths, { batchFirst: true, enforceSorted });
      const [output, states] = layer.forward(sequence, asStates(inputs.slice(1)));
      const [padded, found] = rnn.padPackedSequence(output, { batchFirst: true, paddingValue: -0.5, totalLength: 6 });
      assert.deepEqual(found.toArray(), lengths);
      recorded.check(layer, inputs, [padded, ...flat(states)]);
    });
  }

  it('a layer is its cell, step after step', () => {
    torch.manualSeed(0);
    const layer = new nn.LSTM(3, 4);
    const cell = new nn.LSTMCell(3, 4);
    cell.loadStateDict(
      Object.fromEntries(Object.entries(layer.stateDict()).map(([key, value]) => [key.replace('_l0', ''), value])),
    );
    const input = torch.randn([5, 2, 3]);
    const [output, [h, c]] = layer.forward(input);
    let states: [Tensor, Tensor] | null = null;
    for (const step of input.unbind(0)) states = cell.forward(step, states);
    assertClose(h.select(0, 0), states![0]);
    assertClose(c.select(0, 0), states![1]);
    assertClose(output.select(0, -1), states![0]);
  });

  it('prints as PyTorch does', () => {
    const layer = new nn.LSTM(3, 5, {
      numLayers: 2,
      bias: false,
      batchFirst: true,
      dropout: 0.5,
      bidirectional: true,
      projSize: 2,
    });
    assert.equal(
      String(layer),
      'LSTM(3, 5, proj_size=2, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)',
    );
    assert.equal(String(new nn.RNNCell(2, 3, { nonlinearity: 'relu' })), 'RNNCell(2, 3, nonlinearity=relu)');
  });

  it('leaves nothing behind but outputs and states', async () => {
    const layer = new nn.GRU(3, 4, { numLayers: 2 });
    const input = torch.randn([4, 2, 3]);
    const before = await liveTensors();
    torch.noGrad(() => {
      const results = flat(layer.forward(input));
      assert.equal(torch.memory().tensors, before + results.length);
    });
  });

  it('refuses shapes and sizes that do not fit, by name', () => {
    const layer = new nn.GRU(3, 4);
    assert.throws(
      () => layer.forward(torch.zeros([5, 2, 4])),
      new ShapeError('GRU expects 3 dimensions, the last of 3, got [5, 2, 4].'),
    );
    assert.throws(
      () => layer.forward(torch.zeros([5, 2, 3]), torch.zeros([1, 3, 4])),
      new ShapeError('GRU: a state must be [1, 2, 4], got [1, 3, 4].'),
    );
    assert.throws(
      () => new nn.LSTM(3, 4, { projSize: 4 }),
      /LSTM: projSize must be smaller than hiddenSize, got 4 and 4/,
    );
    assert.throws(
      () => new nn.RNN(3, 4, { nonlinearity: 'gelu' as 'relu' }),
      /nonlinearity must be 'tanh' or 'relu', got 'gelu'/,
    );
    assert.throws(() => new nn.GRU(3, 4, { projSize: 2 } as object), /GRU: the option 'projSize' does not exist/);
    assert.throws(() => new nn.GRUCell(3, 4).forward(torch.zeros([2, 4])), /GRUCell expects \(B, 3\), got \[2, 4\]/);
  });
});
