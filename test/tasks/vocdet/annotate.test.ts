import assert from 'node:assert/strict';
import { annotatedImage, classColour, inkOn } from '../../../ts/tasks/vocdet/annotate';
import { decodeImage } from '../../../ts/vision/image';

/** Contrast of two colours (WCAG 2.2), 1 to 21. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const light = (colour: readonly number[]) => {
    const [r, g, b] = colour.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [light(one), light(other)];
  return Math.max(a, b) / Math.min(a, b);
}

const grey = (width: number, height: number) => ({ width, height, data: new Uint8Array(width * height * 3).fill(128) });

describe('annotated images', () => {
  it('have a colour of its own for each of ninety classes', () => {
    assert.equal(new Set(Array.from({ length: 90 }, (_, id) => classColour(id).join())).size, 90);
  });

  it('have labels whose text differs from its ground by 4.5 to 1 for every class', () => {
    for (let id = 0; id < 500; id++) assert.ok(contrast(inkOn(classColour(id)), classColour(id)) >= 4.5, `class ${id}`);
  });

  it('show the label on the colour of its class, above the box', async () => {
    const colour = classColour(3);
    const { data, width } = await decodeImage(
      await annotatedImage(grey(80, 60), [{ box: [10, 30, 70, 55], text: 'M', colour }]),
    );
    // The first column of the label is ground; JPEG changes it a little.
    const ground = data.subarray(3 * (20 * width + 11), 3 * (20 * width + 11) + 3);
    ground.forEach((value, channel) =>
      assert.ok(Math.abs(value - colour[channel]!) < 40, `${ground.join()} for ${colour.join()}`),
    );
  });

  it('leave the image that they are made of as it is, and take boxes that reach beyond it', async () => {
    const image = grey(40, 30);
    const jpeg = await annotatedImage(image, [
      { box: [-20, -20, 80, 90], text: 'a long name that is wider than the image', colour: [255, 0, 0] },
    ]);
    assert.ok(image.data.every((value) => value === 128));
    const { width, height } = await decodeImage(jpeg);
    assert.deepEqual([width, height], [40, 30]);
  });
});
