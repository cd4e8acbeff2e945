import { strict as assert } from 'node:assert';
import { InputError, nn, torch } from '../../../ts';

const names = (module: nn.Module): string[] =>
  Array.from(module.namedChildren(), ([name, child]) => `${name} ${child.constructor.name}`);

describe('lists and dictionaries of modules as Python has them', () => {
  it('inserts into a Sequential and numbers the rest anew', () => {
    const layers = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
    layers.insert(0, new nn.Identity()).insert(-1, new nn.Tanh()).extend([new nn.Sigmoid()]);
    assert.deepEqual(names(layers), ['0 Identity', '1 Linear', '2 Tanh', '3 ReLU', '4 Sigmoid']);
    assert.equal(layers.pop(0).constructor.name, 'Identity');
    assert.deepEqual(Object.keys(layers.stateDict()), ['0.weight', '0.bias']);
  });

  it('keeps the names in a slice of a Sequential and shares its layers', () => {
    const layers = new nn.Sequential({ a: new nn.Linear(2, 2), b: new nn.ReLU(), c: new nn.Tanh() });
    const rest = layers.slice(1);
    assert.deepEqual(names(rest), ['b ReLU', 'c Tanh']);
    assert.equal(rest.at(0), layers.at('b'));
    assert.equal(layers.slice(-1, 0).length, 0);
    assert.equal(layers.pop('a').constructor.name, 'Linear');
    assert.deepEqual(names(layers), ['0 ReLU', '1 Tanh']);
  });

  it('inserts into, takes out of and slices a ModuleList', () => {
    const list = new nn.ModuleList<nn.Module>([new nn.Linear(1, 1), new nn.ReLU()]);
    list.insert(2, new nn.Tanh()).insert(0, new nn.Identity());
    assert.deepEqual(names(list), ['0 Identity', '1 Linear', '2 ReLU', '3 Tanh']);
    assert.equal(list.pop().constructor.name, 'Tanh');
    assert.deepEqual(names(list.slice(1)), ['0 Linear', '1 ReLU']);
    for (const index of [4, -4, 0.5]) assert.throws(() => list.insert(index, new nn.ReLU()), InputError);
    assert.throws(() => list.insert(0, {} as nn.Module), InputError);
    assert.throws(() => list.pop(3), InputError);
    assert.equal(list.length, 3);
  });

  it('updates, reads and empties a ModuleDict and a ParameterDict', () => {
    const modules = new nn.ModuleDict<nn.Module>({ a: new nn.ReLU() })
      .update({ b: new nn.Tanh() })
      .update([['a', new nn.Sigmoid()]]);
    assert.deepEqual(
      modules.items().map(([name, module]) => `${name} ${module.constructor.name}`),
      ['a Sigmoid', 'b Tanh'],
    );
    assert.equal(modules.pop('a').constructor.name, 'Sigmoid');
    assert.throws(() => modules.pop('a'), InputError);
    assert.deepEqual(modules.values().map(String), ['Tanh()']);
    const parameters = new nn.ParameterDict({ w: torch.ones([2]) }).update({ v: torch.zeros([1]) });
    assert.deepEqual(
      parameters.values().map((value) => value.toArray()),
      [[1, 1], [0]],
    );
    assert.deepEqual(parameters.pop('w').toArray(), [1, 1]);
    assert.deepEqual(
      parameters.items().map(([name]) => name),
      ['v'],
    );
    parameters.clear();
    assert.equal(parameters.size, 0);
  });
});
