import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { train } from '../../../ts/tasks/vocdet/train';
import { testOptions } from '../deciding-options';
import { onOneThread } from '../../one-thread';
import { temporaryFolder, vocXml } from './fixture';
import { smallConfig, vocFiles } from './small-detector';

describe('the options of training a detector', function () {
  this.timeout(120_000);
  onOneThread();
  const folder = temporaryFolder();
  let root: string;
  let data: string;

  before(async () => {
    root = folder.write({});
    const files = await vocFiles({ train: 8, val: 4 });
    // One object that is marked difficult, for `data.difficult`.
    files['Annotations/p1.xml'] = vocXml(64, 48, [
      { name: 'car', pixels: [5, 4, 30, 40] },
      { name: 'dog', pixels: [32, 4, 60, 40], difficult: 1 },
    ]);
    data = folder.write(files);
  });

  const config = (): DetectionConfig => {
    const small = smallConfig(data);
    return {
      ...small,
      clipNorm: 0.05,
      optimizer: { ...small.optimizer, lr: 1e-3, backboneLr: 2e-3, weightDecay: 0.1 },
      model: { ...small.model, dropout: 0.1 },
      backboneStart: { epochs: 0, lr: 1e-3 },
      evaluate: { ...small.evaluate, everyEpochs: 2 },
    };
  };
  const stepwise = { 'schedule.kind': 'step', 'schedule.gamma': 0.5 };
  const cropped = { 'augment.crop': 1 };

  testOptions({
    train,
    config,
    root: () => root,
    cases: {
      decides: [
        { key: 'seed', value: 1 },
        { key: 'epochs', value: 3 },
        { key: 'batchSize', value: 3 },
        { key: 'accumulate', value: 2, given: { epochs: 4, 'evaluate.everyEpochs': 4 } },
        { key: 'precision', value: 'bfloat16' },
        { key: 'optimizer.lr', value: 2e-3 },
        { key: 'optimizer.backboneLr', value: 1e-3 },
        { key: 'optimizer.weightDecay', value: 0 },
        { key: 'optimizer.decayAll', value: false },
        { key: 'optimizer.betas', value: [0.5, 0.9] },
        { key: 'optimizer.eps', value: 1e-2 },
        { key: 'schedule.kind', value: 'constant' },
        { key: 'schedule.warmup', value: 0.6 },
        { key: 'schedule.dropEpochs', value: 2, given: stepwise },
        { key: 'schedule.gamma', value: 0.25, given: stepwise },
        { key: 'clipValue', value: 0.01, given: { clipNorm: 0 } },
        { key: 'maxSteps', value: 2 },
        { key: 'clipNorm', value: 0 },
        { key: 'clipNorm', value: 0.01 },
        { key: 'data.difficult', value: 'drop' },
        { key: 'loss.auxiliary', value: false },
        { key: 'loss.noObject', value: 0.9 },
        { key: 'loss.bbox', value: 1 },
        { key: 'loss.giou', value: 1 },
        { key: 'augment.flip', value: 0 },
        { key: 'augment.sizes', value: [32] },
        { key: 'augment.longestEdge', value: 40 },
        { key: 'augment.crop', value: 0 },
        { key: 'augment.cropFrom', value: [40], given: cropped },
        { key: 'augment.cropSize', value: [24, 32], given: cropped },
        { key: 'backboneStart.epochs', value: 1 },
        { key: 'backboneStart.lr', value: 1e-2, given: { 'backboneStart.epochs': 1 } },
        { key: 'model.depths', value: [1, 2] },
        { key: 'model.widths', value: [8, 8, 8] },
        { key: 'model.trainBatchNorm', value: false },
        { key: 'model.trainStages', value: [2] },
        { key: 'model.dModel', value: 8 },
        { key: 'model.numQueries', value: 4 },
        { key: 'model.encoderLayers', value: 2 },
        { key: 'model.decoderLayers', value: 1 },
        { key: 'model.attentionHeads', value: 1 },
        { key: 'model.ffnDim', value: 16 },
        { key: 'model.dropout', value: 0 },
      ],
      leaves: [
        { key: 'device', value: 'auto' },
        { key: 'evaluate.everyEpochs', value: 1 },
        { key: 'evaluate.everySteps', value: 1 },
        { key: 'evaluate.batchSize', value: 3 },
        { key: 'evaluate.patience', value: 5 },
        { key: 'checkpoint.everyMinutes', value: 1 },
        { key: 'ema', value: 0.9 },
        { key: 'maxMinutes', value: 60 },
        { key: 'checkpoint.keep', value: 2 },
        { key: 'checkpoint.async', value: false },
        { key: 'checkpoint.everySteps', value: 1 },
        { key: 'log.everySteps', value: 2 },
        { key: 'tracking.tensorboard', value: false },
        { key: 'tracking.histogramSteps', value: 1 },
        { key: 'data.prefetch', value: 1 },
        { key: 'shortestEdge', value: 40 },
        { key: 'longestEdge', value: 56 },
      ],
      elsewhere: {
        'data.onError': 'train.test.ts',
        'tracking.images': 'train.test.ts',
        'tracking.mlflow': 'test/train/tracking/mlflow.test.ts',
        'data.folder': 'every test of training',
        'data.images': 'coco.test.ts',
        'data.shards.shuffleBuffer': 'shards.test.ts',
        'data.shards.streams': 'shards.test.ts',
        'data.shards.cache': 'shards.test.ts',
        'data.shards.cacheBytes': 'test/data/shards/sharded-dataset.test.ts',
        'data.classes': 'classes.test.ts',
        'data.train': 'train.test.ts',
        'data.val': 'train.test.ts',
        'data.test': 'train.test.ts',
        'model.from': 'train.test.ts, from a checkpoint',
        'model.classMap': 'model.test.ts',
        'model.backbone': 'model.test.ts',
        'model.backboneWeights': 'model.test.ts',
        'model.dilation': 'model.test.ts',
      },
    },
  });
});
