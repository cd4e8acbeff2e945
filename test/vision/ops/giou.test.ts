import assert from 'node:assert/strict';
import { functional } from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { boxConvert, generalizedBoxIou } from '../../../ts/vision/ops';
import { generalizedIou } from '../../../ts/vision/ops/boxes';
import { assertClose, assertNumber } from '../../nn/golden';

const box = (...numbers: number[]): torch.Tensor => torch.tensor([numbers]);
const random = (...shape: number[]): torch.Tensor => boxConvert(torch.rand([...shape, 4]), 'cxcywh', 'xyxy');

describe('the generalized overlap of boxes', () => {
  it('is that of the whole, of a part, and of nothing, the less the further apart', () => {
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

  it('compares each with each where shapes broadcast', () => {
    const [one, other] = [random(2, 5), random(2, 3)];
    const table = generalizedIou(one.unsqueeze(2), other.unsqueeze(1));
    assert.deepEqual(table.shape, [2, 5, 3]);
    assertClose(table.select(1, 4).select(1, 2), generalizedIou(one.select(1, 4), other.select(1, 2)));
    assertClose(generalizedIou(other.unsqueeze(2), one.unsqueeze(1)).transpose(1, 2), table);
    assertClose(table.select(0, 1), generalizedBoxIou(one.select(0, 1), other.select(0, 1)));
    assert.deepEqual(boxConvert(torch.zeros([2, 3, 0, 4]), 'cxcywh', 'xyxy').shape, [2, 3, 0, 4]);
  });

  it('is what the loss of nn leaves of 1', () => {
    const [one, other] = [random(7), random(7)];
    const loss = functional.generalizedBoxIouLoss(one, other, { eps: 0 });
    assertClose(loss, generalizedIou(one, other).rsub(1));
  });
});
