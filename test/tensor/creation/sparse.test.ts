import { strict as assert } from 'node:assert';
import { DTypeError, InputError, TorchError, torch } from '../../../ts';

describe('sparse tensors', () => {
  const dense = [
    [0, 0, 3],
    [4, 0, 5],
  ];

  it('are made from arrays and from tensors, by each layout', () => {
    const indices = [
      [0, 1, 1],
      [2, 0, 2],
    ];
    const coo = torch.sparseCooTensor(indices, [3, 4, 5], [2, 3]);
    assert.deepEqual(coo.toDense().toArray(), dense);
    assert.deepEqual(
      torch
        .sparseCooTensor(torch.tensor(indices, { dtype: 'int64' }), torch.tensor([3, 4, 5]))
        .toDense()
        .toArray(),
      dense,
    );
    assert.deepEqual(torch.sparseCsrTensor([0, 1, 3], [2, 0, 2], [3, 4, 5], [2, 3]).toDense().toArray(), dense);
    assert.deepEqual(torch.sparseCscTensor([0, 1, 1, 3], [1, 0, 1], [4, 3, 5], [2, 3]).toDense().toArray(), dense);
    assert.deepEqual(
      torch
        .sparseBsrTensor(
          [0, 1],
          [1],
          [
            [
              [1, 2],
              [3, 4],
            ],
          ],
          [2, 4],
        )
        .toDense()
        .toArray(),
      [
        [0, 0, 1, 2],
        [0, 0, 3, 4],
      ],
    );
    assert.deepEqual(torch.sparseCooTensor([2, 3]).toDense().toArray(), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assert.deepEqual(torch.sparseCooTensor(2, 3).shape, [2, 3]);
  });

  it('take an element type and gradients, and sum what has one place', () => {
    const sparse = torch.sparseCooTensor([[1, 1]], [1, 2], [3], { dtype: 'float64', requiresGrad: true });
    assert.equal(sparse.dtype, 'float64');
    assert.equal(sparse.requiresGrad, true);
    assert.deepEqual(sparse.toDense().toArray(), [0, 3, 0]);
  });

  it('refuse indices outside, options that are unknown and lists that are uneven', () => {
    assert.throws(() => torch.sparseCooTensor([[0, 5]], [1, 2], [3]), TorchError);
    assert.throws(() => torch.sparseCsrTensor([0, 9], [0], [1], [1, 1]), TorchError);
    assert.throws(() => torch.sparseCooTensor([[0]], [1], [3], { sparse: true } as object), InputError);
    assert.throws(() => torch.sparse.sum(torch.eye(2).toSparse(), 0, { keepdim: true } as object), InputError);
    assert.throws(() => torch.sparseCooTensor([[0, 1], [0]], [1], [3, 3]), TorchError);
  });

  it('are multiplied, summed and normalized by torch.sparse', () => {
    const sparse = torch.sparseCooTensor(
      [
        [0, 1, 1],
        [2, 0, 2],
      ],
      [3, 4, 5],
      [2, 3],
      { requiresGrad: true },
    );
    const product = torch.sparse.mm(sparse, torch.ones([3, 2]));
    assert.deepEqual(product.toArray(), [
      [3, 3],
      [9, 9],
    ]);
    product.sum().backward();
    assert.deepEqual(sparse.grad!.toDense().toArray(), [
      [0, 0, 2],
      [2, 0, 2],
    ]);
    assert.equal(torch.sparse.sum(sparse).item(), 12);
    assert.deepEqual(torch.sparse.sum(sparse, 1).toDense().toArray(), [3, 9]);
    assert.deepEqual(
      torch.sparse.addmm(torch.ones([2, 2]), sparse.detach(), torch.ones([3, 2]), { beta: 2, alpha: 3 }).toArray(),
      [
        [11, 11],
        [29, 29],
      ],
    );
    const equal = torch.sparseCooTensor(
      [
        [0, 1, 1],
        [2, 0, 2],
      ],
      [3, 4, 4],
      [2, 3],
    );
    assert.deepEqual(torch.sparse.softmax(equal, 1).toDense().toArray(), [
      [0, 0, 1],
      [0.5, 0, 0.5],
    ]);
    assert.ok(Math.abs((torch.sparse.logSoftmax(equal, 1).toDense().index(1, 0).item() as number) + Math.LN2) < 1e-6);
    const diagonals = torch.sparse.spdiags(torch.tensor([[1, 2, 3]]), torch.tensor([0n]), [3, 3]);
    assert.deepEqual(diagonals.toDense().toArray(), [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 3],
    ]);
  });
});

describe('out', () => {
  it('takes the result of a function and gives it back', () => {
    const out = torch.empty([0]);
    assert.equal(torch.mm(torch.ones([2, 3]), torch.ones([3, 2]), { out }), out);
    assert.deepEqual(out.toArray(), [
      [3, 3],
      [3, 3],
    ]);
    assert.equal(torch.add(out, 1, { alpha: 2, out }), out);
    assert.deepEqual(out.toArray(), [
      [5, 5],
      [5, 5],
    ]);
    torch.sum(torch.ones([2, 4]), 1, { keepdim: true, out: out.index(torch.slice(null), torch.slice(1)) });
    assert.deepEqual(out.toArray(), [
      [4, 5],
      [4, 5],
    ]);
    const joined = torch.empty([0]);
    torch.cat([torch.ones([1]), torch.zeros([1])], { out: joined });
    assert.deepEqual(joined.toArray(), [1, 0]);
  });

  it('takes a tensor for each of several results', () => {
    const values = torch.empty([0]);
    const indices = torch.empty([0], { dtype: 'int64' });
    const results = torch.max(torch.tensor([[1, 3, 2]]), 1, { out: [values, indices] });
    assert.equal(results[0], values);
    assert.equal(results[1], indices);
    assert.deepEqual([values.toArray(), indices.toArray()], [[3], [1]]);
    torch.noGrad(() => [values, indices].forEach((one) => one.resize_([0])));
    torch.sort(torch.tensor([2, 1]), { descending: false, out: [values, indices] });
    assert.deepEqual(
      [values.toArray(), indices.toArray()],
      [
        [1, 2],
        [1, 0],
      ],
    );
    const q = torch.empty([0]);
    torch.linalg.qr(torch.eye(2), { out: [q, torch.empty([0])] });
    assert.deepEqual(q.shape, [2, 2]);
  });

  it('refuses a type that cannot hold the result, what is no tensor, too many, and names without it', () => {
    const whole = torch.empty([2], { dtype: 'int64' });
    assert.throws(() => torch.add(torch.ones([2]), 1, { out: whole }), TorchError);
    assert.throws(
      () => torch.add(torch.ones([2]), 1, { out: 3 as unknown as torch.Tensor }),
      /expected out as a tensor/,
    );
    assert.throws(() => torch.add(torch.ones([2]), 1, { out: [whole, whole] as unknown as torch.Tensor }), TorchError);
    assert.throws(() => torch.ones([2]).add(1, { out: whole } as object), InputError);
    assert.throws(() => torch.add(torch.ones([2]), 'x' as unknown as number, { out: whole }), DTypeError);
    const leaf = torch.ones([2], { requiresGrad: true });
    for (const call of [
      () => torch.mul(leaf, 2, { out: torch.empty([2]) }),
      () => torch.exp(leaf, { out: torch.empty([2]) }),
      () => torch.relu(leaf, { out: torch.empty([2]) }),
    ])
      assert.throws(call, TorchError);
    torch.noGrad(() => assert.deepEqual(torch.mul(leaf, 2, { out: torch.empty([2]) }).toArray(), [2, 2]));
  });
});
