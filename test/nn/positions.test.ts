import assert from 'node:assert/strict';
import { nn } from '../../ts';

describe('options of layers by position', () => {
  const pairs: [() => nn.Module, () => nn.Module][] = [
    [() => new nn.MaxPool2d(2, 2), () => new nn.MaxPool2d(2, { stride: 2 })],
    [() => new nn.MaxPool2d(3, [2, 1], 1, 1), () => new nn.MaxPool2d(3, { stride: [2, 1], padding: 1 })],
    [() => new nn.MaxPool1d(3, 2, 1, 1, { ceilMode: true }), () => new nn.MaxPool1d(3, { stride: 2, padding: 1, ceilMode: true })],
    [() => new nn.Flatten(0, 1), () => new nn.Flatten({ startDim: 0, endDim: 1 })],
    [() => new nn.LeakyReLU(0.2), () => new nn.LeakyReLU({ negativeSlope: 0.2 })],
    [() => new nn.LSTM(3, 4, 2), () => new nn.LSTM(3, 4, { numLayers: 2 })],
    [() => new nn.GRU(3, 4, 2, { batchFirst: true }), () => new nn.GRU(3, 4, { numLayers: 2, batchFirst: true })],
    [() => new nn.RNN(3, 4, 2), () => new nn.RNN(3, 4, { numLayers: 2 })],
  ];
  for (const [byPosition, byName] of pairs) {
    it(`make ${String(byName())}`, () => assert.equal(String(byPosition()), String(byName())));
  }

  it('are refused where there are too many', () => {
    assert.throws(() => new nn.LSTM(3, 4, ...([2, true] as unknown as [number])), /at most 1 options by position \(numLayers\), found 2/);
  });
});
