import assert from 'node:assert/strict';
import { initializeWeights } from '../../ts/models/initialize';
import * as nn from '../../ts/nn';

const values = (tensor: nn.Parameter | null): Set<unknown> => new Set((tensor!.toArray() as unknown[]).flat(Infinity));

describe('starting values', () => {
  it('are normal numbers for the weights that transformers knows, 0 for their biases', () => {
    for (const layer of [
      new nn.Linear(2, 3),
      new nn.Conv1d(2, 3, 2),
      new nn.Conv2d(2, 3, 2),
      new nn.Conv3d(2, 3, 2),
      new nn.ConvTranspose1d(2, 3, 2),
      new nn.ConvTranspose2d(2, 3, 2),
    ]) {
      initializeWeights(layer, 0); // normal numbers of deviation 0
      assert.deepEqual([values(layer.weight), values(layer.bias)], [new Set([0]), new Set([0])], String(layer));
    }
  });

  it('are 0 for the row of a table that pads', () => {
    const table = new nn.Embedding(3, 2, { paddingIdx: 1 });
    initializeWeights(table, 1);
    const rows = table.weight.toArray() as number[][];
    assert.deepEqual(rows[1], [0, 0]);
    assert.ok(rows[0]!.every((value) => value !== 0));
  });

  it('leave alone what has its values already', () => {
    const inner = new nn.Linear(2, 2);
    initializeWeights(inner, 0);
    const outer = new nn.Sequential(inner, new nn.Linear(2, 2));
    initializeWeights(outer, 1);
    assert.deepEqual(values(inner.weight), new Set([0]));
    assert.ok(!values((outer.at(1) as nn.Linear).weight).has(0));
  });
});
