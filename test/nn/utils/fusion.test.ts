import assert from 'node:assert/strict';
import { nn, torch } from '../../../ts';
import { InputError } from '../../../ts/errors';
import type { Tensor } from '../../../ts';

const normalization = <Bn extends nn.BatchNorm1d | nn.BatchNorm2d>(bn: Bn): Bn => {
  torch.noGrad(() => {
    bn.running_mean!.uniform_(-1, 1);
    bn.running_var!.uniform_(0.5, 2);
    bn.weight?.uniform_(0.5, 2);
    bn.bias?.uniform_(-1, 1);
  });
  bn.eval();
  return bn;
};
const same = (found: Tensor, wanted: Tensor): void =>
  assert.ok(torch.allclose(found, wanted, { rtol: 1e-4, atol: 1e-5 }));

describe('batch normalization folded into the layer before it', () => {
  before(() => void torch.manualSeed(0));

  it('of convolutions, with a bias and without, affine or not', () => {
    for (const bias of [true, false])
      for (const affine of [true, false]) {
        const conv = new nn.Conv2d(3, 4, 3, { bias }).eval();
        const bn = normalization(new nn.BatchNorm2d(4, { affine }));
        const x = torch.randn([2, 3, 6, 6]);
        const before = conv.weight.clone();
        const fused = nn.utils.fuseConvBnEval(conv, bn);
        same(fused.forward(x), bn.forward(conv.forward(x)));
        assert.ok(torch.equal(conv.weight, before), 'the layer itself is left as it was');
        assert.deepEqual([fused.bias?.shape, fused.weight.requiresGrad, conv.bias === null], [[4], true, !bias]);
      }
  });

  it('of transposed convolutions and linear layers', () => {
    const conv = new nn.ConvTranspose2d(3, 5, 3).eval();
    const bn = normalization(new nn.BatchNorm2d(5));
    const x = torch.randn([2, 3, 4, 4]);
    same(nn.utils.fuseConvBnEval(conv, bn, true).forward(x), bn.forward(conv.forward(x)));
    const linear = new nn.Linear(3, 4).eval();
    const bn1d = normalization(new nn.BatchNorm1d(4));
    const rows = torch.randn([5, 3]);
    same(nn.utils.fuseLinearBnEval(linear, bn1d).forward(rows), bn1d.forward(linear.forward(rows)));
  });

  it('is refused in training mode, without statistics, and for other sizes', () => {
    const linear = new nn.Linear(3, 4);
    assert.throws(() => nn.utils.fuseLinearBnEval(linear, normalization(new nn.BatchNorm1d(4))), InputError);
    const without = new nn.BatchNorm1d(4, { trackRunningStats: false }).eval();
    assert.throws(() => nn.utils.fuseLinearBnEval(linear.eval(), without), /running statistics/);
    assert.throws(
      () => nn.utils.fuseLinearBnEval(linear, normalization(new nn.BatchNorm1d(3))),
      /of 4 features, found one of 3/,
    );
  });
});
