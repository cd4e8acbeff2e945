import assert from 'node:assert/strict';
import { cxcywhToXyxy, generalizedIou } from '../../../ts/models/detr/boxes';
import * as torch from '../../../ts/tensor';
import { assertClose, assertNumber } from '../../nn/golden';

const box = (...numbers: number[]): torch.Tensor => torch.tensor([numbers]);

describe('boxes as tensors', () => {
  it('go from centre and size to corners', () => {
    assertClose(cxcywhToXyxy(box(0.5, 0.25, 0.5, 0.5)), box(0.25, 0, 0.75, 0.5));
    assert.deepEqual(cxcywhToXyxy(torch.zeros([2, 3, 0, 4])).shape, [2, 3, 0, 4]);
  });

  it('overlap fully, by a part, and not at all, the further apart the less', () => {
    const unit = box(0, 0, 1, 1);
    const overlap = (other: torch.Tensor): number => Number(generalizedIou(unit, other).item());
    assert.equal(overlap(unit), 1);
    // Half of each: a third in common, and nothing of the box around both is left over.
    assertNumber(overlap(box(0, 0.5, 1, 1.5)), 1 / 3);
    // Apart by one: nothing in common, a third of the box around both lies between them.
    assertNumber(overlap(box(2, 0, 3, 1)), -1 / 3);
    assertNumber(overlap(box(0.25, 0.25, 0.75, 0.75)), 0.25);
    assert.ok(overlap(box(1e4, 1e4, 1e4 + 1, 1e4 + 1)) < -0.999);
  });

  it('compare each with each where shapes broadcast', () => {
    const [one, other] = [torch.rand([2, 5, 4]), torch.rand([2, 3, 4])].map(cxcywhToXyxy) as [
      torch.Tensor,
      torch.Tensor,
    ];
    const table = generalizedIou(one.unsqueeze(2), other.unsqueeze(1));
    assert.deepEqual(table.shape, [2, 5, 3]);
    assertClose(table.select(1, 4).select(1, 2), generalizedIou(one.select(1, 4), other.select(1, 2)));
    assertClose(generalizedIou(other.unsqueeze(2), one.unsqueeze(1)).transpose(1, 2), table);
  });
});
