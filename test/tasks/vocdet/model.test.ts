import assert from 'node:assert/strict';
import { cocoToVoc } from '../../../ts/models/detr';
import { ClassList, vocClasses, vocNames } from '../../../ts/tasks/vocdet/annotations/classes';
import { chooseTrained, classRows, newModel, newProcessor } from '../../../ts/tasks/vocdet/model';
import { temporaryFolder } from './fixture';
import { cocoClasses, onOneThread, smallConfig, smallModel, smallWeights, tunedConfig } from './small-detector';

const classes = new ClassList(['car', 'dog']);
const silent = () => {};

describe('the start of a training', () => {
  onOneThread();
  const folder = temporaryFolder();
  let coco: string;
  before(async () => (coco = await smallWeights(folder.write({}), 'coco', cocoClasses)));

  it('has the sizes of the configuration, its classes, and follows from the seed alone', async () => {
    const config = smallConfig('.');
    const make = async (seed: number) => (await newModel({ ...config, seed }, classes, silent)).model;
    const model = await make(1);
    assert.deepEqual(
      [model.config.numQueries, model.config.dModel, model.config.id2label],
      [8, 16, { 0: 'car', 1: 'dog' }],
    );
    const bits = async (seed: number) => (await make(seed)).parameters().map((parameter) => parameter.data());
    assert.deepEqual(
      await bits(1),
      model.parameters().map((parameter) => parameter.data()),
    );
    assert.notDeepEqual(await bits(2), await bits(1));
  });

  it("from COCO's detector has its rows for VOC's classes, so that the logits are equal", async () => {
    const { model, detects } = await newModel(tunedConfig('.', coco), vocClasses, assert.fail);
    assert.equal(detects, true);
    const [own, old] = [model, smallModel(cocoClasses)].map(
      (one) => one.class_labels_classifier.weight.toArray() as number[][],
    );
    const rows = [...cocoToVoc.classes.map(({ row }) => row), 91];
    assert.deepEqual(
      own,
      rows.map((row) => old![row]),
    );
    assert.deepEqual(classRows(smallModel(cocoClasses), vocClasses, null), rows);
    assert.deepEqual(
      rows.slice(0, 20).map((row) => smallModel(cocoClasses).config.id2label[row]).length,
      vocNames.length,
    );
  });

  it('takes the rows that a file names before equal names, and refuses a file for another detector', () => {
    const model = smallModel({ id2label: ['car', 'dog', 'wolf'] });
    const map = (from: string) =>
      folder.write({ 'map.json': JSON.stringify({ noObject: 3, classes: [{ name: 'dog', from, row: 2 }] }) }) +
      '/map.json';
    assert.deepEqual(classRows(model, classes, map('wolf')), [0, 2, 3]);
    assert.deepEqual(classRows(model, new ClassList(['bird', 'dog']), null), [null, 1, 3]);
    assert.throws(
      () => classRows(model, classes, map('bear')),
      /map\.json expects row 2 to be bear, found wolf; it is for another detector\.$/,
    );
  });

  it('has no sizes of its own where weights are given', async () => {
    const config = tunedConfig('.', coco);
    await assert.rejects(
      newModel({ ...config, model: { ...config.model, dModel: 32 } }, classes, silent),
      /^UsageError: model\.dModel belongs to a model from random weights/,
    );
  });

  it('dilates a backbone that is named, and refuses to pass over the option for another', async () => {
    const config = smallConfig('.');
    const { depths: _, widths: __, ...rest } = config.model;
    const named = {
      ...config,
      model: { ...rest, depths: null, widths: null, backbone: 'resnet18', dilation: true },
    } as typeof config;
    const dilated = async (dilation: boolean) =>
      (await newModel({ ...named, model: { ...named.model, dilation } }, classes, silent)).model.config.dilation;
    assert.deepEqual([await dilated(true), await dilated(false)], [true, false]);
    await assert.rejects(
      newModel({ ...config, model: { ...config.model, dilation: true } }, classes, silent),
      /^UsageError: model\.dilation is for a backbone that model\.backbone names/,
    );
  });

  it('trains all stages from random weights, else all but the first two, or those that are named', async () => {
    const config = smallConfig('.');
    const { model } = await newModel(config, classes, silent);
    const trained = () =>
      [0, 1, 2].filter((stage) =>
        model.model.backbone.model
          .stage(stage)
          .some((module) => module.parameters().some(({ requiresGrad }) => requiresGrad)),
      );
    chooseTrained(model, config);
    assert.deepEqual(trained(), [0, 1, 2]);
    chooseTrained(model, tunedConfig('.', coco));
    assert.deepEqual(trained(), [2]);
    chooseTrained(model, { ...config, model: { ...config.model, trainStages: [1] } });
    assert.deepEqual(trained(), [1]);
    assert.throws(
      () => chooseTrained(model, { ...config, model: { ...config.model, trainStages: [3] } }),
      /expected stages of the backbone, 0 to 2, found 3/,
    );
  });

  it('sees images at the sizes of the configuration, else at those of the checkpoint', async () => {
    assert.deepEqual((await newProcessor(smallConfig('.'))).options.size, { shortestEdge: 48, longestEdge: 64 });
    assert.deepEqual((await newProcessor(tunedConfig('.', coco))).options.size, { shortestEdge: 48, longestEdge: 64 });
    assert.deepEqual((await newProcessor({ ...tunedConfig('.', coco), shortestEdge: 32 })).options.size, {
      shortestEdge: 32,
      longestEdge: 64,
    });
  });
});
