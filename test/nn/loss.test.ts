import assert from 'node:assert/strict';
import { ShapeError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertClose, goldenTensors } from './golden';

describe('the losses', () => {
  const golden = goldenTensors('nn-losses');
  const g = (name: string): Tensor => golden.get(name);
  type Loss = nn.Module & { forward(input: Tensor, target: Tensor): Tensor };

  const cases: Record<string, [input: string, target: string, loss: Loss]> = {
    bce_logits: ['logits', 'soft', new nn.BCEWithLogitsLoss()],
    bce_logits_weighted: ['logits', 'soft', new nn.BCEWithLogitsLoss({ weight: g('element'), posWeight: g('pos_weight') })],
    bce_logits_sum: ['logits', 'soft', new nn.BCEWithLogitsLoss({ reduction: 'sum' })],
    bce_logits_none: ['logits', 'soft', new nn.BCEWithLogitsLoss({ reduction: 'none', posWeight: g('pos_weight') })],
    bce: ['distribution', 'soft', new nn.BCELoss({ weight: g('weight') })],
    cross_entropy: ['logits', 'classes', new nn.CrossEntropyLoss()],
    cross_entropy_weighted: ['logits', 'classes', new nn.CrossEntropyLoss({ weight: g('weight') })],
    cross_entropy_ignored: ['logits', 'classes', new nn.CrossEntropyLoss({ ignoreIndex: 4 })],
    cross_entropy_smoothed: [
      'logits',
      'classes',
      new nn.CrossEntropyLoss({ weight: g('weight'), ignoreIndex: 0, labelSmoothing: 0.1 }),
    ],
    cross_entropy_soft: ['logits', 'distribution', new nn.CrossEntropyLoss({ labelSmoothing: 0.2 })],
    cross_entropy_maps: ['maps', 'pixels', new nn.CrossEntropyLoss({ reduction: 'none' })],
    nll: ['logits', 'classes', new nn.NLLLoss({ weight: g('weight'), ignoreIndex: 2 })],
    mse: ['logits', 'soft', new nn.MSELoss()],
    mse_none: ['logits', 'soft', new nn.MSELoss({ reduction: 'none' })],
    l1: ['logits', 'soft', new nn.L1Loss()],
    l1_sum: ['logits', 'soft', new nn.L1Loss({ reduction: 'sum' })],
    smooth_l1: ['logits', 'soft', new nn.SmoothL1Loss({ beta: 0.5 })],
    smooth_l1_zero: ['logits', 'soft', new nn.SmoothL1Loss({ beta: 0 })],
    huber: ['logits', 'soft', new nn.HuberLoss({ delta: 0.7 })],
  };

  for (const [name, [input, target, loss]] of Object.entries(cases)) {
    it(`${name}: value and gradient are PyTorch's`, () => {
      const x = g(input).clone().requiresGrad_(true);
      const value = loss.forward(x, g(target));
      const weights = torch.arange(1, value.numel() + 1).view(value.shape);
      value.mul(weights).sum().backward();
      assertClose(value, g(`${name}.value`), { what: 'value' });
      assertClose(x.grad!, g(`${name}.grad`), { what: 'gradient' });
    });
  }

  it('BCEWithLogitsLoss stays finite where the sigmoid saturates', () => {
    const loss = new nn.BCEWithLogitsLoss().forward(torch.tensor([1000, -1000]), torch.tensor([0, 0]));
    assert.equal(loss.item(), 500);
  });

  it('weights are buffers: they move with the loss and stand in its state dict', () => {
    const loss = new nn.BCEWithLogitsLoss({ posWeight: g('pos_weight') });
    assert.deepEqual(Object.keys(loss.stateDict()), ['pos_weight']);
    assert.equal(loss.to('float64').pos_weight!.dtype, 'float64');
  });

  it('mismatched shapes and unknown reductions are refused', () => {
    assert.throws(
      () => new nn.BCEWithLogitsLoss().forward(torch.zeros([2, 3]), torch.zeros([2, 1])),
      new ShapeError('binaryCrossEntropyWithLogits: target [2, 1] must have the shape of input [2, 3].'),
    );
    assert.throws(
      () => new nn.MSELoss({ reduction: 'avg' as 'mean' }).forward(torch.zeros([1]), torch.zeros([1])),
      /reduction must be 'none', 'mean' or 'sum', got 'avg'/,
    );
    assert.throws(() => new nn.CrossEntropyLoss({ ignore_index: 3 } as object), /no option "ignore_index": write "ignoreIndex"/);
  });
});
