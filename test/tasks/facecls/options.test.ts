import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaceConfig } from '../../../ts/tasks/facecls/config';
import { presets } from '../../../ts/tasks/facecls/presets';
import { ensureDrawnFaces } from '../../../ts/tasks/facecls/synth';
import { train } from '../../../ts/tasks/facecls/train';
import { testOptions } from '../deciding-options';

describe('the options of training on faces', function () {
  this.timeout(120_000);
  let root: string;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'face-options-'));
    await ensureDrawnFaces(join(root, 'faces'), { train: 8, val: 4, test: 4, size: 24 });
  });
  after(() => rmSync(root, { recursive: true }));

  const config = (): FaceConfig => ({
    ...presets.tiny,
    epochs: 2,
    batchSize: 4,
    device: 'cpu',
    clipNorm: 0.5,
    data: { ...presets.tiny.data, folder: join(root, 'faces'), cache: null, prefetch: 2 },
    model: {
      ...presets.tiny.model,
      imageSize: 16,
      patchSize: 8,
      hiddenSize: 8,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 16,
      hiddenDropoutProb: 0.1,
    },
    augment: { flip: 0.5, cropArea: 0.7, colour: 0.2 },
    optimizer: { ...presets.tiny.optimizer, lr: 1e-2, weightDecay: 0.1, layerDecay: 0.9 },
    evaluate: { everyEpochs: 1, everySteps: 0, batchSize: 4, patience: 0 },
  });
  const stepwise = { 'schedule.kind': 'step' };

  testOptions({
    train,
    config,
    root: () => root,
    cases: {
      decides: [
        { key: 'seed', value: 1 },
        { key: 'epochs', value: 3 },
        { key: 'batchSize', value: 3 },
        { key: 'accumulate', value: 2 },
        { key: 'precision', value: 'bfloat16' },
        { key: 'optimizer.lr', value: 2e-2 },
        { key: 'optimizer.headLr', value: 3e-2 },
        { key: 'optimizer.weightDecay', value: 0 },
        { key: 'optimizer.decayAll', value: false },
        { key: 'optimizer.layerDecay', value: 1 },
        { key: 'optimizer.betas', value: [0.5, 0.9] },
        { key: 'optimizer.eps', value: 1e-2 },
        { key: 'schedule.kind', value: 'constant' },
        { key: 'schedule.warmup', value: 0.6 },
        { key: 'schedule.dropEpochs', value: 2, given: { ...stepwise, 'schedule.gamma': 0.5 } },
        { key: 'schedule.gamma', value: 0.5, given: stepwise },
        { key: 'clipValue', value: 0.01, given: { clipNorm: 0 } },
        { key: 'maxSteps', value: 2 },
        { key: 'clipNorm', value: 0 },
        { key: 'clipNorm', value: 0.1 },
        { key: 'augment.flip', value: 0 },
        { key: 'augment.cropArea', value: 1 },
        { key: 'augment.colour', value: 0 },
        { key: 'balance', value: true },
        { key: 'model.imageSize', value: 24 },
        { key: 'model.patchSize', value: 4 },
        { key: 'model.hiddenSize', value: 16 },
        { key: 'model.numHiddenLayers', value: 1 },
        { key: 'model.numAttentionHeads', value: 4 },
        { key: 'model.intermediateSize', value: 8 },
        { key: 'model.hiddenDropoutProb', value: 0 },
      ],
      leaves: [
        { key: 'device', value: 'auto' },
        { key: 'evaluate.everyEpochs', value: 2 },
        { key: 'evaluate.everySteps', value: 1 },
        { key: 'evaluate.batchSize', value: 3 },
        { key: 'evaluate.patience', value: 5 },
        { key: 'checkpoint.everyMinutes', value: 0 },
        { key: 'ema', value: 0.9 },
        { key: 'maxMinutes', value: 60 },
        { key: 'checkpoint.keep', value: 2 },
        { key: 'checkpoint.async', value: false },
        { key: 'checkpoint.everySteps', value: 1 },
        { key: 'log.everySteps', value: 1 },
        { key: 'tracking.tensorboard', value: false },
        { key: 'tracking.histogramSteps', value: 1 },
        { key: 'data.prefetch', value: 1 },
      ],
      elsewhere: {
        'data.onError': 'train.test.ts',
        'tracking.images': 'train.test.ts',
        'tracking.mlflow': 'test/train/tracking/mlflow.test.ts',
        'data.folder': 'every test of training',
        'data.cache': 'data.test.ts',
        'data.shards.shuffleBuffer': 'shards.test.ts',
        'data.shards.streams': 'shards.test.ts',
        'data.shards.cache': 'shards.test.ts',
        'data.shards.cacheBytes': 'test/data/shards/sharded-dataset.test.ts',
        'model.from': 'train.test.ts, from a checkpoint',
        'model.type': 'test/examples/extending.test.ts',
        'model.options': 'test/examples/extending.test.ts',
      },
    },
  });
});
