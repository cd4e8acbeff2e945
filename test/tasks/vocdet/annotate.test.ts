import assert from 'node:assert/strict';
import { annotatedPicture, classColour } from '../../../ts/tasks/vocdet/annotate';
import { decodeImage } from '../../../ts/vision/image';

/** Contrast of two colours (WCAG 2.2), 1 to 21. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const light = (colour: readonly number[]) => {
    const [r, g, b] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [light(one), light(other)];
  return Math.max(a, b) / Math.min(a, b);
}

const grey = (width: number, height: number) => ({ width, height, data: new Uint8Array(width * height * 3).fill(128) });

describe('annotated pictures', () => {
  it('have a colour of its own for each of ninety classes', () => {
    assert.equal(new Set(Array.from({ length: 90 }, (_, id) => classColour(id).join())).size, 90);
  });

  it('have labels whose text differs from its ground by 4.5 to 1 for every class', async () => {
    for (let id = 0; id < 91; id++) {
      const colour = classColour(id);
      const { data, width } = await decodeImage(await annotatedPicture(grey(80, 60), [{ box: [10, 30, 70, 55], text: 'MMMM', colour }]));
      // Rows of the label above the box; JPEG blurs edges, so the furthest pixel is the ink.
      const pixels = Array.from({ length: 16 * 40 }, (_, i) => data.subarray(3 * ((14 + Math.floor(i / 40)) * width + 12 + (i % 40)), 3 * ((14 + Math.floor(i / 40)) * width + 12 + (i % 40)) + 3));
      assert.ok(Math.max(...pixels.map((pixel) => contrast([...pixel], colour))) >= 4.4, `class ${id}`);
      assert.ok(Math.max(contrast([0, 0, 0], colour), contrast([255, 255, 255], colour)) >= 4.5);
    }
  });

  it('leave the picture that they are made of as it is, and take boxes that reach beyond it', async () => {
    const picture = grey(40, 30);
    const jpeg = await annotatedPicture(picture, [{ box: [-20, -20, 80, 90], text: 'a long name that is wider than the picture', colour: [255, 0, 0] }]);
    assert.ok(picture.data.every((value) => value === 128));
    const { width, height } = await decodeImage(jpeg);
    assert.deepEqual([width, height], [40, 30]);
  });
});
