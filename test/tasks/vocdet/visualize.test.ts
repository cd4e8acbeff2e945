import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { watchedDetections, visualize } from '../../../ts/tasks/vocdet/visualize';
import * as torch from '../../../ts/tensor';
import { decodeImage } from '../../../ts/vision/image';
import { assertNumber } from '../../nn/golden';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { drawnImage, smallDetector, smallWeights } from './small-detector';

describe('visualizations of a detector', () => {
  onOneThread();
  const folder = temporaryFolder();
  let weights: string;
  before(async () => (weights = await smallWeights(folder.write({}), 'own', { id2label: ['car', 'dog'] })));

  const all = async (inputs: string[], options: object) => {
    const items = [];
    for await (const item of visualize(weights, inputs, {
      output: join(folder.path(), 'out'),
      threshold: 0,
      ...options,
    }))
      items.push(item);
    return items;
  };

  it('have a panel for the image and one for each of the surest detections, and go on after a bad image', async () => {
    const album = folder.write({ 'a b.png': await drawnImage(1), 'broken.png': 'hello' });
    const output = folder.path();
    const widths = await Promise.all(
      [1, 3].map(async (count) => {
        const [item, broken] = await all([album], { count, output: join(output, String(count)) });
        assert.ok(item && 'file' in item && broken && 'error' in broken);
        return (await sharp(item.file).metadata()).width!;
      }),
    );
    assert.deepEqual(readdirSync(join(output, '1')), ['1-a_b.jpg']);
    assert.equal((widths[0]! - 8) / 2, (widths[1]! - 8) / 4);
  });

  it('are bounded both ways, and what goes wrong with one image is said of that image', async () => {
    const strip = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#888' } })
        .png()
        .toBuffer();
    const album = folder.write({
      'a.png': await strip(4000, 16),
      'b.png': await strip(16, 4000),
      'c.png': await drawnImage(1),
    });
    const items = await all([album], { count: 2 });
    const sizes = await Promise.all(
      items.map(async (item) => {
        assert.ok('file' in item, 'error' in item ? item.error.message : '');
        const { width, height } = await sharp(item.file).metadata();
        return [width!, height!];
      }),
    );
    for (const [width, height] of sizes) assert.ok(width! <= 3 * 1024 + 100 && height! <= 300, `${width} x ${height}`);
  });

  it('are refused for a class that the model does not know', async () => {
    await assert.rejects(
      all([], { classes: ['ufo'] }),
      /^UsageError: The model knows no class "ufo"; it knows car, dog\.$/,
    );
  });

  it('look at maps of the proportions of the image, and leave the detector and its answers as they were', async () => {
    const detector = smallDetector({ id2label: ['car', 'dog'] });
    const image = await decodeImage(await drawnImage(1));
    const { detections, maps } = watchedDetections(detector, image);
    assert.deepEqual(
      maps.map(({ rows, columns, values }) => [rows, columns, values.length, Math.max(...values)]),
      Array.from({ length: 8 }, () => [6, 8, 48, 1]),
    );
    const [plain] = torch.scoped(() => detector.detectBatch(detector.processor.preprocess(image), [image]));
    assert.deepEqual([...plain!.labels], [...(detections.labels as Int32Array)]);
    plain!.scores.forEach((score, row) => assertNumber(detections.scores[row]!, score));
  });
});
