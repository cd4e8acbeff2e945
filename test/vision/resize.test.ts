import assert from 'node:assert/strict';
import { aspectSize } from '../../ts/vision/steps';
import { detectionGolden } from './detection-golden';

describe('aspectSize', () => {
  it('gives the sizes of the original authors and of transformers, to the pixel', () => {
    let differing = 0;
    for (const [width, height, shortestEdge, longest, ...expected] of detectionGolden.sizes) {
      const target = { shortestEdge, ...(longest === null ? {} : { longestEdge: longest }) };
      const found = (['original', 'transformers'] as const).map((rounding) =>
        aspectSize({ width, height }, target, rounding),
      );
      assert.deepEqual(
        found.flatMap((size) => [size.width, size.height]),
        expected,
        `${width} x ${height} to ${shortestEdge}, at most ${longest}`,
      );
      differing += Number(found[0]!.width !== found[1]!.width || found[0]!.height !== found[1]!.height);
    }
    assert.ok(detectionGolden.sizes.length > 300 && differing > 50);
  });

  it('leaves an image alone whose shorter side is right', () => {
    assert.deepEqual(aspectSize({ width: 800, height: 801 }, { shortestEdge: 800, longestEdge: 1333 }, 'original'), {
      width: 800,
      height: 801,
    });
  });

  it('keeps at least a pixel of a very long image', () => {
    const size = aspectSize({ width: 10_000, height: 2 }, { shortestEdge: 800, longestEdge: 1333 }, 'original');
    assert.equal(size.height, 1);
  });
});
