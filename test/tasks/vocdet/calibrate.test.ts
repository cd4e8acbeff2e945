import assert from 'node:assert/strict';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCompileOptions } from '../../../ts/compile';
import { calibrate } from '../../../ts/tasks/vocdet/calibrate';
import { evaluate, type EvaluateOptions } from '../../../ts/tasks/vocdet/evaluate';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { drawnImage, smallWeights, vocFiles } from './small-detector';

describe('the calibration of a detector', () => {
  onOneThread();
  const folder = temporaryFolder();
  let data: string;
  let plain: string;

  before(async () => {
    data = folder.write(await vocFiles({ train: 3, val: 2, test: 2 }));
    plain = await smallWeights(folder.write({}), 'own', { id2label: ['car', 'dog'] });
  });

  const copy = (): string => {
    const weights = join(folder.write({}), 'weights');
    cpSync(plain, weights, { recursive: true });
    return weights;
  };
  const loss = async (weights: string, options: EvaluateOptions = {}) =>
    (await evaluate(weights, { data, ...options })).loss;

  it('is kept beside the weights, and serves evaluations', async () => {
    const weights = copy();
    const { file, images } = await calibrate(weights, [], { data });
    assert.deepEqual([file, images], [join(weights, 'compile.json'), 3]);
    const [int8, float32] = [await loss(weights), await loss(weights, { precision: 'float32' })];
    assert.equal(int8, await loss(plain, { precision: 'int8' }));
    assert.notEqual(int8, float32);
    assert.equal(await loss(weights, { compile: false }), float32);
  });

  it('is made on images that are named', async () => {
    const weights = copy();
    const image = join(weights, 'image.png');
    writeFileSync(image, await drawnImage(77));
    assert.equal((await calibrate(weights, [image, image])).images, 2);
    const named = loadCompileOptions(weights)!;
    await calibrate(weights, [], { data, count: 1 });
    assert.notDeepEqual(loadCompileOptions(weights), named);
    assert.deepEqual(
      Object.keys(loadCompileOptions(weights)!.calibrate!.toJSON()),
      Object.keys(named.calibrate!.toJSON()),
    );
  });

  it('needs a folder, and images that can be read', async () => {
    const weights = copy();
    await assert.rejects(calibrate(weights, [join(weights, 'config.json')]), /config\.json, found /);
    await assert.rejects(calibrate(weights, ['absent.png']), /There is no file or folder absent\.png/);
    assert.equal(existsSync(join(weights, 'compile.json')), false);
    for (const count of [0, 1.5, '2'])
      await assert.rejects(calibrate('absent', [], { data, count: count as number }), /at least 1 for count, found /);
    await assert.rejects(calibrate('absent'), /^InputError: Expected a run folder/);
  });
});
