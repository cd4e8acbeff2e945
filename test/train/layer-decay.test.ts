import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { layerFactors } from '../../ts/train/layer-decay';

describe('rates that fall from output to input', () => {
  const factors = (model: nn.Module, rules: Parameters<typeof layerFactors>[1]) => {
    const names = new Map(model.namedParameters().map(([name, parameter]) => [parameter, name]));
    return Object.fromEntries([...layerFactors(model.namedParameters(), rules)].map(([p, f]) => [names.get(p)!, f]));
  };

  class Network extends nn.Module {
    readonly stem = new nn.Linear(2, 2, { bias: false });
    readonly blocks = new nn.ModuleList([new nn.Linear(2, 2), new nn.Linear(2, 2)]);
    readonly norm = new nn.LayerNorm(2);

    forward(): null {
      return null;
    }
  }

  it('take what stands before the numbered blocks for the input, what stands behind for the output', () => {
    assert.deepEqual(factors(new Network(), 0.5), {
      'stem.weight': 0.125,
      'blocks.0.weight': 0.25,
      'blocks.0.bias': 0.25,
      'blocks.1.weight': 0.5,
      'blocks.1.bias': 0.5,
      'norm.weight': 1,
      'norm.bias': 1,
    });
  });

  it('take each module of a sequence for a layer, and the last one for the output', () => {
    const model = new nn.Sequential(new nn.Linear(2, 2, { bias: false }), new nn.ReLU(), new nn.Linear(2, 1));
    assert.deepEqual(factors(model, 0.5), { '0.weight': 0.5, '2.weight': 1, '2.bias': 1 });
  });

  it('take the layers that patterns name, and the output for the rest', () => {
    const layers = [/^stem/, 'blocks'];
    assert.deepEqual(Object.values(factors(new Network(), { factor: 0.1, layers })), [
      0.1 ** 2,
      0.1,
      0.1,
      0.1,
      0.1,
      1,
      1,
    ]);
    assert.throws(() => factors(new Network(), { factor: 0.1, layers: ['head'] }), /\/head\/ is the first pattern/);
  });

  it('are one rate without a decay', () => {
    assert.deepEqual(new Set(Object.values(factors(new Network(), 1))), new Set([1]));
  });
});
