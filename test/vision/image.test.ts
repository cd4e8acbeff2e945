import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../ts/errors';
import { decodeImage, imageSize } from '../../ts/vision/image';
import { goldenFolder, readGolden } from './golden';

const images = join(goldenFolder, 'images');
const jpeg = readFileSync(join(images, 'rgb.jpg'));

describe('decodeImage', () => {
  const golden = readGolden('images');

  it('has a golden for each image file', () => {
    assert.deepEqual(Object.keys(golden).sort(), readdirSync(images).sort());
  });

  for (const [name, { shape, data }] of Object.entries(golden)) {
    it(`gives Pillow's pixels for ${name}, to the last bit`, async () => {
      const image = await decodeImage(join(images, name));
      assert.deepEqual([image.height, image.width, 3], shape);
      assert.ok(Buffer.from(image.data).equals(Buffer.from(data as Uint8Array)));
    });
  }

  it('takes the bytes of a file as well as its path', async () => {
    assert.deepEqual(await decodeImage(jpeg), await decodeImage(join(images, 'rgb.jpg')));
  });

  it('decodes many at a time', async () => {
    const [one, ...others] = await Promise.all(Array.from({ length: 40 }, () => decodeImage(jpeg)));
    for (const other of others) assert.deepEqual(other, one);
  });

  it('takes the high byte of 16-bit channels and the first frame of an animation', async () => {
    const deep = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#804020' } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    assert.deepEqual([...(await decodeImage(deep)).data.subarray(0, 3)], [0x80, 0x40, 0x20]);
    const frames = Buffer.concat([Buffer.alloc(12, 10), Buffer.alloc(12, 200)]);
    const animation = await sharp(frames, { raw: { width: 2, height: 4, channels: 3, pageHeight: 2 } })
      .gif({ loop: 0 })
      .toBuffer();
    const { width, height } = await decodeImage(animation);
    assert.deepEqual([width, height], [2, 2]);
  });

  describe('with what is no image', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-image-'))));
    after(() => rmSync(folder, { recursive: true }));

    const found: Record<string, [content: string | Uint8Array, message: string]> = {
      'text.jpg': ['just some words\n', 'found text.'],
      'page.jpg': ['<!DOCTYPE html><html>quota exceeded</html>', 'found a web page.'],
      'drawing.jpg': [
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        'found an SVG drawing.',
      ],
      'empty.jpg': ['', 'found an empty file.'],
      'old.jpg': ['BM\0\0\0\0\0\0', 'found a BMP image.'],
      'phone.jpg': ['\0\0\0\x18ftypheic\0\0\0\0', 'found a HEIC image.'],
      'paper.jpg': ['%PDF-1.7', 'found a PDF document.'],
      'random.jpg': [Buffer.from([1, 2, 3, 250]), 'found bytes of another kind.'],
    };
    for (const [name, [content, message]] of Object.entries(found)) {
      it(`says of ${name}: ${message}`, async () => {
        const path = join(folder, name);
        writeFileSync(path, content);
        const expected = `Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image in ${path}, ${message}`;
        await assert.rejects(decodeImage(path), { code: 'TTS_INPUT', message: expected });
      });
    }

    it('names a file that is not there, and a folder', async () => {
      await assert.rejects(decodeImage(join(folder, 'none.jpg')), {
        code: 'TTS_INPUT',
        message: /none\.jpg: there is no such file or folder \(ENOENT\)\.$/,
      });
      await assert.rejects(decodeImage(folder), { code: 'TTS_INPUT', message: /: it is a folder \(EISDIR\)\.$/ });
    });

    it('uses the label for bytes', async () => {
      await assert.rejects(
        decodeImage(Buffer.from('words'), '000017.jpg in faces.zip'),
        /image in 000017\.jpg in faces\.zip, found text/,
      );
    });
  });

  const damaged: Record<string, [Uint8Array, RegExp]> = {
    'half a JPEG': [
      jpeg.subarray(0, jpeg.length / 2),
      /^half a JPEG is a damaged or incomplete JPEG image: premature end of JPEG image\.$/,
    ],
    'a JPEG without its last bytes': [jpeg.subarray(0, jpeg.length - 2), /damaged or incomplete JPEG/],
    'a JPEG of three bytes': [jpeg.subarray(0, 3), /damaged or incomplete JPEG/],
    'a JPEG with a broken header': [
      Buffer.concat([jpeg.subarray(0, 3), Buffer.alloc(200, 7)]),
      /damaged or incomplete JPEG/,
    ],
    'half a PNG': [
      readFileSync(join(images, 'alpha.png')).subarray(0, 4000),
      /^half a PNG is a damaged or incomplete PNG image: /,
    ],
    'half a CMYK TIFF': [readFileSync(join(images, 'cmyk.tif')).subarray(0, 5000), /damaged or incomplete TIFF/],
  };
  for (const [name, [bytes, message]] of Object.entries(damaged)) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(decodeImage(bytes, name), { code: 'TTS_INPUT', message });
    });
  }

  describe('with what is an SVG as well', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
    const polyglots: Readonly<Record<string, string>> = {
      avif: `\0\0\0\x01ftypavif${svg}`,
      webp: `RIFF\x01\x01\x01\x01WEBP${svg}`,
      gif: `GIF8${svg}`,
      tiff: `II*\0${svg}`,
    };
    for (const [kind, bytes] of Object.entries(polyglots)) {
      it(`refuses the beginning of an image in ${kind}`, async () => {
        const refused = {
          code: 'TTS_INPUT',
          message:
            /^Expected a JPEG, .* image in odd, found one that is an SVG drawing as well, which is not rendered\.$/,
        };
        await assert.rejects(decodeImage(Buffer.from(bytes, 'latin1'), 'odd'), refused);
        await assert.rejects(imageSize(Buffer.from(bytes, 'latin1'), 'odd'), refused);
      });
    }
  });

  it('refuses every damage to a GIF with an error of its own, or decodes other pixels', async () => {
    const gif = readFileSync(join(images, 'transparent.gif'));
    for (let at = 0; at < gif.length; at += 3) {
      for (const damaged of [gif.subarray(0, at), Buffer.from(gif).fill(255 - gif[at]!, at, at + 1)]) {
        await decodeImage(damaged, 'x.gif', { maxPixels: 1_000_000 }).catch((error: unknown) =>
          assert.ok(error instanceof InputError, String(error)),
        );
      }
    }
  });

  it('refuses an image over the limit in pixels, and says its size', async () => {
    const huge = await sharp({ create: { width: 5000, height: 4000, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    await assert.rejects(decodeImage(huge, 'huge.png', { maxPixels: 10_000_000 }), {
      code: 'TTS_INPUT',
      message: 'Expected at most 10000000 pixels in huge.png, found 5000 x 4000; make it smaller.',
    });
    assert.equal((await decodeImage(jpeg, 'rgb.jpg', { maxPixels: 61 * 47 })).width, 61);
  });
});
