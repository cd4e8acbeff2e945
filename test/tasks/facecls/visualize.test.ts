import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type VisualizeOptions, visualize } from '../../../ts/tasks/facecls/visualize';
import { image, smallWeights } from './small-model';

describe('visualizations', () => {
  let root: string;
  let weights: string;

  const all = async (inputs: string[], options: Partial<VisualizeOptions> = {}) => {
    const items = [];
    for await (const item of visualize(weights, inputs, { output: join(root, 'out'), ...options })) items.push(item);
    return items;
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'visualize-'));
    weights = await smallWeights(root);
    writeFileSync(join(root, 'a face?.jpg'), await image(1));
    writeFileSync(join(root, 'broken.jpg'), 'hello');
  });
  after(() => rmSync(root, { recursive: true }));

  it('are images with a panel for each of the surest attributes', async () => {
    const [one] = await all([join(root, 'a face?.jpg')], { count: 2 });
    assert.ok(one && 'file' in one && existsSync(one.file));
    const two = await sharp(one.file).metadata();
    const [other] = await all([join(root, 'a face?.jpg')], { attributes: ['Smiling'], output: join(root, 'single') });
    const single = await sharp((other as { file: string }).file).metadata();
    assert.equal(two.format, 'jpeg');
    assert.equal(two.width! - single.width!, (two.width! - 8) / 3);
  });

  it('go on after an image that cannot be read', async () => {
    const items = await all([join(root, 'broken.jpg'), join(root, 'a face?.jpg')], { output: join(root, 'two') });
    assert.deepEqual(
      items.map((item) => 'error' in item),
      [true, false],
    );
    assert.deepEqual(readdirSync(join(root, 'two')), ['1-a_face.jpg']);
  });

  it('are refused for an attribute that the model does not know', async () => {
    await assert.rejects(
      all([], { attributes: ['Winged'] }),
      /The model knows no attribute "Winged"; it knows Smiling, Eyeglasses, Wearing_Hat\./,
    );
  });
});
