import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../../ts/errors';
import { postProcess } from '../../../ts/models';
import * as torch from '../../../ts/tensor';
import { assertNumber } from '../../nn/golden';
import { golden, load, mask, pixels } from './fixture';

const SIZES = [
  { height: 480, width: 500 },
  { height: 350, width: 640 },
  { height: 200, width: 300 },
];

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  assert.equal(actual.length, expected.length);
  Array.from(actual).forEach((value, i) => assertNumber(value, expected[i]!, `number ${i}`));
};

describe('postProcess', () => {
  for (const threshold of [0, 0.4]) {
    it(`gives the detections of transformers above ${threshold}`, async () => {
      const outputs = (await load()).forward({ pixelValues: pixels(), pixelMask: mask() });
      const found = postProcess(outputs, { sizes: SIZES, threshold });
      assert.equal(found.length, 3);
      found.forEach(({ scores, labels, boxes }, image) => {
        const expected = (name: string) => golden.get(`post.${threshold.toFixed(1)}.${image}.${name}`);
        close(scores, expected('scores').data() as Float32Array);
        assert.deepEqual(Array.from(labels), Array.from(expected('labels').data() as BigInt64Array, Number));
        close(boxes.data, expected('boxes').flatten().data() as Float32Array);
      });
    });
  }

  it('works out a detection by hand', () => {
    const logits = torch.tensor([[[0, Math.log(6), Math.log(3)]]]);
    const predBoxes = torch.tensor([[[0.5, 0.25, 0.5, 0.5]]]);
    const [found] = postProcess({ logits, predBoxes }, { sizes: [{ width: 200, height: 100 }] });
    close(found!.scores, [0.6]);
    assert.deepEqual(Array.from(found!.labels), [1]);
    assert.deepEqual(Array.from(found!.boxes.data), [50, 0, 150, 50]);
  });

  it('refuses sizes of other images and thresholds that are no probability', () => {
    const outputs = { logits: torch.zeros([1, 2, 3]), predBoxes: torch.zeros([1, 2, 4]) };
    assert.throws(
      () => postProcess(outputs, { sizes: [] }),
      new ShapeError('sizes: expected one for each of the 1 images, found 0.'),
    );
    assert.throws(
      () => postProcess(outputs, { sizes: [SIZES[0]!], threshold: 2 }),
      new InputError('threshold: expected a number from 0 to 1, found 2.'),
    );
  });
});
