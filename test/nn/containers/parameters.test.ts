import assert from 'node:assert/strict';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { goldenJson } from '../golden';

describe('ParameterList and ParameterDict', () => {
  const golden = goldenJson<{ parameter_list: string; parameter_dict: string; parameter_keys: string[] }>('nn-modules');

  class Net extends nn.Module {
    scales = new nn.ParameterList([torch.ones([2]), new nn.Parameter(torch.zeros([3, 1]))]);
    named = new nn.ParameterDict({ left: torch.ones([2]), right: torch.zeros([]) });

    forward(): torch.Tensor {
      return this.scales.at(0).mul(this.named.get('left'));
    }
  }

  it('carry PyTorch’s keys and print as PyTorch’s do', () => {
    const net = new Net();
    assert.deepEqual(Object.keys(net.stateDict()), golden.parameter_keys);
    assert.deepEqual(
      net.namedParameters().map(([key]) => key),
      golden.parameter_keys,
    );
    assert.equal(String(net.scales), golden.parameter_list);
    // Python's dictionary still names the types of Lua Torch.
    assert.equal(String(net.named), golden.parameter_dict.replaceAll('FloatTensor', 'float32'));
  });

  it('train, load and are assigned to like parameters in fields', () => {
    const net = new Net();
    net.forward().sum().backward();
    assert.deepEqual(net.scales.at(0).grad!.toArray(), [1, 1]);
    const state = Object.fromEntries(
      Object.entries(net.stateDict()).map(([key, tensor]) => [key, torch.full(tensor.shape, 7)]),
    );
    net.loadStateDict(state, { assign: true });
    assert.deepEqual(net.scales.at(-1).toArray(), [[7], [7], [7]]);
    assert.equal(net.named.get('right').item(), 7);
    assert.ok(net.named.get('right').requiresGrad);
    assert.equal(net.to('float64').scales.at(0).dtype, 'float64');
  });

  it('grow, shrink and are walked through', () => {
    const { scales, named } = new Net();
    scales.append(torch.ones([1])).replace(0, torch.zeros([4]));
    assert.deepEqual(
      [...scales].map(({ shape }) => shape),
      [[4], [3, 1], [1]],
    );
    assert.ok(named.has('left') && named.delete('left') && !named.has('left'));
    assert.deepEqual(
      [...named].map(([name]) => name),
      ['right'],
    );
    assert.equal(named.size, 1);
    assert.equal(scales.length, 3);
  });

  it('refuse places and names that are not there', () => {
    const { scales, named } = new Net();
    assert.throws(() => scales.at(2), /ParameterList has no parameter at 2: expected a place below 2/);
    assert.throws(() => named.get('up'), /ParameterDict has no parameter "up": expected one of left, right/);
    assert.throws(() => named.set('a.b', torch.ones([1])), /must not be empty or hold a dot, got "a.b"/);
    assert.throws(() => scales.forward(), /has no forward/);
  });
});
