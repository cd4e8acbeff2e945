import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { goldenJson, goldenTensors } from '../../nn/golden';

const { stored, made } = goldenJson<{ stored: Record<string, string>; made: Record<string, string> }>('tensor-print');

describe('toString', () => {
  const tensors = goldenTensors('tensor-print');
  for (const [name, text] of Object.entries(stored)) {
    it(`prints as PyTorch does: ${name}`, () => assert.equal(tensors.get(name).toString(), text));
  }

  const w = torch.ones([2], { requiresGrad: true });
  const makers: Record<string, () => Tensor> = {
    leaf: () => w,
    product: () => w.mul(w),
    view: () => w.view(1, 2),
    sum: () => w.sum(),
    'long leaf': () => torch.full([9], 1.2345678, { dtype: 'float64', requiresGrad: true }),
    'copy slices': () =>
      w
        .clone()
        .indexFill_(0, torch.tensor([0]).long(), 3)
        .narrow(0, 0, 1),
    meta: () => torch.empty([2, 3], { device: 'meta' }),
    'meta int64': () => torch.empty([3], { dtype: 'int64', device: 'meta' }),
    sparse: () => torch.eye(3).toSparse(),
    'sparse empty': () => torch.zeros([2, 2]).toSparse(),
    'sparse csr': () => torch.eye(3).toSparseCsr(),
    'sparse csc': () => torch.eye(2, { dtype: 'float64' }).toSparseCsc(),
    conjugate: () => torch.tensor([{ re: 1, im: 2 }]).conj(),
    negative: () =>
      torch
        .tensor([{ re: 1, im: 2 }])
        .conj()
        .imag(),
    complex128: () => torch.tensor([{ re: 1e-9, im: 1 }], { dtype: 'complex128' }),
  };
  for (const [name, text] of Object.entries(made)) {
    it(`prints as PyTorch does: ${name}`, () => assert.equal(makers[name]!().toString(), text));
  }

  it('a quantized tensor shows its numbers', () => {
    const tensor = torch.quantizePerTensor(torch.tensor([0.5, 1]), 0.5, 10, 'quint8');
    assert.equal(tensor.toString(), 'tensor([0.5000, 1.0000], size=(2,), dtype=torch.quint8)');
  });

  it('a disposed tensor says so', () => {
    const tensor = torch.ones([1]);
    tensor.dispose();
    assert.equal(tensor.toString(), 'tensor(<disposed>)');
  });

  it('is what console.log and templates show', () => {
    const tensor = torch.tensor([1, 2]);
    assert.equal(inspect(tensor), 'tensor([1., 2.])');
    assert.equal(`${tensor}`, 'tensor([1., 2.])');
    assert.equal(inspect({ tensor }), '{ tensor: tensor([1., 2.]) }');
  });

  it('leaves no tensors behind, and the modes as they were', async () => {
    const long = torch.randn([40, 40], { requiresGrad: true });
    const product = long.mul(2);
    const before = await liveTensors();
    torch.scope(() => product.toString());
    assert.equal(torch.memory().tensors, before);
    assert.equal(torch.isGradEnabled(), true);
  });
});
