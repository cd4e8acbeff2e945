import assert from 'node:assert/strict';
import { torch } from '../../../ts';

describe('members of a tensor', () => {
  it('tell where it is and how it is stored', () => {
    const x = torch.zeros([2, 3]);
    assert.deepEqual(
      [x.isCpu, x.isCuda, x.isMeta, x.isMps, x.isXpu, x.isQuantized, x.isSparse, x.isSparseCsr],
      [true, false, false, false, false, false, false, false],
    );
    assert.deepEqual(
      [
        torch.zeros([1], { device: 'meta' }).isMeta,
        x.toSparse().isSparse,
        x.toSparseCoo().isSparse,
        x.toSparseCsr().isSparseCsr,
      ],
      [true, true, true, true],
    );
    assert.deepEqual(
      [x.ndimension(), x.nelement(), x.type(), x.type('int64').dtype],
      [2, 6, 'torch.FloatTensor', 'int64'],
    );
    assert.deepEqual(
      [x.t().dimOrder(), torch.zeros([1, 2, 3, 4]).contiguous({ memoryFormat: 'channels_last' }).dimOrder()],
      [
        [1, 0],
        [0, 2, 3, 1],
      ],
    );
  });

  it('tell of its memory, which views share', () => {
    const x = torch.arange(6, { dtype: 'float64' });
    const view = x.narrow(0, 2, 3);
    assert.equal(view.dataPtr(), x.dataPtr() + 16n);
    assert.deepEqual(
      [view.untypedStorage().nbytes(), view.untypedStorage().dataPtr(), view.storageOffset()],
      [48, x.dataPtr(), 2],
    );
    assert.throws(() => torch.zeros([2]).toSparse().dataPtr(), /no storage of its own/);
    const gone = torch.zeros([1]);
    gone.dispose();
    assert.throws(() => gone.dataPtr(), torch.DisposedTensorError);
  });

  it('make others of its kind', () => {
    const x = torch.zeros([2], { dtype: 'float64' });
    assert.deepEqual([x.newTensor([1, 2]).dtype, x.newTensor([1], { dtype: 'int32' }).dtype], ['float64', 'int32']);
    assert.deepEqual(torch.tensor([1, 2]).numpy(), Float32Array.of(1, 2));
    assert.throws(() => torch.zeros([1], { requiresGrad: true }).numpy(), /detach\(\)\.numpy\(\)/);
  });

  it('call a function for each element', () => {
    const x = torch
      .tensor([
        [1, 2],
        [3, 4],
      ])
      .t();
    assert.equal(
      x.apply_((v) => v * 10),
      x,
    );
    assert.deepEqual(x.tolist(), [
      [10, 30],
      [20, 40],
    ]);
    x.map_(torch.tensor([1, 2]), (v, other) => v + other);
    assert.deepEqual(x.tolist(), [
      [11, 32],
      [21, 42],
    ]);
    assert.deepEqual(
      torch
        .ones([2])
        .map2_(torch.tensor([2, 3]), torch.tensor([4, 5]), (v, a, b) => v + a * b)
        .tolist(),
      [9, 16],
    );
    assert.throws(() => x.map_(torch.ones([3]), (v) => v), torch.ShapeError);
    assert.throws(() => x.apply_(3 as never), /a function/);
  });

  it('tell how it is quantized', () => {
    const q = torch.quantizePerTensor(torch.tensor([1, 2]), 0.5, 3, 'qint8');
    assert.deepEqual([q.qScale(), q.qZeroPoint(), q.isQuantized], [0.5, 3, true]);
  });
});
