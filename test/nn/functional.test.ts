import assert from 'node:assert/strict';
import { functional as F } from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { assertClose, goldenTensors } from './golden';

describe('nn.functional', () => {
  const golden = goldenTensors('nn-functional');

  it('normalize divides by the norm along a dimension', () => {
    assertClose(F.normalize(golden.get('rows')), golden.get('normalize'));
    assertClose(F.normalize(golden.get('rows'), { p: 1, dim: 0 }), golden.get('normalize_l1'));
  });

  it('interpolate resizes as PyTorch does', () => {
    const image = golden.get('image');
    assertClose(F.interpolate(image, { size: [3, 4], mode: 'bilinear', antialias: true }), golden.get('antialias'));
    assertClose(F.interpolate(image, { scaleFactor: 0.5, mode: 'bicubic', antialias: true }), golden.get('bicubic_antialias'));
    assertClose(
      F.interpolate(image, { scaleFactor: 1.3, mode: 'bilinear', recomputeScaleFactor: true }),
      golden.get('recomputed'),
    );
    assertClose(F.interpolate(image, { scaleFactor: 0.5, mode: 'area' }), golden.get('area'));
    assertClose(F.interpolate(image, { size: [4, 5], mode: 'nearest-exact' }), golden.get('nearest_exact'));
  });

  it('interpolate refuses options that do not belong together', () => {
    const image = golden.get('image');
    assert.throws(() => F.interpolate(image, {}), /either size or scaleFactor: give one/);
    assert.throws(
      () => F.interpolate(image, { size: 3, alignCorners: true }),
      /alignCorners is for linear, bilinear, bicubic and trilinear, not for 'nearest'/,
    );
    assert.throws(() => F.interpolate(image, { size: [1, 2, 3] }), /size must be one number or 2 of them, got \[1, 2, 3\]/);
  });

  it('layers of ATen pass through under PyTorch’s names', () => {
    const x = torch.tensor([
      [1, -2],
      [3, 4],
    ]);
    assert.deepEqual(F.linear(x, torch.eye(2)).toArray(), x.toArray());
    assert.deepEqual(F.pad(x, [1, 0]).shape, [2, 3]);
    assert.deepEqual(F.oneHot(torch.tensor([1, 0], { dtype: 'int64' }), 3).toArray(), [
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('dropout2d drops whole channels', () => {
    torch.manualSeed(0);
    const sums = F.dropout2d(torch.ones([4, 8, 3, 3]), { p: 0.5 })
      .sum([2, 3])
      .flatten()
      .toArray() as number[];
    assert.deepEqual(new Set(sums), new Set([0, 18]));
  });
});
