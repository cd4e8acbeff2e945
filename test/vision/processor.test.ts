import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { decodeImage, type RgbImage } from '../../ts/vision/image';
import { ImageProcessor } from '../../ts/vision/processor';
import { liveTensors } from '../live-tensors';
import { goldenFolder, readGolden, type GoldenArray } from './golden';
import { pattern } from './pattern';

const bytesOf = (tensor: Tensor) => tensor.contiguous().data() as Uint8Array;
const floatsOf = (tensor: Tensor) => tensor.data() as Float32Array;

function differences(found: ArrayLike<number>, expected: ArrayLike<number>): { largest: number; share: number } {
  assert.equal(found.length, expected.length);
  let largest = 0;
  let differing = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    largest = Math.max(largest, difference);
    if (difference > 0) differing++;
  }
  return { largest, share: differing / found.length };
}

describe('ImageProcessor', () => {
  const golden = readGolden('processor');

  describe('resizes', () => {
    for (const [name, { shape, data }] of Object.entries(golden).filter(([key]) => !key.startsWith('processed/'))) {
      const [mode, from, to, reference] = name.split('/') as [string, string, string, string];
      const [height, width, newHeight, newWidth] = [...from.split('x'), ...to.split('x')].map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const processor = new ImageProcessor({
        resample: mode === 'bilinear' ? 2 : 3,
        size: { height: newHeight, width: newWidth },
      });
      const resized = () => {
        const step = shape[2] === newHeight ? 1 : 7;
        return bytesOf(
          processor
            .pixels([pattern(height, width)])
            .index(torch.slice(null), torch.slice(null), torch.slice(0, newHeight, step)),
        );
      };

      if (reference === 'torch') {
        it(`${from} to ${to}, ${mode}, as torchvision does, to the last bit`, () => assert.deepEqual(resized(), data));
      } else {
        // Pillow's weights have 22 bits, libtorch's 15; a bicubic weight outside of 0 and 1 doubles the effect.
        const [level, share] = mode === 'bilinear' ? [1, 0.005] : [2, 0.025];
        it(`${from} to ${to}, ${mode}, within ${level} of Pillow in at most ${share * 100} % of the bytes`, () => {
          const found = differences(resized(), data);
          assert.ok(found.largest <= level && found.share <= share, JSON.stringify(found));
        });
      }
    }
  });

  describe('from file to input', () => {
    const processor = new ImageProcessor({
      size: { height: 24, width: 24 },
      imageMean: [0.485, 0.456, 0.406],
      imageStd: [0.229, 0.224, 0.225],
    });
    const names = [
      ...new Set(Object.keys(golden).flatMap((key) => (key.startsWith('processed/') ? [key.split('/')[1]!] : []))),
    ];
    const decode = (name: string) => decodeImage(join(goldenFolder, 'images', name));
    const expected = (name: string, reference: string) => golden[`processed/${name}/${reference}`] as GoldenArray;

    for (const name of names) {
      it(`${name}: as transformers on torchvision, to the last bit`, async () => {
        const values = processor.preprocess(await decode(name));
        assert.deepEqual(values.shape, [1, 3, 24, 24]);
        assert.deepEqual(floatsOf(values), expected(name, 'torch').data);
      });

      it(`${name}: as transformers on Pillow, within one level of a byte`, async () => {
        const { largest } = differences(floatsOf(processor.preprocess(await decode(name))), expected(name, 'pil').data);
        assert.ok(largest < 1 / 255 / 0.224 + 1e-5, `${largest}`);
      });
    }

    it('gives a batch of mixed sizes what each image alone gives', async () => {
      const images = [
        pattern(40, 30),
        ...(await Promise.all(names.map(decode))),
        pattern(40, 30),
        pattern(24, 24),
        pattern(300, 200),
      ];
      const batch = processor.preprocess(images);
      assert.deepEqual(batch.shape, [images.length, 3, 24, 24]);
      images.forEach((image, index) =>
        assert.deepEqual(
          floatsOf(batch.select(0, index).contiguous()),
          floatsOf(processor.preprocess(image).select(0, 0).contiguous()),
          `${index}`,
        ),
      );
    });
  });

  it('frees what it makes on the way', async () => {
    const processor = new ImageProcessor({
      size: { height: 8, width: 8 },
      doCenterCrop: true,
      cropSize: { height: 10, width: 6 },
    });
    const before = await liveTensors();
    const values = processor.preprocess([pattern(20, 30), pattern(10, 10)]);
    assert.equal(torch.memory().tensors, before + 1);
    values.dispose();
  });

  it('leaves images of the target size as they are', () => {
    const image = pattern(16, 16);
    const pixels = new ImageProcessor({ size: { height: 16, width: 16 } }).pixels([image]);
    assert.deepEqual(bytesOf(pixels.permute([0, 2, 3, 1])), image.data);
  });

  describe('rescales and normalises', () => {
    const image: RgbImage = { data: Uint8Array.of(0, 128, 255), width: 1, height: 1 };
    const of = (options: ConstructorParameters<typeof ImageProcessor>[0]) => [
      ...floatsOf(new ImageProcessor({ doResize: false, ...options }).preprocess(image)),
    ];

    it('to -1 .. 1 by default', () => assert.deepEqual(of({}), [-1, Math.fround(0.5 / 127.5), 1]));
    it('to 0 .. 1 without normalisation', () =>
      assert.deepEqual(of({ doNormalize: false }), [0, Math.fround(128 * Math.fround(1 / 255)), 1]));
    it('not at all when told so', () => assert.deepEqual(of({ doNormalize: false, doRescale: false }), [0, 128, 255]));
    it('bytes by mean and deviation without rescaling', () => {
      assert.deepEqual(of({ doRescale: false, imageMean: [0, 100, 5], imageStd: [1, 2, 10] }), [0, 14, 25]);
    });
  });

  describe('crops', () => {
    const crop = (image: RgbImage, height: number, width: number) =>
      new ImageProcessor({ doResize: false, doCenterCrop: true, cropSize: { height, width } })
        .pixels([image])
        .select(0, 0)
        .select(0, 0)
        .toArray();
    const numbered: RgbImage = {
      data: Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => Math.floor(i / 3) + 1),
      width: 4,
      height: 5,
    };

    it('the middle', () =>
      assert.deepEqual(crop(numbered, 2, 2), [
        [6, 7],
        [10, 11],
      ]));
    it('with zeros around where the image is too small', () => {
      assert.deepEqual(crop(numbered, 1, 7), [[0, 9, 10, 11, 12, 0, 0]]);
    });
  });

  it('keeps the ratio with shortest_edge, in both directions', () => {
    const processor = new ImageProcessor({ size: { shortestEdge: 10 } });
    assert.deepEqual(processor.preprocess(pattern(20, 31)).shape, [1, 3, 10, 15]);
    assert.deepEqual(processor.preprocess(pattern(31, 20)).shape, [1, 3, 15, 10]);
    assert.equal(processor.outputSize, undefined);
  });

  it('refuses a batch whose results differ in size, and no image', () => {
    const processor = new ImageProcessor({ size: { shortestEdge: 10 } });
    assert.throws(() => processor.preprocess([pattern(20, 31), pattern(20, 20)]), {
      code: 'TTS_SHAPE',
      message: /but 20 x 31 became 10 x 15 and 20 x 20 became 10 x 10; preprocess them one by one/,
    });
    assert.throws(() => processor.preprocess([]), { code: 'TTS_SHAPE' });
  });
});

describe('preprocessor_config.json', () => {
  it('is written as transformers writes it', () => {
    assert.deepEqual(
      new ImageProcessor().toJSON(),
      JSON.parse(readFileSync(join(goldenFolder, 'preprocessor_config.json'), 'utf8')),
    );
  });

  it('is read back', () => {
    for (const options of [
      {},
      { size: { shortestEdge: 30 }, resample: 3, doCenterCrop: true, cropSize: { height: 20, width: 24 } } as const,
    ]) {
      const processor = new ImageProcessor(options);
      assert.deepEqual(ImageProcessor.fromConfig(JSON.parse(JSON.stringify(processor))).options, processor.options);
    }
  });

  it('of the first published ViT checkpoints is understood', () => {
    const { options, outputSize } = ImageProcessor.fromConfig({
      do_normalize: true,
      do_resize: true,
      feature_extractor_type: 'ViTFeatureExtractor',
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      size: 224,
    });
    assert.deepEqual(options, new ImageProcessor().options);
    assert.deepEqual(outputSize, { height: 224, width: 224 });
  });

  it('of a DeiT crops by default', () => {
    const { options } = ImageProcessor.fromConfig({ image_processor_type: 'DeiTImageProcessorFast' });
    assert.deepEqual([options.doCenterCrop, options.resample, options.size], [true, 3, { height: 256, width: 256 }]);
  });

  const refused: Record<string, [json: unknown, message: string]> = {
    'another filter': [{ resample: 0 }, 'x.json: resample: expected 2 (bilinear) or 3 (bicubic).'],
    'another class': [
      { image_processor_type: 'DetrImageProcessor' },
      'x.json: expected image_processor_type to be ViTImageProcessor or DeiTImageProcessor, found DetrImageProcessor.',
    ],
    padding: [{ do_pad: true }, 'x.json: do_pad: expected false: padding is not done here.'],
    'a size of another form': [
      { size: { longest_edge: 9 } },
      'x.json: size: expected a number, { height, width } or { shortest_edge } with or without longest_edge.',
    ],
  };
  it('with both edges keeps the proportions within them, as transformers does', () => {
    const processor = ImageProcessor.fromConfig({ size: { shortest_edge: 32, longest_edge: 40 } });
    assert.deepEqual(
      processor.pixels([{ width: 100, height: 50, data: new Uint8Array(15_000) }]).shape,
      [1, 3, 20, 40],
    );
    assert.deepEqual(processor.pixels([{ width: 50, height: 60, data: new Uint8Array(9_000) }]).shape, [1, 3, 38, 32]);
    assert.deepEqual(processor.toJSON().size, { longest_edge: 40, shortest_edge: 32 });
    assert.deepEqual(ImageProcessor.fromConfig(processor.toJSON()).options, processor.options);
    assert.equal(processor.outputSize, undefined);
  });

  for (const [what, [json, message]] of Object.entries(refused)) {
    it(`with ${what} is refused`, () =>
      assert.throws(() => ImageProcessor.fromConfig(json, 'x.json'), { code: 'TTS_INPUT', message }));
  }

  it('names the key of a wrong value', () => {
    assert.throws(
      () => ImageProcessor.fromConfig({ image_mean: [1, 2] }, 'x.json'),
      /^InputError: x\.json: image_mean: /,
    );
    assert.throws(() => ImageProcessor.fromConfig('text', 'x.json'), /^InputError: x\.json: /);
  });

  describe('in a folder', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-processor-'))));
    after(() => rmSync(folder, { recursive: true }));

    it('is read', async () => {
      writeFileSync(join(folder, 'preprocessor_config.json'), '{"size": 32}');
      assert.deepEqual((await ImageProcessor.fromFolder(folder)).outputSize, { height: 32, width: 32 });
    });

    it('is named when it is missing or broken', async () => {
      await assert.rejects(ImageProcessor.fromFolder(join(folder, 'none')), {
        code: 'TTS_INPUT',
        message: /preprocessor_config\.json, but it cannot be read: ENOENT/,
      });
      writeFileSync(join(folder, 'preprocessor_config.json'), '{');
      await assert.rejects(ImageProcessor.fromFolder(folder), { code: 'TTS_INPUT', message: /cannot be read: / });
    });
  });
});
