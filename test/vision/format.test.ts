import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeBytes, imageFormat, jpegHeader } from '../../ts/vision/image';
import { goldenFolder } from './golden';

const images = join(goldenFolder, 'images');

describe('image formats', () => {
  it('are known by their first bytes', () => {
    const byEnding: Record<string, string> = { jpg: 'jpeg', png: 'png', gif: 'gif', webp: 'webp', tif: 'tiff' };
    for (const name of readdirSync(images))
      assert.equal(imageFormat(readFileSync(join(images, name))), byEnding[name.split('.')[1]!], name);
    assert.equal(imageFormat(Buffer.from('\0\0\0\x1cftypavif')), 'avif');
  });

  it('are undefined for other and for no bytes', () => {
    for (const text of ['', 'RIFF1234AVI ', 'words']) assert.equal(imageFormat(Buffer.from(text)), undefined);
  });

  it('reads components and Exif from the header of a JPEG', () => {
    const header = (name: string) => jpegHeader(readFileSync(join(images, name)));
    assert.deepEqual(header('rgb.jpg'), { components: 3, hasExif: false });
    assert.deepEqual(header('progressive.jpg'), { components: 3, hasExif: false });
    assert.deepEqual(header('grey.jpg'), { components: 1, hasExif: false });
    assert.deepEqual(header('cmyk.jpg'), { components: 4, hasExif: false });
    assert.deepEqual(header('exif-6.jpg'), { components: 3, hasExif: true });
  });

  it('steps over fill bytes, and gives up at a broken segment', () => {
    const jpeg = readFileSync(join(images, 'rgb.jpg'));
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(3, 0xff), jpeg.subarray(2)]);
    assert.deepEqual(jpegHeader(filled), { components: 3, hasExif: false });
    for (const broken of [jpeg.subarray(0, 20), Buffer.concat([jpeg.subarray(0, 3), Buffer.alloc(50)])])
      assert.equal(jpegHeader(broken), undefined);
  });

  it('calls text with umlauts text, and control characters other bytes', () => {
    assert.equal(describeBytes(Buffer.from('Grüße\r\n\tan alle')), 'text');
    assert.equal(describeBytes(Buffer.from([65, 0, 66])), 'bytes of another kind');
  });
});
