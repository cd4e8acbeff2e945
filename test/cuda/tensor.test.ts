import assert from 'node:assert/strict';
import { DeviceError, OutOfMemoryError } from '../../ts/errors';
import * as torch from '../../ts/tensor';
import { slice } from '../../ts/tensor';
import { distance, onGpu } from './gpu';

onGpu('tensors on CUDA', () => {
  it('go to the device and back unchanged, in every type', () => {
    for (const dtype of ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'uint8', 'bool'] as const) {
      const there = torch
        .tensor([
          [0, 1],
          [1, 0],
        ])
        .to(dtype)
        .to('cuda');
      assert.equal(there.device, 'cuda:0');
      assert.equal(there.dtype, dtype);
      assert.deepEqual(
        there.to('cpu').toArray(),
        torch
          .tensor([
            [0, 1],
            [1, 0],
          ])
          .to(dtype)
          .toArray(),
      );
      assert.deepEqual(there.toArray(), there.to('cpu').toArray());
    }
  });

  it('are made there', () => {
    assert.deepEqual(torch.full([2], 3, { device: 'cuda' }).toArray(), [3, 3]);
    assert.deepEqual(torch.tensor([1, 2], { device: 'cuda:0', dtype: 'int64' }).toArray(), [1, 2]);
    assert.equal(torch.zerosLike(torch.ones([2], { device: 'cuda' })).device, 'cuda:0');
  });

  it('give what the CPU gives', () => {
    torch.manualSeed(0);
    const [a, b] = [torch.randn([17, 33]).to('float64'), torch.randn([33, 9]).to('float64')];
    const cases: readonly ((x: torch.Tensor, y: torch.Tensor) => torch.Tensor)[] = [
      (x, y) => x.mm(y),
      (x) => x.add(x, { alpha: 2 }).mul(x),
      (x) => x.softmax(1),
      (x) => x.sum(0, { keepdim: true }),
      (x) => torch.layerNorm(x, [33]),
      (x) => torch.gelu(x),
      (x) => x.sort(1)[0],
      (x) => torch.cat([x, x], 1).reshape([-1, 2]).t(),
      (x) => x.index(slice(2, 9), [1, 3, 5]),
      (x, y) =>
        torch.scaledDotProductAttention(x.view([1, 1, 17, 33]), x.view([1, 1, 17, 33]), x.view([1, 1, 17, 33]), {
          scale: y.shape[1]! ** -0.5,
        }),
    ];
    for (const [index, operation] of cases.entries()) {
      assert.ok(distance(operation(a.to('cuda'), b.to('cuda')), operation(a, b)) < 1e-12, `case ${index}`);
    }
  });

  it('change in place and by index', () => {
    const x = torch.zeros([2, 3], { device: 'cuda' });
    assert.equal(x.add_(1), x);
    x.indexPut_([0, slice(1, 3)], torch.tensor([5, 6], { device: 'cuda' }));
    assert.deepEqual(x.toArray(), [
      [1, 5, 6],
      [1, 1, 1],
    ]);
  });

  it('draw the same numbers from the same seed', () => {
    const draw = (): unknown => {
      torch.manualSeed(7);
      return torch.randn([5], { device: 'cuda' }).toArray();
    };
    assert.deepEqual(draw(), draw());
  });

  it('do not mix with those of the CPU', () => {
    assert.throws(() => torch.ones([2], { device: 'cuda' }).add(torch.ones([2])), DeviceError);
  });

  it('that do not fit into the memory are an error, and the device goes on working', () => {
    assert.throws(() => torch.empty([2 ** 42], { device: 'cuda' }), OutOfMemoryError);
    assert.equal(torch.ones([3], { device: 'cuda' }).sum().item(), 3);
  });
});

describe('a device that is not there', () => {
  it('is a DeviceError', () => {
    const device = `cuda:${torch.cuda.deviceCount()}` as const;
    assert.throws(() => torch.zeros([1], { device }), DeviceError);
    assert.throws(() => torch.ones([1]).to(device), DeviceError);
  });
});
