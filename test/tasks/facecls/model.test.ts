import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ViTConfig } from '../../../ts/models';
import { FaceClassifier } from '../../../ts/tasks/facecls/classifier';
import { layerMap, newModel, newProcessor } from '../../../ts/tasks/facecls/model';
import { presets } from '../../../ts/tasks/facecls/presets';
import { ImageProcessor } from '../../../ts/vision/processor';
import { smallClassifier } from './small-model';

describe('a new model', () => {
  it('has the size that the configuration says and an output for each attribute', async () => {
    const config = (await newModel(presets.tiny, ['Hat', 'Beard'])).config as ViTConfig;
    assert.deepEqual([config.imageSize, config.patchSize, config.hiddenSize, config.numHiddenLayers], [64, 8, 128, 4]);
    assert.deepEqual([config.numLabels, config.problemType], [2, 'multi_label_classification']);
    assert.equal(config.id2label[1], 'Beard');
  });

  it('depends on the seed alone', async () => {
    const first = async (seed: number) => (await newModel({ ...presets.tiny, seed }, ['Hat'])).parameters()[2]!.data();
    assert.deepEqual(await first(1), await first(1));
    assert.notDeepEqual(await first(1), await first(2));
  });

  it('is of the type that its checkpoint says, and of no other', async () => {
    const model = { ...presets.tiny.model, from: 'somewhere', type: 'vit' };
    await assert.rejects(newModel({ ...presets.tiny, model }, ['Hat']), /leave it null where model\.from is given/);
  });

  it('reads images at its own size', async () => {
    assert.deepEqual((await newProcessor(presets.small)).outputSize, { height: 64, width: 64 });
  });

  it('reads them as the checkpoint does that it begins from, at another size where the configuration has one', async () => {
    const from = mkdtempSync(join(tmpdir(), 'from-'));
    try {
      const { model } = smallClassifier();
      const own = { size: { height: 32, width: 32 }, imageMean: [0.1, 0.2, 0.3] as [number, number, number] };
      await new FaceClassifier(model, new ImageProcessor(own)).save(from);
      const optionsFor = async (imageSize: number | null) =>
        (await newProcessor({ ...presets.tiny, model: { ...presets.tiny.model, from, imageSize } })).options;
      assert.deepEqual([(await optionsFor(null)).size, (await optionsFor(null)).imageMean], [own.size, own.imageMean]);
      const other = await optionsFor(48);
      assert.deepEqual([other.size, other.imageMean], [{ height: 48, width: 48 }, own.imageMean]);
    } finally {
      rmSync(from, { recursive: true });
    }
  });
});

describe('the layers of a model', () => {
  const { model } = smallClassifier();
  const { layers, layerOf, isHead } = layerMap(model);

  it('count from the embeddings to the output', () => {
    assert.equal(layers, 3);
    assert.equal(layerOf('vit.embeddings.position_embeddings'), 0);
    assert.equal(layerOf('vit.encoder.layer.0.attention.attention.query.weight'), 1);
    assert.equal(layerOf('vit.encoder.layer.1.output.dense.bias'), 2);
    assert.equal(layerOf('vit.layernorm.weight'), 3);
    assert.equal(layerOf('classifier.weight'), 3);
  });

  it('hold every parameter, the classifier as the head', () => {
    const names = model.namedParameters().map(([name]) => name);
    assert.deepEqual(new Set(names.map(layerOf)), new Set([0, 1, 2, 3]));
    assert.deepEqual(names.filter(isHead), ['classifier.weight', 'classifier.bias']);
  });
});
