import assert from 'node:assert/strict';
import { join } from 'node:path';
import { saveDetrPth } from '../../../ts/models';
import { evaluate, type EvaluateOptions } from '../../../ts/tasks/vocdet/evaluate';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { cocoClasses, filesOfDetections, smallModel, smallWeights, vocFiles } from './small-detector';

describe('the evaluation of a detector', () => {
  onOneThread();
  const folder = temporaryFolder();
  let root: string;
  let data: string;
  let weights: string;
  let coco: string;

  before(async () => {
    root = folder.write({});
    data = folder.write(await vocFiles({ train: 2, val: 3, test: 5 }));
    weights = await smallWeights(root, 'own', { id2label: ['car', 'dog'] });
    coco = await smallWeights(root, 'coco', cocoClasses);
  });

  it('does not depend on the batch size where images have one size', async () => {
    const data = folder.write(await filesOfDetections(weights, { test: 5 }));
    const [one, three] = await Promise.all(
      [1, 3].map((batchSize) => evaluate(weights, { data, batchSize, bootstrap: { samples: 5 } })),
    );
    assert.ok(one!.coco.AP50! > 0.1 && one!.coco.AP50! < 1, String(one!.coco.AP50));
    for (const protocol of ['voc07', 'voc12'] as const)
      assert.ok(Math.abs(one![protocol].mAP! - three![protocol].mAP!) < 1e-6);
    for (const name of ['AP', 'AP50', 'AP75', 'AR1', 'AR10', 'AR100'] as const)
      assert.ok(Math.abs(one!.coco[name]! - three!.coco[name]!) < 1e-6, name);
    assert.equal(one!.confidence!.samples, 5);
  });

  it('computes in the precision that is asked for', async () => {
    const loss = async (options: EvaluateOptions) => (await evaluate(weights, { data, ...options })).loss;
    const [plain, int8] = [await loss({ compile: false }), await loss({ precision: 'int8' })];
    assert.ok(int8 !== plain && Math.abs(int8 - plain) < 0.1 * plain, `${int8}, ${plain}`);
    assert.ok(Math.abs((await loss({})) - plain) < 1e-4);
    await assert.rejects(loss({ precision: 'int8', compile: false }), /expected true with the precision 'int8'/);
  });

  it('takes a split by its use or by its name', async () => {
    const images = async (split: string) => (await evaluate(weights, { data, split })).images;
    assert.deepEqual([await images('test'), await images('val'), await images('train+val')], [5, 3, 5]);
    await assert.rejects(images('dev'), /Expected a set dev in .*, found .*test, .*train, .*val\.$/);
  });

  it("of COCO's classes on others works when asked for, and says so when not", async () => {
    await assert.rejects(
      evaluate(coco, { data }),
      /coco: The model detects other classes: expected class 0 to be car, found N\/A \(2 classes expected, 91 found\).* the option zeroShot\.$/,
    );
    const {
      images,
      coco: { perClass },
    } = await evaluate(coco, { data, zeroShot: true });
    assert.deepEqual([images, Object.keys(perClass)], [5, ['car', 'dog']]);
  });

  it('refuses classes that the detector does not know', async () => {
    const odd = folder.write(await vocFiles({ test: 2 }, ['dog', 'zeppelin']));
    await assert.rejects(
      evaluate(coco, { data: odd, zeroShot: true }),
      /coco does not know zeppelin: without training it cannot detect them\.$/,
    );
  });

  it('numbers classes by a class file', async () => {
    const list = (names: string) => join(folder.write({ 'classes.txt': names }), 'classes.txt');
    assert.equal((await evaluate(weights, { data, classes: list('# mine\ncar\ndog\n') })).images, 5);
    await assert.rejects(
      evaluate(weights, { data, classes: list('dog\ncar\n') }),
      /expected class 0 to be dog, found car/,
    );
    await assert.rejects(
      evaluate(coco, { data, classes: list('car\n'), zeroShot: true }),
      /p\d+\.xml line \d+: expected one of the 1 classes \(car\), found dog/,
    );
  });

  it("takes a .pth file of the authors' layout", async () => {
    const file = join(root, 'small.pth');
    saveDetrPth(smallModel({ id2label: ['car', 'dog'], encoderAttentionHeads: 8, decoderAttentionHeads: 8 }), file);
    await assert.rejects(
      evaluate(file, { data }),
      /small\.pth: The model detects other classes: expected class 0 to be car, found LABEL_0/,
    );
    await assert.rejects(
      evaluate(join(root, 'absent.pth'), { data }),
      /^InputError: Expected a \.pth file at .*absent\.pth, found none\.$/,
    );
  });
});
