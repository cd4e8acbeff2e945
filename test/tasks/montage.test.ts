import assert from 'node:assert/strict';
import sharp from 'sharp';
import { orFailure } from '../../ts/tasks/images';
import { blank, encodeJpeg, scaleToFit, scaleToHeight } from '../../ts/tasks/montage';

describe('images on a sheet', () => {
  it('keep their proportions, within both sides', async () => {
    const sizes = await Promise.all([
      scaleToFit(blank(400, 100), { width: 200, height: 200 }),
      scaleToFit(blank(10, 20), { width: 200, height: 200 }),
      scaleToFit(blank(4000, 2), { width: 100, height: 100 }),
      scaleToHeight(blank(300, 100), 50),
      scaleToHeight(blank(4000, 16), 256),
    ]);
    assert.deepEqual(
      sizes.map(({ width, height, data }) => [width, height, data.length / width / height]),
      [
        [200, 50, 3],
        [100, 200, 3],
        [100, 1, 3],
        [150, 50, 3],
        [1024, 4, 3],
      ],
    );
  });

  it('become JPEG however long they are', async () => {
    const { width, height } = await sharp(await encodeJpeg(blank(70_000, 4))).metadata();
    assert.deepEqual([width, height], [65_500, 4]);
  });

  it('that fail do so alone', async () => {
    const failed = await orFailure('a.jpg', () => Promise.reject(new Error('too large')));
    assert.ok('error' in failed);
    assert.deepEqual(
      [failed.source, failed.error.code, failed.error.message],
      ['a.jpg', 'TTS_INPUT', 'a.jpg: too large'],
    );
    assert.equal(await orFailure('b.jpg', () => 1), 1);
  });
});
