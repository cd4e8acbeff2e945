import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';

const close = (a: Tensor, b: Tensor): boolean => torch.allclose(a, b, { atol: 1e-4, rtol: 1e-4 });
const rebuilt = ([U, S, V]: readonly [Tensor, Tensor, Tensor]): Tensor => U.mul(S.unsqueeze(-2)).matmul(V.mH);

describe('low-rank factorizations', () => {
  before(() => torch.manualSeed(0));

  for (const shape of [
    [7, 4],
    [4, 7],
    [2, 6, 4],
  ]) {
    it(`svdLowrank of [${shape.join(', ')}] gives the matrix back, and its largest singular values`, () => {
      const [m, n] = shape.slice(-2) as [number, number];
      const batch = shape.slice(0, -2);
      const A = torch.randn([...batch, m, 2]).matmul(torch.randn([...batch, 2, n])); // of rank 2
      const factors = torch.svdLowrank(A, { q: 3 });
      assert.ok(close(rebuilt(factors), A));
      assert.ok(close(factors[1], torch.linalgSvdvals(A).narrow(-1, 0, 3)));
      const M = torch.randn([n]);
      assert.ok(close(rebuilt(torch.svdLowrank(A.add(M), { q: 3, M, niter: 3 })), A));
    });
  }

  it('pcaLowrank takes the mean of the columns off', () => {
    const A = torch
      .randn([8, 2])
      .matmul(torch.randn([2, 5]))
      .add(torch.arange(5));
    assert.ok(close(rebuilt(torch.pcaLowrank(A, { q: 3 })), A.sub(A.mean([0], true))));
    assert.ok(close(rebuilt(torch.pcaLowrank(A, { center: false })), A));
    assert.throws(
      () => torch.pcaLowrank(A, { q: 6 }),
      new InputError('pcaLowrank: expected q from 0 to 5, the smaller side, found 6'),
    );
  });
});

describe('elements through JavaScript', () => {
  it('apply_ and map_ change a tensor in place', () => {
    const x = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    assert.equal(
      x.apply_((value) => value * value),
      x,
    );
    assert.deepEqual(x.tolist(), [
      [1, 4],
      [9, 16],
    ]);
    assert.deepEqual(x.map_(torch.ones([2, 2]), (a, b) => a - b).tolist(), [
      [0, 3],
      [8, 15],
    ]);
    assert.deepEqual(x.map_(torch.tensor([10, 20]), (a, b) => a + b).tolist(), [
      [10, 23],
      [18, 35],
    ]);
    assert.throws(() => x.map_(torch.ones([3]), (a) => a), ShapeError);
  });
});
