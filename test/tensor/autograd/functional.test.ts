import assert from 'node:assert/strict';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, goldenTensors } from '../../nn/golden';

const { jacobian, hessian, vjp, jvp, vhp, hvp } = torch.autograd.functional;
const golden = goldenTensors('derivatives');
const [x, y, vx, vy, u, w] = ['x', 'y', 'vx', 'vy', 'u', 'w'].map((name) => golden.get(name)) as Tensor[];
const inputs = [x!, y!];

/** As in scripts/golden/derivatives.py. */
function mixed(a: Tensor, b: Tensor): Tensor[] {
  return [a.sin().mul(b).sum(1), a.exp().mul(b.square())];
}

function energy(a: Tensor, b: Tensor): Tensor {
  return a.mul(b).sin().sum().mul(b.prod()).add(a.pow(3).sum());
}

function assertBlocks(actual: readonly (readonly Tensor[])[], name: string): void {
  for (const [i, row] of actual.entries())
    for (const [j, block] of row.entries()) assertClose(block, golden.get(`${name}.${i}.${j}`), { what: `${i}, ${j}` });
}

function assertEach(actual: readonly Tensor[], name: string): void {
  for (const [i, tensor] of actual.entries()) assertClose(tensor, golden.get(`${name}.${i}`), { what: `${name} ${i}` });
}

describe('torch.autograd.functional', () => {
  it('jacobian of several results by several inputs is PyTorch’s', () =>
    assertBlocks(jacobian(mixed, inputs), 'jacobian'));

  it('jacobian of one result by one input is a tensor', () => {
    assertClose(
      jacobian((a) => a.tanh(), y!),
      golden.get('jacobian.single'),
    );
  });

  it('hessian is PyTorch’s', () => {
    assertBlocks(hessian(energy, inputs), 'hessian');
    assertClose(
      hessian((b) => energy(x!, b), y!),
      golden.get('hessian.single'),
    );
  });

  it('vjp and jvp are PyTorch’s', () => {
    const [outputs, product] = vjp(mixed, inputs, [u!, w!]);
    assertEach(outputs, 'vjp.outputs');
    assertEach(product, 'vjp');
    const [values, pushed] = jvp(mixed, inputs, [vx!, vy!]);
    assertEach(values, 'jvp.outputs');
    assertEach(pushed, 'jvp');
  });

  it('vhp and hvp are PyTorch’s', () => {
    for (const [name, product] of [['vhp', vhp] as const, ['hvp', hvp] as const]) {
      const [output, found] = product(energy, inputs, [vx!, vy!]);
      assertClose(output, golden.get(`${name}.output`));
      assertEach(found, name);
    }
  });

  it('a single number needs no vector: the gradient', () => {
    const [value, gradient] = vjp((a: Tensor) => a.square().sum(), torch.tensor([1, 2]));
    assert.deepEqual([value.item(), gradient.toArray()], [5, [2, 4]]);
  });

  it('a result that does not depend on an input has zeros, or is an error when strict', () => {
    const fn = (a: Tensor, _b: Tensor): Tensor => a.mul(2);
    const both = [torch.ones([2]), torch.ones([3])];
    assert.deepEqual(jacobian(fn, both)[1]!.toArray(), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assert.throws(() => jacobian(fn, both, { strict: true }), /does not depend on one of the inputs/);
    assert.deepEqual(jacobian(() => torch.ones([1]), torch.ones([2])).toArray(), [[0, 0]]);
  });

  it('createGraph lets the result be differentiated', () => {
    const point = torch.tensor([2, 3], { requiresGrad: true });
    const third = jacobian((a) => a.pow(3), point, { createGraph: true });
    third.sum().backward();
    assert.deepEqual(point.grad!.toArray(), [12, 18]);
    assert.equal(jacobian((a) => a.pow(3), point).requiresGrad, false);
  });

  it('works inside noGrad, touches no grad and leaves nothing behind but its result', async () => {
    const point = torch.tensor([2, 3], { requiresGrad: true });
    const before = await liveTensors();
    torch.scope(() => {
      const made = torch.memory().tensors;
      const found = torch.noGrad(() => jacobian((a) => a.square(), point));
      assert.deepEqual(found.toArray(), [
        [4, 0],
        [0, 6],
      ]);
      assert.equal(torch.memory().tensors, made + 1);
    });
    assert.equal(torch.memory().tensors, before);
    assert.equal(point.grad, null);
  });

  it('wrong arguments are refused by name', () => {
    assert.throws(
      () => jacobian((a) => a, torch.tensor([1n])),
      /jacobian differentiates by floating point tensors, got int64/,
    );
    assert.throws(
      () => hessian((a) => a, torch.ones([2])),
      /hessian: the function must return a single number, got a tensor of shape \[2\]/,
    );
    assert.throws(() => vjp((a: Tensor) => a, torch.ones([2])), /vjp needs a vector/);
    assert.throws(
      () => jvp((a: Tensor) => a, torch.ones([2]), torch.ones([3])),
      /jvp: expected v of shape \[2\], got \[3\]/,
    );
    assert.throws(
      () => jacobian((() => 1) as unknown as (a: Tensor) => Tensor, torch.ones([1])),
      /functions that return one or the other/,
    );
  });
});

describe('gradcheck', () => {
  const { gradcheck, gradgradcheck } = torch.autograd;
  const point = (): Tensor => torch.tensor([0.5, -1.5, 2], { dtype: 'float64', requiresGrad: true });

  it('agrees with right derivatives, first and second, of several inputs and results', () => {
    const both = inputs.map((tensor) => tensor.clone().requiresGrad_(true));
    assert.equal(gradcheck(mixed, both), true);
    assert.equal(gradgradcheck(mixed, both), true);
  });

  it('finds a wrong derivative', () => {
    // The gradient of x.detach() * x misses half.
    const wrong = (a: Tensor): Tensor => a.detach().mul(a);
    assert.throws(() => gradcheck(wrong, point()), /the derivative of result 0 by input 0 is not that of differences/);
    assert.equal(gradcheck(wrong, point(), { raiseException: false }), false);
    assert.equal(
      gradgradcheck((a) => a.mul(a.square().detach()), point(), { raiseException: false }),
      false,
    );
  });

  it('asks for an input that requires gradients, in float64', () => {
    assert.throws(
      () => gradcheck((a) => a, torch.ones([1], { dtype: 'float64' })),
      /none of the inputs requires gradients/,
    );
    assert.throws(
      () => gradcheck((a) => a, torch.ones([1], { requiresGrad: true })),
      /takes float64 inputs, got float32/,
    );
  });
});
