import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from '../../ts/tensor';
import { boxes, scaleBoxes, xywhToXyxy, xyxyToCxcywh } from '../../ts/vision/boxes';
import { DetectionProcessor } from '../../ts/vision/detection-processor';
import { changeBoxes, extentAfter } from '../../ts/vision/steps';
import { liveTensors } from '../live-tensors';
import { detectionGolden } from './detection-golden';
import { readGolden } from './golden';
import { pattern } from './pattern';

const floats = (tensor: torch.Tensor) => tensor.data() as Float32Array;

describe('DetectionProcessor', () => {
  const golden = readGolden('detection-processor');
  const small = new DetectionProcessor({ size: { shortestEdge: 32, longestEdge: 50 }, rounding: 'transformers' });
  const images = [pattern(60, 90), pattern(75, 40)];

  it('makes of a batch what transformers makes of it on torchvision, to the last bit', () => {
    const { pixelValues, pixelMask } = small.preprocess(images);
    assert.deepEqual(pixelValues.shape, golden['torch/values']!.shape);
    assert.deepEqual(floats(pixelValues), golden['torch/values']!.data);
    assert.deepEqual(pixelMask.shape, golden['mask']!.shape);
    assert.deepEqual(pixelMask.data(), golden['mask']!.data);
    assert.equal(pixelMask.dtype, 'bool');
  });

  it('makes of it what transformers makes on Pillow, within one level of a byte', () => {
    const found = floats(small.preprocess(images).pixelValues);
    const largest = Float32Array.from(golden['pil/values']!.data).reduce(
      (most, value, at) => Math.max(most, Math.abs(value - found[at]!)),
      0,
    );
    assert.ok(largest < 1 / 255 / 0.224 + 1e-5, `${largest}`);
  });

  it('moves the boxes of an image as transformers does', () => {
    const given = [
      [10, 5, 20, 30, 0, 0, 90, 60],
      [1, 2, 30, 40],
    ].map((numbers) => xywhToXyxy(boxes('xywh', numbers)));
    images.forEach((image, index) => {
      const steps = small.changes(image);
      const { width, height } = extentAfter(steps, image);
      const found = xyxyToCxcywh(scaleBoxes(changeBoxes(steps, given[index]!, image), 1 / width, 1 / height)).data;
      golden[`boxes/${index}`]!.data.forEach((value, at) =>
        assert.ok(Math.abs(value - found[at]!) < 1e-6, `${value} ${found[at]}`),
      );
    });
  });

  it('gives each image of a batch what it gives the image alone', () => {
    const { pixelValues } = small.preprocess(images);
    images.forEach((image, index) => {
      const alone = small.preprocess(image).pixelValues;
      const [, , height, width] = alone.shape as [number, number, number, number];
      assert.deepEqual(
        floats(pixelValues.narrow(0, index, 1).narrow(2, 0, height).narrow(3, 0, width).contiguous()),
        floats(alone),
      );
    });
  });

  it('resizes as the paper when it is not told otherwise', () => {
    const { width, height } = new DetectionProcessor().changes({ width: 500, height: 375 })[0] as {
      width: number;
      height: number;
    };
    assert.deepEqual([width, height], [1066, 800]);
    assert.deepEqual(
      new DetectionProcessor({ size: { width: 20, height: 30 } }).preprocess(pattern(9, 9)).pixelValues.shape,
      [1, 3, 30, 20],
    );
    assert.deepEqual(
      new DetectionProcessor({ doResize: false }).preprocess(pattern(9, 8)).pixelValues.shape,
      [1, 3, 9, 8],
    );
  });

  it('pads to a size that it is told, and says when an image is larger', () => {
    const padded = new DetectionProcessor({ ...small.options, padSize: { width: 60, height: 70 } });
    const { pixelValues, pixelMask } = padded.preprocess(images[0]!);
    assert.deepEqual([pixelValues.shape, Number(pixelMask.sum([0, 1, 2]).item())], [[1, 3, 70, 60], 32 * 48]);
    assert.throws(
      () => new DetectionProcessor({ ...small.options, padSize: { width: 40, height: 70 } }).preprocess(images[0]!),
      {
        code: 'TTS_SHAPE',
        message:
          'Expected images of at most 40 x 70 (pad_size), found 48 x 32 after the resize; make the size smaller.',
      },
    );
    assert.throws(() => small.preprocess([]), { code: 'TTS_SHAPE', message: /at least one image/ });
  });

  it('frees what it makes on the way', async () => {
    const before = await liveTensors();
    const batch = small.preprocess(images);
    assert.equal(torch.memory().tensors, before + 2);
    Object.values(batch).forEach((tensor: torch.Tensor) => tensor.dispose());
  });

  describe('reads and writes preprocessor_config.json', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-processor-'))));
    after(() => rmSync(folder, { recursive: true }));

    it('of transformers, as transformers rounds', async () => {
      writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(detectionGolden.config));
      const processor = await DetectionProcessor.fromFolder(folder);
      assert.deepEqual(processor.options, { ...new DetectionProcessor().options, rounding: 'transformers' });
    });

    it('of older versions, with a size and a limit', () => {
      const json = { feature_extractor_type: 'DetrFeatureExtractor', size: 700, max_size: 1000, do_normalize: true };
      assert.deepEqual(DetectionProcessor.fromConfig(json).options.size, { shortestEdge: 700, longestEdge: 1000 });
      assert.deepEqual(DetectionProcessor.fromConfig({ size: 700 }).options.size, {
        shortestEdge: 700,
        longestEdge: 1333,
      });
    });

    it('of its own, with nothing lost, and readable by transformers', () => {
      const options = {
        size: { shortestEdge: 128, longestEdge: 160 },
        padSize: { width: 160, height: 160 },
        imageMean: [0, 0.5, 1],
      };
      const processor = new DetectionProcessor(options);
      assert.deepEqual(DetectionProcessor.fromConfig(JSON.parse(JSON.stringify(processor))).options, processor.options);
      const { do_convert_annotations: _, ...config } = detectionGolden.config;
      assert.deepEqual(new DetectionProcessor({ rounding: 'transformers' }).toJSON(), {
        ...config,
        rounding: 'transformers',
      });
    });

    it('refuses another class and values that it cannot follow', () => {
      assert.throws(
        () => DetectionProcessor.fromConfig({ image_processor_type: 'ViTImageProcessor' }, 'x.json'),
        /^InputError: x\.json: expected image_processor_type to be DetrImageProcessor, found ViTImageProcessor\.$/,
      );
      assert.throws(
        () => DetectionProcessor.fromConfig({ resample: 0 }, 'x.json'),
        /x\.json: resample: expected 2 \(bilinear\) or 3 \(bicubic\)\.$/,
      );
      assert.throws(
        () => DetectionProcessor.fromConfig({ size: { longest_edge: 5 } }, 'x.json'),
        /x\.json: size: expected a number, \{ height, width \} or \{ shortest_edge, longest_edge \}\.$/,
      );
    });
  });
});
