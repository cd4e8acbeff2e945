import assert from 'node:assert/strict';
import type { RgbImage } from '../../ts/vision/image';
import { drawText, fillRectangle, textHeight, textWidth } from '../../ts/vision/text';

describe('text on an image', () => {
  const black = (width: number, height: number): RgbImage => ({
    data: new Uint8Array(width * height * 3),
    width,
    height,
  });
  const white = [255, 255, 255] as const;

  /** Rows of the image, `#` where more than half is covered. */
  const rows = ({ data, width, height }: RgbImage) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (__, x) => (data[3 * (y * width + x)]! > 127 ? '#' : '.')).join(''),
    );

  it('shows the letters', () => {
    const image = black(textWidth('T'), textHeight());
    drawText(image, 'T', 0, 0, { colour: white });
    const drawn = rows(image).filter((row) => row.includes('#'));
    assert.match(drawn[0]!, /^#{7,9}\.?$/);
    assert.ok(
      drawn.slice(1).every((row) => /^\.{3,4}#{1,2}\.{3,4}$/.test(row)),
      drawn.join('\n'),
    );
  });

  it('is as wide as its letters together', () => {
    assert.equal(textWidth('ab '), textWidth('a') + textWidth('b') + textWidth(' '));
    assert.equal(textWidth('ab', 3), 3 * textWidth('ab'));
    assert.equal(textWidth(''), 0);
  });

  it('takes the colour', () => {
    const image = black(20, 16);
    drawText(image, 'T', 0, 0, { colour: [0, 255, 51] });
    const cover = Math.max(...image.data) / 255;
    assert.ok(cover > 0.6);
    assert.equal(Math.max(...image.data.filter((_, i) => i % 3 === 0)), 0);
    assert.equal(Math.max(...image.data.filter((_, i) => i % 3 === 2)), Math.round(51 * cover));
  });

  it('is cut at the edges', () => {
    const image = black(4, 4);
    for (const [x, y] of [
      [-3, -3],
      [3, 3],
      [100, 100],
      [-100, 0],
    ] as const)
      drawText(image, 'W', x, y, { colour: white, scale: 2 });
    assert.equal(image.data.length, 48);
  });

  it('shows a character that it does not have as a question mark', () => {
    const [one, other] = [black(20, 16), black(20, 16)];
    drawText(one, '\u4eba', 0, 0, { colour: white });
    drawText(other, '?', 0, 0, { colour: white });
    assert.deepEqual(one.data, other.data);
  });

  it('can stand on a filled rectangle, which is cut at the edges too', () => {
    const image = black(4, 3);
    fillRectangle(image, 2, -1, 10, 3, white);
    assert.deepEqual(rows(image), ['..##', '..##', '....']);
  });
});
