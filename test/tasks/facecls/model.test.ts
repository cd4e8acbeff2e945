import assert from 'node:assert/strict';
import type { ViTConfig } from '../../../ts/models';
import { layerMap, newModel, newProcessor } from '../../../ts/tasks/facecls/model';
import { presets } from '../../../ts/tasks/facecls/presets';
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
