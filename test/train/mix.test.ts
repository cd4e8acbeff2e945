import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as torch from '../../ts/tensor';
import { cutmix, mixup } from '../../ts/train';
import { boxAround, mixPixels, pasteBox } from '../../ts/train/mix';

const labels = () => torch.tensor([0, 2], { dtype: 'int64' });
const round = (tensor: torch.Tensor) => tensor.mul(1000).round().div(1000).toArray();

describe('mixup, worked by hand', () => {
  it('adds the share that is left of the image before, to pixels and labels', () => {
    const images = torch.tensor([[[[1, 2]]], [[[10, 20]]]]);
    const mixed = mixPixels({ images, labels: labels() }, 0.75, 3);
    assert.deepEqual(round(mixed.images), [[[[0.75 + 2.5, 1.5 + 5]]], [[[7.5 + 0.25, 15 + 0.5]]]]);
    assert.deepEqual(round(mixed.labels), [
      [0.75, 0, 0.25],
      [0.25, 0, 0.75],
    ]);
  });

  it('mixes labels that are shares already', () => {
    const shares = torch.tensor([
      [0.9, 0.1],
      [0.1, 0.9],
    ]);
    const mixed = mixPixels({ images: torch.zeros([2, 1, 1, 1]), labels: shares }, 0.5, 2);
    assert.deepEqual(round(mixed.labels), [
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
  });
});

describe('CutMix, worked by hand', () => {
  it('takes a box of the area that the share leaves, cut at the borders', () => {
    // sqrt(1 - 0.75) = 1/2 of each side: 4 of 8 pixels in width, 2 of 4 in height.
    const size = { height: 4, width: 8 };
    assert.deepEqual(boxAround({ x: 4, y: 2 }, 0.75, size), { left: 2, top: 1, right: 6, bottom: 3 });
    assert.deepEqual(boxAround({ x: 0, y: 3 }, 0.75, size), { left: 0, top: 2, right: 2, bottom: 4 });
    assert.deepEqual(boxAround({ x: 4, y: 2 }, 1, size), { left: 4, top: 2, right: 4, bottom: 2 });
  });

  it('puts the box of the image before into each, and shares the labels by area', () => {
    const images = torch.stack([torch.full([1, 2, 4], 1), torch.full([1, 2, 4], 9)]);
    const mixed = pasteBox({ images, labels: labels() }, { left: 1, top: 0, right: 3, bottom: 1 }, 3);
    assert.deepEqual(mixed.images.toArray(), [
      [
        [
          [1, 9, 9, 1],
          [1, 1, 1, 1],
        ],
      ],
      [
        [
          [9, 1, 1, 9],
          [9, 9, 9, 9],
        ],
      ],
    ]);
    // Two of eight pixels are the other's.
    assert.deepEqual(round(mixed.labels), [
      [0.75, 0, 0.25],
      [0.25, 0, 0.75],
    ]);
    assert.equal(
      images
        .eq(torch.tensor([1, 9]).reshape([2, 1, 1, 1]))
        .all()
        .item(),
      true,
    );
  });
});

for (const [name, make] of Object.entries({ mixup, cutmix })) {
  describe(name, () => {
    const batch = () => ({
      images: torch
        .arange(2 * 3 * 8 * 8)
        .reshape([2, 3, 8, 8])
        .to('float32'),
      labels: labels(),
    });

    it('draws anew from the global source, and the same from the same seed', () => {
      const mix = make({ classes: 3 });
      torch.manualSeed(1);
      const first = mix(batch());
      const second = mix(batch());
      torch.manualSeed(1);
      const again = mix(batch());
      assert.deepEqual(again.images.toArray(), first.images.toArray());
      assert.deepEqual(again.labels.toArray(), first.labels.toArray());
      assert.notDeepEqual(second.labels.toArray(), first.labels.toArray());
    });

    it('draws shares nearer to a half with a larger alpha', () => {
      torch.manualSeed(2);
      const distance = (alpha: number) => {
        const mix = make({ classes: 3, alpha });
        const shares = Array.from({ length: 40 }, () => Number(mix(batch()).labels.select(0, 0).select(0, 0).item()));
        return shares.reduce((sum, share) => sum + Math.abs(share - 0.5), 0) / shares.length;
      };
      assert.ok(distance(50) < distance(0.2));
    });

    it('keeps the sum of the labels', () => {
      assert.deepEqual(round(make({ classes: 3 })(batch()).labels.sum(1)), [1, 1]);
    });

    it('refuses what it cannot use', () => {
      assert.throws(
        () => make({ classes: 0 }),
        new InputError(`${name}: expected a whole number from 1 on for classes, found 0`),
      );
      assert.throws(() => make({ classes: 2, alpha: 0 }), /expected a number above 0 for alpha, found 0/);
      assert.throws(() => make({ classes: 2, alfa: 1 } as never), /the option 'alfa' does not exist/);
    });
  });
}
