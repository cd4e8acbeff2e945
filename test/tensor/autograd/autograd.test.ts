import assert from 'node:assert/strict';
import { DTypeError, InputError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertClose, goldenTensors } from '../../nn/golden';

const leaf = (...values: number[]): Tensor => torch.tensor(values, { requiresGrad: true });
const values = (tensor: Tensor | null | undefined): unknown => tensor?.toArray() ?? null;

describe('gradients', () => {
  const golden = goldenTensors('tensor-autograd');
  const inputs = (): [Tensor, Tensor] => [
    golden.get('x').clone().requiresGrad_(),
    golden.get('w').clone().requiresGrad_(),
  ];
  const loss = (x: Tensor, w: Tensor): Tensor => x.mm(w).tanh().pow(2).mean();

  it('backward gives those of PyTorch', () => {
    const [x, w] = inputs();
    const value = loss(x, w);
    assertClose(value, golden.get('loss'));
    value.backward();
    assertClose(x.grad!, golden.get('x.grad'));
    assertClose(w.grad!, golden.get('w.grad'));
  });

  it('second derivatives, through createGraph, are those of PyTorch', () => {
    const [x, w] = inputs();
    const [gx, gw] = torch.autograd.grad(loss(x, w), [x, w], { createGraph: true }) as [Tensor, Tensor];
    assert.ok(gx.requiresGrad);
    const [second, third] = torch.autograd.grad(gx.pow(2).sum().add(gw.pow(2).sum()), [x, w]) as [Tensor, Tensor];
    assertClose(second, golden.get('x.second'));
    assertClose(third, golden.get('w.second'));
    assert.equal(x.grad, null);
  });

  it('of several elements want the vector of the product', () => {
    const [x, w] = inputs();
    const vector = torch.arange(6).float().view(3, 2);
    const [found] = torch.autograd.grad(x.mm(w), x, { gradOutputs: vector }) as [Tensor];
    assertClose(found, golden.get('x.seeded'));
    x.mm(w).backward(vector);
    assertClose(x.grad!, golden.get('x.seeded'));
    x.grad = null;
    x.mm(w).backward({ gradient: vector });
    assertClose(x.grad!, golden.get('x.seeded'));
  });

  it('agree with finite differences', () => {
    const at = (value: number): number =>
      Number(torch.tensor([value, 0.3], { dtype: 'float64' }).sin().prod().exp().item());
    const x = torch.tensor([0.7, 0.3], { dtype: 'float64', requiresGrad: true });
    x.sin().prod().exp().backward();
    const step = 1e-6;
    assert.ok(Math.abs(Number(x.grad!.index(0).item()) - (at(0.7 + step) - at(0.7 - step)) / (2 * step)) < 1e-9);
  });
});

describe('grad', () => {
  it('is null before the first backward, and adds up from then on', () => {
    const w = leaf(1, 2);
    assert.equal(w.grad, null);
    for (const expected of [
      [2, 4],
      [4, 8],
    ]) {
      w.pow(2).sum().backward();
      assert.deepEqual(values(w.grad), expected);
    }
  });

  it('can be set, and set to null', () => {
    const w = leaf(1, 2);
    w.grad = torch.tensor([5, 6]);
    w.sum().backward();
    assert.deepEqual(values(w.grad), [6, 7]);
    w.grad = null;
    assert.equal(w.grad, null);
  });

  it('of many tensors comes and goes in one call', () => {
    const [a, b] = [leaf(1), leaf(2, 3)];
    b.sum().backward();
    assert.deepEqual(torch.autograd.grads([a, b]).map(values), [null, [1, 1]]);
    torch.autograd.setGrads([a, b], [torch.tensor([9]), null]);
    assert.deepEqual(torch.autograd.grads([a, b]).map(values), [[9], null]);
    torch.autograd.setGrads([a, b]);
    assert.deepEqual(torch.autograd.grads([a, b]), [null, null]);
  });

  it('of ten thousand tensors fits through the wire', () => {
    const many = Array.from({ length: 10_000 }, () => torch.zeros([1]));
    torch.scope(() => {
      torch.autograd.setGrads(
        many,
        many.map((_, i) => torch.tensor([i])),
      );
      assert.deepEqual(values(torch.autograd.grads(many)[9_999]), [9999]);
    });
    torch.scope(() => torch.stack(many).sum()); // and the operators after it find the wire in order
    for (const tensor of many) tensor.dispose();
  });

  it('of a tensor between leaves is there when asked for', () => {
    const w = leaf(3);
    const middle = w.mul(2);
    middle.retainGrad();
    middle.pow(2).sum().backward();
    assert.deepEqual([values(middle.grad), values(w.grad)], [[12], [24]]);
  });

  it('goes only to the leaves asked for', () => {
    const [a, b] = [leaf(1), leaf(2)];
    a.mul(b)
      .sum()
      .backward({ inputs: [a] });
    assert.deepEqual([values(a.grad), b.grad], [[2], null]);
  });

  it('of unused inputs is null when allowed, else an error', () => {
    const [a, b] = [leaf(1), leaf(2)];
    assert.deepEqual(torch.autograd.grad(a.sum(), [a, b], { allowUnused: true }).map(values), [[1], null]);
    assert.throws(
      () => torch.autograd.grad(a.sum(), [a, b]),
      /appears to not have been used in the graph\. Set allow_unused=True/,
    );
  });

  const refused: readonly [what: string, gradient: (w: Tensor) => unknown, kind: typeof TorchError, message: RegExp][] =
    [
      [
        'another shape',
        () => torch.ones([3]),
        ShapeError,
        /attempting to assign a gradient of size '\[3\]' to a tensor of size '\[2\]'/,
      ],
      [
        'another type',
        () => torch.ones([2], { dtype: 'float64' }),
        DTypeError,
        /attempting to assign a gradient with dtype 'float64' to a tensor with dtype 'float32'/,
      ],
      [
        'another device',
        () => torch.ones([2], { device: 'meta' }),
        TorchError,
        /attempting to assign a gradient with device type 'meta' to a tensor with device type 'cpu'/,
      ],
      ['the tensor itself', (w) => w, TorchError, /can't assign Variable as its own grad/],
      ['a number', () => 1, DTypeError, /expected a tensor or null, found 1/],
    ];
  for (const [what, gradient, kind, message] of refused) {
    it(`cannot be ${what}`, () => {
      const w = leaf(1, 2);
      assert.throws(
        () => (w.grad = gradient(w) as Tensor),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
      assert.equal(w.grad, null);
    });
  }
});

describe('the graph', () => {
  it('is freed by backward, unless retained', () => {
    const w = leaf(2);
    const y = w.pow(2).sum();
    y.backward(null, { retainGraph: true });
    y.backward({ retainGraph: true });
    y.backward();
    assert.deepEqual(values(w.grad), [12]);
    assert.throws(() => y.backward(), /Trying to backward through the graph a second time/);
  });

  it('lives on when the tensors between are disposed', () => {
    const w = leaf(1, 2);
    const y = torch.scope(() => w.exp().mul(2).sum());
    y.backward();
    assert.deepEqual(
      (values(w.grad) as number[]).map((value) => value.toFixed(3)),
      ['5.437', '14.778'],
    );
  });

  it('names the operation that made a tensor', () => {
    const w = leaf(1);
    assert.deepEqual([w.gradFn, w.mul(w).gradFn, w.mul(w).detach().gradFn], [null, 'MulBackward0', null]);
  });

  it('detach shares memory and records nothing', () => {
    const w = leaf(1, 2);
    const plain = w.detach();
    plain.mul_(3);
    assert.deepEqual([plain.requiresGrad, values(w)], [false, [3, 6]]);
  });

  it('knows several outputs, each with its vector', () => {
    const w = leaf(1, 2);
    torch.autograd.backward([w.mul(2), w.sum()], [torch.ones([2]), null]);
    assert.deepEqual(values(w.grad), [3, 3]);
  });

  it('notices what was changed in place after it was recorded', () => {
    const w = leaf(1, 2);
    const y = w.mul(1);
    const z = y.pow(2);
    y.add_(1);
    assert.throws(
      () => z.sum().backward(),
      /one of the variables needed for gradient computation has been modified by an inplace operation/,
    );
  });
});

describe("PyTorch's rules and messages", () => {
  const w = leaf(1, 2);
  const refused: readonly [what: string, body: () => unknown, message: RegExp][] = [
    [
      'backward from several elements',
      () => w.mul(2).backward(),
      /grad can be implicitly created only for scalar outputs/,
    ],
    [
      'backward from what requires no gradient',
      () => torch.ones([1]).backward(),
      /element 0 of tensors does not require grad and does not have a grad_fn/,
    ],
    [
      'a gradient of another shape',
      () => w.mul(2).backward(torch.ones([3])),
      /invalid gradient at index 0 - got \[3\] but expected shape compatible with \[2\]/,
    ],
    [
      'a leaf written in place',
      () => w.add_(1),
      /a leaf Variable that requires grad is being used in an in-place operation\./,
    ],
    [
      'a view of a leaf written in place',
      () => w.view(2, 1).add_(1),
      /a view of a leaf Variable that requires grad is being used in an in-place operation\./,
    ],
    [
      'requiresGrad switched off behind a leaf',
      () => w.mul(2).requiresGrad_(false),
      /you can only change requires_grad flags of leaf variables/,
    ],
    [
      'integers that require a gradient',
      () => torch.tensor([1n]).requiresGrad_(),
      /Only Tensors of floating point and complex dtype can require gradients/,
    ],
    [
      'retainGrad without a graph',
      () => torch.ones([1]).retainGrad(),
      /can't retain_grad on Tensor that has requires_grad=False/,
    ],
  ];
  for (const [what, body, message] of refused) {
    it(what, () => {
      assert.throws(body, (error: unknown) => error instanceof TorchError && message.test(error.message));
    });
  }

  it('requiresGrad can be read, set and passed on', () => {
    const x = torch.ones([2]);
    x.requiresGrad = true;
    assert.deepEqual([x.requiresGrad, x.mul(2).requiresGrad, x.isLeaf, x.mul(2).isLeaf], [true, true, true, false]);
    assert.equal(x.requiresGrad_(false), x);
    assert.equal(x.requiresGrad, false);
  });

  it('an option in another spelling is named', () => {
    assert.throws(() => w.sum().backward({ retain_graph: true } as object), {
      name: 'InputError',
      message: /Did you mean retainGraph/,
    });
    assert.throws(() => torch.autograd.grad(w.sum(), w, { create_graph: true } as object), InputError);
  });

  it('what is no tensor is refused', () => {
    assert.throws(() => torch.autograd.backward([1 as never]), DTypeError);
    assert.throws(() => torch.autograd.grad(w.sum(), [undefined as never]), DTypeError);
    assert.throws(() => w.mul(2).backward(1 as never), /expected a tensor or null, found 1/);
  });
});

describe('autograd.grad', () => {
  it('gives zeros for unused inputs with materializeGrads, and refuses it beside allowUnused: false', () => {
    const [x, y] = [leaf(1, 2), leaf(3)];
    const [used, unused] = torch.autograd.grad(x.mul(2).sum(), [x, y], { materializeGrads: true });
    assert.deepEqual([values(used), values(unused)], [[2, 2], [0]]);
    assert.throws(
      () => torch.autograd.grad(x.sum(), [x, y], { materializeGrads: true, allowUnused: false }),
      InputError,
    );
    assert.deepEqual(values(torch.autograd.grad(x.sum(), [y], { allowUnused: true })[0]), null);
    assert.throws(() => torch.autograd.grad(x.sum(), [y]), TorchError);
  });

  it('gives a batch of gradients for a batch of vectors with isGradsBatched', () => {
    const [x, y] = [leaf(1, 2, 3), leaf(5)];
    const squares = x.pow(2);
    const [jacobian] = torch.autograd.grad(squares, x, {
      gradOutputs: torch.eye(3),
      isGradsBatched: true,
      retainGraph: true,
    });
    assert.deepEqual(values(jacobian), [
      [2, 0, 0],
      [0, 4, 0],
      [0, 0, 6],
    ]);
    const options = {
      gradOutputs: [torch.ones([2, 3]), torch.tensor([1, 10])],
      isGradsBatched: true,
      materializeGrads: true,
    };
    const [both, unused] = torch.autograd.grad([squares, x.sum()], [x, y], { ...options, retainGraph: true });
    assert.deepEqual(
      [values(both), values(unused)],
      [
        [
          [3, 5, 7],
          [12, 14, 16],
        ],
        [[0], [0]],
      ],
    );
    const empty = torch.autograd.grad(squares, x, {
      gradOutputs: torch.ones([0, 3]),
      isGradsBatched: true,
      retainGraph: true,
    });
    assert.deepEqual(empty[0]?.shape, [0, 3]);
    torch.autograd.grad(squares, x, { gradOutputs: torch.ones([2, 3]), isGradsBatched: true });
    assert.throws(
      () => torch.autograd.grad(squares, x, { gradOutputs: torch.ones([3]) }),
      TorchError,
      'the graph is freed with the last vector',
    );
  });

  it('takes second derivatives of a batch with createGraph', () => {
    const x = leaf(1, 2);
    const [rows] = torch.autograd.grad(x.pow(3), x, {
      gradOutputs: torch.eye(2),
      isGradsBatched: true,
      createGraph: true,
    });
    assert.deepEqual(values(torch.autograd.grad(rows!.sum(), x)[0]), [6, 12]);
  });

  it('refuses batches of other shapes', () => {
    const x = leaf(1, 2, 3);
    for (const gradOutputs of [torch.ones([3]), torch.ones([2, 4]), null]) {
      assert.throws(
        () => torch.autograd.grad(x.pow(2), x, { gradOutputs, isGradsBatched: true }),
        /expected gradOutputs of shape \[B, 3\]/,
      );
    }
    assert.throws(
      () =>
        torch.autograd.grad([x.pow(2), x.mul(2)], x, {
          gradOutputs: [torch.ones([2, 3]), torch.ones([1, 3])],
          isGradsBatched: true,
        }),
      ShapeError,
    );
  });
});
