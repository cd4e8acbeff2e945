import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import { joinTensors, splitTensors } from '../../ts/train/pytree';

describe('a state with tensors', () => {
  const tree = {
    state: { 0: { step: torch.tensor(3), rest: [torch.tensor([1, 2]), null] } },
    groups: [{ lr: 0.1, betas: [0.9, 0.99] }],
  };

  it('is split into JSON and tensors named by their place', () => {
    const { skeleton, tensors } = splitTensors(tree);
    assert.deepEqual(Object.keys(tensors), ['state.0.step', 'state.0.rest.0']);
    assert.deepEqual(JSON.parse(JSON.stringify(skeleton)), {
      state: { 0: { step: { $tensor: 'state.0.step' }, rest: [{ $tensor: 'state.0.rest.0' }, null] } },
      groups: [{ lr: 0.1, betas: [0.9, 0.99] }],
    });
  });

  it('comes back as it was', () => {
    const { skeleton, tensors } = splitTensors(tree);
    const back = joinTensors(JSON.parse(JSON.stringify(skeleton)), tensors) as typeof tree;
    assert.equal(back.state[0].step, tree.state[0].step);
    assert.equal(back.state[0].rest[0], tree.state[0].rest[0]);
    assert.deepEqual(back.groups, tree.groups);
  });
});
