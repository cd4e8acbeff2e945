import assert from 'node:assert/strict';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertClose } from '../../nn/golden';

const { linalg } = torch;
const eye = (columns: Tensor): Tensor => torch.eye(columns.shape.at(-1)!, { dtype: columns.dtype });

/** LAPACK may choose signs, and the vectors of a space that has no order; the product and the angles it may not. */
describe('factors of a matrix', () => {
  const row = [0.5, -2, 1];
  const matrices: Record<string, Tensor> = {
    'of full rank': torch.tensor([
      [2, 1, 0],
      [-1, 3, 0.5],
      [0, 1, 1],
      [1, 1, 1],
    ]),
    'whose rows are equal': torch.tensor([row, row, row, row]),
    'of zeros': torch.zeros([4, 3]),
  };

  for (const [name, matrix] of Object.entries(matrices)) {
    it(`${name}: the singular value decomposition multiplies to it, by orthonormal vectors and sorted values`, () => {
      const [u, s, vh] = linalg.svd(matrix, false);
      assertClose(u.mul(s).mm(vh), matrix);
      for (const vectors of [u, vh.t()]) assertClose(vectors.t().mm(vectors), eye(vectors));
      assertClose(linalg.svdvals(matrix), s);
      assert.deepEqual(s.toArray(), s.sort({ descending: true })[0]!.toArray());
      // The sum of squares of all elements is that of the singular values.
      assertClose(s.square().sum(), matrix.square().sum());
    });

    it(`${name}: QR multiplies to it, by an orthonormal and a triangular one, in one call or by reflectors`, () => {
      const [q, r] = linalg.qr(matrix);
      const [reflectors, scales] = torch.geqrf(matrix);
      for (const [columns, triangle] of [
        [q, r],
        [linalg.householderProduct(reflectors, scales), reflectors.narrow(0, 0, 3).triu()],
      ] as const) {
        assertClose(columns.mm(triangle), matrix);
        assertClose(columns.t().mm(columns), eye(columns));
        assertClose(triangle.tril(-1), torch.zeros([3, 3]));
      }
    });
  }

  it('of a symmetric matrix with an eigenvalue twice: vectors of each space, whichever they are', () => {
    const matrix = torch.tensor(
      [
        [2, 1, 1],
        [1, 2, 1],
        [1, 1, 2],
      ],
      { dtype: 'float64' },
    );
    const [values, vectors] = linalg.eigh(matrix);
    assertClose(values, torch.tensor([1, 1, 4], { dtype: 'float64' }));
    assertClose(vectors.mul(values).mm(vectors.t()), matrix);
    // The projector on the space of the double one has all of it and no choice in it.
    const twice = vectors.narrow(1, 0, 2);
    assertClose(twice.mm(twice.t()), torch.eye(3, { dtype: 'float64' }).sub(1 / 3));
  });
});
