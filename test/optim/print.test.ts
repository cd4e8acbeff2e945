import assert from 'node:assert/strict';
import { nn, optim } from '../../ts';

describe('an optimizer', () => {
  // As PyTorch 2.13 prints them.
  it('prints its groups as PyTorch does', () => {
    const sgd = new optim.SGD(new nn.Linear(1, 1).parameters(), { lr: 0.1, momentum: 0.9 });
    assert.equal(
      String(sgd),
      `SGD (
Parameter Group 0
    dampening: 0
    differentiable: False
    foreach: None
    fused: None
    lr: 0.1
    maximize: False
    momentum: 0.9
    nesterov: False
    weight_decay: 0
)`,
    );
    const groups = [
      { params: new nn.Linear(1, 1).parameters() },
      { params: new nn.Linear(1, 1).parameters(), lr: 1e-5 },
    ];
    assert.equal(
      String(new optim.Adam(groups, { lr: 0.001 })),
      `Adam (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    capturable: False
    decoupled_weight_decay: False
    differentiable: False
    eps: 1e-08
    foreach: None
    fused: None
    lr: 0.001
    maximize: False
    weight_decay: 0

Parameter Group 1
    amsgrad: False
    betas: (0.9, 0.999)
    capturable: False
    decoupled_weight_decay: False
    differentiable: False
    eps: 1e-08
    foreach: None
    fused: None
    lr: 1e-05
    maximize: False
    weight_decay: 0
)`,
    );
  });
});
