import assert from 'node:assert/strict';
import { nn, optim } from '../../ts';
import { InputError } from '../../ts/errors';
import * as torch from '../../ts/tensor';

describe('options of optimizers and schedulers by position', () => {
  const params = (): nn.Parameter[] => [new nn.Parameter(torch.zeros([1]))];
  const group = ({ paramGroups: [first] }: { readonly paramGroups: readonly object[] }): object => ({
    ...first,
    params: null,
  });

  it('of optimizers come in the order of PyTorch', () => {
    assert.deepEqual(
      group(new optim.SGD(params(), 0.1, 0.9, 0.2, 0.01)),
      group(new optim.SGD(params(), { lr: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.01 })),
    );
    assert.deepEqual(
      group(new optim.AdamW(params(), 0.1, [0.5, 0.9], { eps: 1e-6 })),
      group(new optim.AdamW(params(), { lr: 0.1, betas: [0.5, 0.9], eps: 1e-6 })),
    );
    assert.deepEqual(
      group(new optim.RMSprop(params(), 0.1, 0.9)),
      group(new optim.RMSprop(params(), { lr: 0.1, alpha: 0.9 })),
    );
  });

  it('of schedulers come behind what they require', () => {
    const { StepLR, CosineAnnealingLR, OneCycleLR } = optim;
    const state = (make: (optimizer: optim.SGD) => { stateDict(): object }): object =>
      make(new optim.SGD(params(), 0.1, 0.9)).stateDict();
    assert.deepEqual(
      state((own) => new StepLR(own, 7, 0.5)),
      state((own) => new StepLR(own, 7, { gamma: 0.5 })),
    );
    assert.deepEqual(
      state((own) => new CosineAnnealingLR(own, 7, 0.01)),
      state((own) => new CosineAnnealingLR(own, 7, { etaMin: 0.01 })),
    );
    assert.deepEqual(
      state((own) => new OneCycleLR(own, 1, 20)),
      state((own) => new OneCycleLR(own, 1, { totalSteps: 20 })),
    );
  });

  it('are refused when given twice', () => {
    const twice = (): unknown => new optim.SGD(params(), 0.1, { lr: 0.2 } as object);
    assert.throws(twice, new InputError("SGD: 'lr' is given twice, by position and by name; give it once"));
  });
});
