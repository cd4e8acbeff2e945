import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { augment, changesNothing, type Random } from '../../ts/vision/augment';
import { resize } from '../../ts/vision/resize';
import { liveTensors } from '../live-tensors';

/** Gives these numbers in turn: mirror, three tints, area, ratio, top, left. */
const fixed = (...numbers: number[]): Random => ({ uniform: () => numbers.shift() ?? 0.5 });

/** A source of numbers for tests, the same for the same seed. */
function seeded(seed: number): Random {
  let state = seed + 1;
  return { uniform: () => ((state = (state * 48_271) % 2_147_483_647) - 1) / 2_147_483_646 };
}

const images = (count: number, size = 8): Tensor =>
  torch.fromTypedArray(
    Uint8Array.from({ length: count * 3 * size * size }, (_, i) => (i * 37 + (i >> 4) * 11) & 255),
    [count, 3, size, size],
  );
const bytes = (tensor: Tensor) => tensor.contiguous().data() as Uint8Array;
const pixel = (...rgb: number[]) => torch.fromTypedArray(Uint8Array.from(rgb), [1, 3, 1, 1]);

describe('augment', () => {
  it('changes no bit without options', () => {
    const batch = images(3);
    assert.deepEqual(bytes(augment(batch, [0, 1, 2].map(seeded))), bytes(batch));
    assert.ok(changesNothing({}));
    for (const options of [{ flip: 0.1 }, { cropArea: 0.9 }, { colour: 0.1 }]) assert.ok(!changesNothing(options));
  });

  it('mirrors the images whose number is below the chance', () => {
    const batch = images(2);
    const result = augment(batch, [fixed(0.49), fixed(0.51)], { flip: 0.5 });
    assert.deepEqual(bytes(result.select(0, 0)), bytes(batch.select(0, 0).flip([2])));
    assert.deepEqual(bytes(result.select(0, 1)), bytes(batch.select(0, 1)));
  });

  it('crops a part and gives it the size of the whole', () => {
    const batch = images(1);
    // A quarter of the area, the ratio of the image, at the bottom left.
    const result = augment(batch, [fixed(0, 0, 0, 0, 0, 0.5, 0.99, 0)], { cropArea: 0.25 });
    assert.deepEqual(bytes(result), bytes(resize(batch.narrow(2, 4, 4).narrow(3, 0, 4), 8, 8, 2)));
  });

  it('keeps crops inside of the image, whatever the numbers', () => {
    const batch = images(1, 5);
    for (const area of [0, 0.5, 0.999]) {
      for (const ratio of [0, 0.5, 0.999]) {
        for (const index of [0, 0.999])
          assert.deepEqual(
            augment(batch, [fixed(0, 0, 0, 0, area, ratio, index, index)], { cropArea: 0.08, cropRatio: 3 }).shape,
            [1, 3, 5, 5],
          );
      }
    }
  });

  describe('tints', () => {
    const tint = (image: Tensor, ...tints: number[]) => [
      ...bytes(augment(image, [fixed(0, ...tints)], { colour: 0.5 })),
    ];

    it('change no bit at factor 1', () => assert.deepEqual(tint(images(1), 0.5, 0.5, 0.5), [...bytes(images(1))]));
    it('brighten and darken by the factor, up to white', () => {
      assert.deepEqual(tint(pixel(100, 50, 200), 1, 0.5, 0.5), [150, 75, 255]);
      assert.deepEqual(tint(pixel(100, 50, 200), 0, 0.5, 0.5), [50, 25, 100]);
    });
    it('pull colours towards the mean grey', () => {
      // Greys 100 and 200, mean 150.
      const two = torch.fromTypedArray(Uint8Array.of(100, 200, 100, 200, 100, 200), [1, 3, 1, 2]);
      assert.deepEqual(tint(two, 0.5, 0, 0.5), [125, 175, 125, 175, 125, 175]);
    });
    it('pull colours towards their own grey', () => {
      // Grey of (100, 200, 0) is 147.3.
      assert.deepEqual(tint(pixel(100, 200, 0), 0.5, 0.5, 0), [124, 174, 74]);
    });
  });

  it('gives an image the same result alone and in any batch', () => {
    const batch = images(4);
    const options = { flip: 0.5, cropArea: 0.3, colour: 0.4 };
    const together = augment(batch, [0, 1, 2, 3].map(seeded), options);
    for (const index of [0, 1, 2, 3]) {
      const alone = augment(batch.narrow(0, index, 1), [seeded(index)], options);
      assert.deepEqual(bytes(together.narrow(0, index, 1)), bytes(alone));
    }
  });

  it('draws as many numbers for one option as for all', () => {
    const count = (options: object) => {
      let drawn = 0;
      augment(images(1), [{ uniform: () => (drawn++, 0.3) }], options);
      return drawn;
    };
    assert.equal(count({ flip: 1 }), count({ flip: 1, cropArea: 0.5, colour: 1 }));
  });

  it('leaves the batch as it is, and nothing else behind', async () => {
    const batch = images(2);
    const original = bytes(batch);
    const before = await liveTensors();
    const result = augment(batch, [0, 1].map(seeded), { flip: 1, cropArea: 0.5, colour: 0.5 });
    assert.equal(torch.memory().tensors, before + 1);
    assert.deepEqual(bytes(batch), original);
    result.dispose();
  });
});
