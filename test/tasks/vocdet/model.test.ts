import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { cocoNames } from '../../../ts/models';
import { cocoToVoc, type DetrConfig } from '../../../ts/models/detr';
import type { Module } from '../../../ts/nn';
import { ClassList, vocClasses, vocNames } from '../../../ts/tasks/vocdet/annotations/classes';
import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { ObjectDetector } from '../../../ts/tasks/vocdet/detector';
import {
  backboneAndRest,
  chooseTrained,
  classRows,
  newModel,
  newProcessor,
  savedDetector,
} from '../../../ts/tasks/vocdet/model';
import { presets } from '../../../ts/tasks/vocdet/presets';
import * as torch from '../../../ts/tensor';
import { DetectionProcessor } from '../../../ts/vision/detection-processor';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { cocoClasses, smallConfig, smallModel, smallWeights, tunedConfig } from './small-detector';

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

  it('has every size and weight of a loss that the configuration names, and those of the paper for the others', async () => {
    const config = smallConfig('.');
    const loss = { auxiliary: false, noObject: 0.3, bbox: 4, giou: 1 };
    const { model } = await newModel({ ...config, loss, model: { ...config.model, dropout: 0.25 } }, classes, silent);
    const { backboneShape, ...found } = pick(model.config);
    assert.deepEqual(found, {
      dModel: 16,
      numQueries: 8,
      encoderLayers: 1,
      decoderLayers: 2,
      encoderAttentionHeads: 2,
      decoderAttentionHeads: 2,
      encoderFfnDim: 32,
      decoderFfnDim: 32,
      dropout: 0.25,
      trainBatchNorm: true,
      auxiliaryLoss: false,
      authorsAuxiliaryLoss: false,
      eosCoefficient: 0.3,
      bboxLossCoefficient: 4,
      giouLossCoefficient: 1,
    });
    assert.deepEqual(
      [backboneShape.depths, backboneShape.embeddingSize, backboneShape.hiddenSizes, backboneShape.layerType],
      [[1, 1], 8, [8, 16], 'basic'],
    );
    const { from: _, ...nothing } = presets.r50.model;
    const { model: paper } = await newModel(
      { ...config, model: { ...nothing, from: null, backbone: 'resnet18', encoderLayers: 1, decoderLayers: 1 } },
      classes,
      silent,
    );
    const { backboneShape: named, ...sizes } = pick(paper.config);
    assert.deepEqual(sizes, {
      dModel: 256,
      numQueries: 100,
      encoderLayers: 1,
      decoderLayers: 1,
      encoderAttentionHeads: 8,
      decoderAttentionHeads: 8,
      encoderFfnDim: 2048,
      decoderFfnDim: 2048,
      dropout: 0.1,
      trainBatchNorm: undefined,
      auxiliaryLoss: false,
      authorsAuxiliaryLoss: true,
      eosCoefficient: 0.25,
      bboxLossCoefficient: 5,
      giouLossCoefficient: 2,
    });
    assert.deepEqual([paper.config.backbone, named.depths], ['resnet18', [2, 2, 2, 2]]);
  });

  it('takes the backbone from a classifier, and its seed decides the rest', async () => {
    const config = smallConfig('.');
    const path = join(folder.write({}), 'classifier.safetensors');
    const { model: source } = await newModel({ ...config, seed: 7 }, classes, silent);
    torch.safetensors.save(source.model.backbone.model.stateDict(), path);
    const { model, detects } = await newModel(
      { ...config, model: { ...config.model, backboneWeights: path } },
      classes,
      silent,
    );
    const { model: random } = await newModel(config, classes, silent);
    const bits = (module: Module) => module.parameters().map((parameter) => parameter.data());
    assert.deepEqual(bits(model.model.backbone.model), bits(source.model.backbone.model));
    assert.notDeepEqual(bits(random.model.backbone.model), bits(source.model.backbone.model));
    assert.deepEqual(bits(model.model.decoder), bits(random.model.decoder));
    assert.equal(detects, false);
    await assert.rejects(
      newModel({ ...config, model: { ...config.model, backboneWeights: join(path, 'nowhere') } }, classes, silent),
      /nowhere/,
    );
  });

  it('needs a network that the configuration describes once, and whole', async () => {
    const config = smallConfig('.');
    const make = (model: Partial<DetectionConfig['model']>) =>
      newModel({ ...config, model: { ...config.model, ...model } }, classes, silent);
    const widths = (found: string) =>
      `Expected model.widths to hold the channels of the stem and of each stage in model.depths, found ${found}.`;
    const refused: readonly [Partial<DetectionConfig['model']>, string][] = [
      [
        { backbone: 'resnet18' },
        'The backbone is either model.backbone (resnet18) or model.depths and model.widths: leave one of the two null.',
      ],
      [
        { backbone: 'resnet18', depths: null },
        'The backbone is either model.backbone (resnet18) or model.depths and model.widths: leave one of the two null.',
      ],
      [{ widths: [8, 8] }, widths('2 widths for 2 stages')],
      [{ widths: [8, 8, 8, 8] }, widths('4 widths for 2 stages')],
      [{ widths: null }, widths('0 widths for 2 stages')],
      [{ depths: null }, widths('3 widths for 0 stages')],
      [
        { dilation: true },
        'model.dilation is for a backbone that model.backbone names, found one given by model.depths and model.widths: leave it null.',
      ],
    ];
    for (const [model, message] of refused) await assert.rejects(make(model), { name: 'UsageError', message });
    assert.equal((await make({ dilation: false })).model.config.dilation, false);
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

  it('goes on with the losses of the layers as the weights were trained with, and takes the others from the configuration', async () => {
    const loss = { auxiliary: true, noObject: 0.3, bbox: 4, giou: 1 };
    const losses = async (from: string, auxiliary: boolean) => {
      const config = tunedConfig('.', from);
      const { model } = await newModel({ ...config, loss: { ...loss, auxiliary } }, vocClasses, silent);
      const found = pick(model.config);
      assert.deepEqual([found.eosCoefficient, found.bboxLossCoefficient, found.giouLossCoefficient], [0.3, 4, 1]);
      return [found.auxiliaryLoss, found.authorsAuxiliaryLoss ?? false];
    };
    assert.deepEqual(await losses(coco, true), [false, true]);
    assert.deepEqual(await losses(coco, false), [false, false]);
    const transformers = await smallWeights(folder.write({}), 'aux', { ...cocoClasses, auxiliaryLoss: true });
    assert.deepEqual(await losses(transformers, true), [true, false]);
    assert.deepEqual(await losses(transformers, false), [true, false]);
  });

  it('has the dropout of the weights, or that of the configuration', async () => {
    const config = tunedConfig('.', coco);
    const dropout = async (value: number | null) =>
      (await newModel({ ...config, model: { ...config.model, dropout: value } }, vocClasses, silent)).model.config
        .dropout;
    assert.deepEqual([await dropout(null), await dropout(0), await dropout(0.5)], [0.1, 0, 0.5]);
  });

  it('says which classes the weights do not know, and starts their rows from random weights', async () => {
    const said: string[] = [];
    const own = new ClassList(['car', 'zebu', 'dog', 'yak']);
    const { model, detects } = await newModel(tunedConfig('.', coco), own, (sentence) => said.push(sentence));
    assert.deepEqual(said, [
      `${coco} does not know zebu, yak: their rows of the class head start from random weights.`,
    ]);
    assert.equal(detects, false);
    assert.deepEqual(Object.values(model.config.id2label), own.names);
    const row = (one: typeof model, at: number) => (one.class_labels_classifier.weight.toArray() as number[][])[at];
    assert.deepEqual(row(model, 0), row(smallModel(cocoClasses), cocoNames.indexOf('car')));
    assert.deepEqual(row(model, 4), row(smallModel(cocoClasses), 91));
    assert.notDeepEqual(row(model, 1), row(model, 3));
  });

  describe('finds the rows of the class head', () => {
    const model = () => smallModel({ id2label: ['car', 'dog', 'wolf'] });
    const mapFile = (map: object) => join(folder.write({ 'map.json': JSON.stringify(map) }), 'map.json');
    const wolf = (from = 'wolf', row = 2) => mapFile({ noObject: 3, classes: [{ name: 'dog', from, row }] });

    it('by equal names, and none for others', () => {
      assert.deepEqual(classRows(model(), new ClassList(['bird', 'dog']), null), [null, 1, 3]);
    });

    it('as a file says, and by equal names where it says nothing', () => {
      assert.deepEqual(classRows(model(), classes, wolf()), [0, 2, 3]);
      assert.deepEqual(classRows(model(), new ClassList(['cow', 'dog']), wolf()), [null, 2, 3]);
    });

    it('as a file says where the classes have no names', () => {
      const unnamed = smallModel({ id2label: ['LABEL_0', 'LABEL_1', 'LABEL_2'] });
      assert.deepEqual(classRows(unnamed, classes, wolf('bear')), [null, 2, 3]);
      const partly = smallModel({ id2label: ['LABEL_0', 'LABEL_1', 'bear'] });
      assert.deepEqual(classRows(partly, classes, wolf('bear')), [null, 2, 3]);
      assert.throws(() => classRows(partly, classes, wolf('cat', 1)), /expects row 1 to be cat, found LABEL_1;/);
    });

    it("by COCO's numbers for VOC's classes where a detector of as many classes has no names", () => {
      const numbers = Array.from({ length: 91 }, (_, row) => `LABEL_${row}`);
      const rows = classRows(smallModel({ id2label: numbers }), classes, null);
      assert.deepEqual(rows, [3, 18, 91]);
      assert.deepEqual(classRows(smallModel({ id2label: [...numbers.slice(0, 90), 'other'] }), classes, null), [
        null,
        null,
        91,
      ]);
      assert.deepEqual(classRows(smallModel({ id2label: numbers.slice(1) }), classes, null), [null, null, 90]);
    });

    it('not with a file for another detector', () => {
      const refuses = (file: string, message: string) =>
        assert.throws(() => classRows(model(), classes, file), { code: 'TTS_INPUT', message: `${file} ${message}` });
      refuses(wolf('bear'), 'expects row 2 to be bear, found wolf; it is for another detector.');
      refuses(wolf('bear', 7), 'expects row 7 to be bear, found no such row; it is for another detector.');
      refuses(
        mapFile({ noObject: 91, classes: [{ name: 'dog', from: 'dog', row: 1 }] }),
        'is for a detector whose row 91 says "no object"; here it is row 3.',
      );
    });
  });

  it('has no sizes of its own where weights are given, but the dropout, the stages and the map of classes', async () => {
    const config = tunedConfig('.', coco);
    for (const [key, value] of Object.entries({
      dModel: 32,
      backbone: 'resnet18',
      backboneWeights: 'x',
      trainBatchNorm: false,
      dilation: false,
    }))
      await assert.rejects(newModel({ ...config, model: { ...config.model, [key]: value } }, classes, silent), {
        name: 'UsageError',
        message: `model.${key} belongs to a model from random weights: leave it null where model.from is given.`,
      });
    const map = { noObject: 91, classes: [{ name: 'pet', from: 'dog', row: cocoNames.indexOf('dog') }] };
    const classMap = join(folder.write({ 'map.json': JSON.stringify(map) }), 'map.json');
    const { model, detects } = await newModel(
      { ...config, model: { ...config.model, dropout: 0, trainStages: [0], classMap } },
      new ClassList(['pet', 'car']),
      assert.fail,
    );
    assert.deepEqual([detects, model.config.dropout], [true, 0]);
    const head = smallModel(cocoClasses).class_labels_classifier.weight.toArray() as number[][];
    assert.deepEqual(
      model.class_labels_classifier.weight.toArray(),
      [cocoNames.indexOf('dog'), cocoNames.indexOf('car'), 91].map((row) => head[row]),
    );
  });

  it('is in memory of its own, so that the checkpoint may be written anew', async () => {
    const path = await smallWeights(folder.write({}), 'saved', cocoClasses);
    const { model, processor, names } = await savedDetector(path);
    const weights = () => model.parameters().map((parameter) => parameter.data());
    const before = weights();
    truncateSync(join(path, 'model.safetensors'), 100);
    assert.deepEqual(weights(), before);
    assert.deepEqual(
      before,
      smallModel(cocoClasses)
        .parameters()
        .map((parameter) => parameter.data()),
    );
    assert.deepEqual([names, processor.options.size], [cocoNames, { shortestEdge: 48, longestEdge: 64 }]);
  });

  it('has two rates, one for the backbone', () => {
    const names = smallModel()
      .namedParameters()
      .map(([name]) => name);
    const of = (layer: number) => names.filter((name) => backboneAndRest.layerOf(name) === layer);
    assert.ok(of(0).length > 0 && of(0).every((name) => name.startsWith('model.backbone.')));
    assert.ok(of(1).includes('model.input_projection.weight') && of(1).includes('class_labels_classifier.bias'));
    assert.equal(of(0).length + of(1).length, names.length);
    assert.ok(!names.some((name) => backboneAndRest.isHead(name)) && backboneAndRest.layers === 1);
  });

  it('dilates a backbone that is named', async () => {
    const config = smallConfig('.');
    const { depths: _, widths: __, ...rest } = config.model;
    const named = {
      ...config,
      model: { ...rest, depths: null, widths: null, backbone: 'resnet18', dilation: true },
    } as typeof config;
    const dilated = async (dilation: boolean) =>
      (await newModel({ ...named, model: { ...named.model, dilation } }, classes, silent)).model.config.dilation;
    assert.deepEqual([await dilated(true), await dilated(false)], [true, false]);
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
    assert.throws(() => chooseTrained(model, { ...config, model: { ...config.model, trainStages: [3] } }), {
      name: 'UsageError',
      message: 'model.trainStages: expected stages of the backbone, 0 to 2, found 3.',
    });
    chooseTrained(model, { ...config, model: { ...config.model, trainStages: [] } });
    assert.deepEqual(trained(), []);
    chooseTrained(model, { ...config, model: { ...config.model, backboneWeights: 'x' } });
    assert.deepEqual(trained(), [2]);
    chooseTrained(model, { ...config, optimizer: { ...config.optimizer, backboneLr: 0 } });
    assert.deepEqual(trained(), []);
  });

  it("sees images at the sizes of the configuration, else at those of the checkpoint, else at the paper's", async () => {
    const size = async (config: DetectionConfig, shortestEdge: number | null, longestEdge: number | null) =>
      (await newProcessor({ ...config, shortestEdge, longestEdge })).options.size;
    const random = smallConfig('.');
    assert.deepEqual(await size(random, 48, 64), { shortestEdge: 48, longestEdge: 64 });
    assert.deepEqual(await size(random, null, null), { shortestEdge: 800, longestEdge: 1333 });
    assert.deepEqual(await size(random, 600, null), { shortestEdge: 600, longestEdge: 1333 });
    const tuned = tunedConfig('.', coco);
    assert.deepEqual(await size(tuned, null, null), { shortestEdge: 48, longestEdge: 64 });
    assert.deepEqual(await size(tuned, 32, null), { shortestEdge: 32, longestEdge: 64 });
    assert.deepEqual(await size(tuned, null, 96), { shortestEdge: 48, longestEdge: 96 });
    const fixed = join(folder.write({}), 'fixed');
    const options = { size: { height: 40, width: 56 }, imageMean: [0.5, 0.25, 0.125] } as const;
    await new ObjectDetector(smallModel(cocoClasses), new DetectionProcessor(options)).save(fixed);
    const given = tunedConfig('.', fixed);
    assert.deepEqual(await size(given, null, null), { height: 40, width: 56 });
    assert.deepEqual(await size(given, null, 64), { shortestEdge: 40, longestEdge: 64 });
    assert.deepEqual(await size(given, 32, null), { shortestEdge: 32, longestEdge: 56 });
    assert.deepEqual((await newProcessor({ ...given, shortestEdge: 32 })).options.imageMean, [0.5, 0.25, 0.125]);
  });
});

/** What the configuration of a task decides of that of the model. */
function pick(config: DetrConfig) {
  return {
    dModel: config.dModel,
    numQueries: config.numQueries,
    encoderLayers: config.encoderLayers,
    decoderLayers: config.decoderLayers,
    encoderAttentionHeads: config.encoderAttentionHeads,
    decoderAttentionHeads: config.decoderAttentionHeads,
    encoderFfnDim: config.encoderFfnDim,
    decoderFfnDim: config.decoderFfnDim,
    dropout: config.dropout,
    trainBatchNorm: config.trainBatchNorm,
    auxiliaryLoss: config.auxiliaryLoss,
    authorsAuxiliaryLoss: config.authorsAuxiliaryLoss,
    eosCoefficient: config.eosCoefficient,
    bboxLossCoefficient: config.bboxLossCoefficient,
    giouLossCoefficient: config.giouLossCoefficient,
    backboneShape: config.backboneShape,
  };
}
