import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ViTForImageClassification } from '../../../ts/models';
import { type PredictOptions, type Prediction, predict } from '../../../ts/tasks/facecls/predict';
import type { Failure } from '../../../ts/tasks/images';
import * as torch from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertNumber } from '../../nn/golden';
import { attributes, image, smallWeights } from './small-model';

describe('predictions', () => {
  let root: string;
  let weights: string;
  let server: Server;

  const all = async (inputs: string[], options?: PredictOptions) => {
    const items: (Prediction | Failure)[] = [];
    for await (const item of predict(weights, inputs, options)) items.push(item);
    return items;
  };
  const sources = (items: (Prediction | Failure)[]) =>
    items.map((item) => `${item.source.slice(root.length + 1)}${'error' in item ? ' failed' : ''}`);

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'predict-'));
    weights = await smallWeights(root);
    mkdirSync(join(root, 'album'));
    for (let i = 1; i <= 5; i++) writeFileSync(join(root, 'album', `${i}.jpg`), await image(i));
    writeFileSync(join(root, 'album', '3.jpg'), 'hello');
    const bytes = await image(9);
    server = createServer((_, response) => response.end(bytes)).listen(0, '127.0.0.1');
  });
  after(() => {
    server.close();
    rmSync(root, { recursive: true });
  });

  it('give a probability for each attribute of each image', async () => {
    const [item] = await all([join(root, 'album/1.jpg')]);
    assert.ok(item && 'attributes' in item);
    assert.deepEqual(Object.keys(item.attributes), attributes);
    assert.ok(Object.values(item.attributes).every((probability) => probability > 0 && probability < 1));
  });

  it('go on after an image that cannot be read, and keep the order', async () => {
    const items = await all([join(root, 'none.jpg'), join(root, 'album')]);
    assert.deepEqual(sources(items), [
      'none.jpg failed',
      'album/1.jpg',
      'album/2.jpg',
      'album/3.jpg failed',
      'album/4.jpg',
      'album/5.jpg',
    ]);
    const [none, , , broken] = items as Failure[];
    assert.match(none!.error.message, /^There is no file or folder .*none\.jpg\.$/);
    assert.match(broken!.error.message, /album\/3\.jpg, found text\.$/);
  });

  it('do not depend on what else is predicted', async () => {
    const alone = (await all([join(root, 'album/4.jpg')]))[0];
    assert.deepEqual((await all([join(root, 'album')]))[3], alone);
  });

  it('are the same to rounding in batches, failures included', async () => {
    const one = await all([join(root, 'album')]);
    const batched = await all([join(root, 'album')], { batchSize: 3 });
    assert.deepEqual(sources(batched), sources(one));
    one.forEach((item, i) => {
      if ('error' in item) return;
      for (const [name, probability] of Object.entries(item.attributes)) {
        assertNumber(probability, (batched[i] as Prediction).attributes[name]!);
      }
    });
  });

  it('come from URLs too', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/face.jpg`;
    const [item] = await all([url]);
    assert.ok(item && 'attributes' in item && item.source === url);
  });

  it('leave no tensors behind', async () => {
    await all([join(root, 'album')]);
    const iterator = predict(weights, [join(root, 'album')]);
    await iterator.next();
    const before = await liveTensors();
    for await (const _ of iterator);
    assert.ok(torch.memory().tensors <= before);
  });

  it('are refused for a model that is not one of attributes', async () => {
    const folder = join(root, 'other');
    ViTForImageClassification.fromConfig({
      imageSize: 32,
      patchSize: 8,
      hiddenSize: 32,
      numHiddenLayers: 1,
      numAttentionHeads: 4,
      intermediateSize: 64,
    }).savePretrained(folder);
    await assert.rejects(
      predict(folder, ['x.jpg']).next(),
      /Expected .*other to hold a classifier of attributes .*found none; fine-tune it first: train facecls with model\.from=/,
    );
  });

  const sizes = {
    imageSize: 32,
    patchSize: 8,
    hiddenSize: 32,
    numHiddenLayers: 1,
    numAttentionHeads: 4,
    intermediateSize: 64,
    problemType: 'multi_label_classification',
  } as const;
  function savedModel(
    name: string,
    change: (model: ViTForImageClassification) => void = () => {},
    labels: readonly string[] = ['a', 'b'],
  ): string {
    const folder = join(root, name);
    const model = ViTForImageClassification.fromConfig({ ...sizes, id2label: labels });
    change(model);
    model.savePretrained(folder);
    writeFileSync(join(folder, 'preprocessor_config.json'), '{"size":32}');
    return folder;
  }

  it('are refused for a head that the checkpoint did not bring, unless it is allowed', async () => {
    const folder = savedModel('headless');
    const {
      ['classifier.bias']: _bias,
      ['classifier.weight']: _weight,
      ...rest
    } = torch.safetensors.load(join(folder, 'model.safetensors'));
    torch.safetensors.save(rest, join(folder, 'model.safetensors'));
    await assert.rejects(
      predict(folder, ['x.jpg']).next(),
      /headless: expected a trained head, found none of this size/,
    );
    const said: string[] = [];
    await predict(folder, ['x.jpg'], { allowNewHead: true, onWarning: (text) => said.push(text) }).next();
    assert.match(said.join(), /the head is new and starts from random weights/);
  });

  it('are refused where two attributes have one name', async () => {
    await assert.rejects(
      predict(savedModel('twins', undefined, ['a', 'a']), ['x.jpg']).next(),
      /twins: expected id2label to give every attribute a name of its own, found "a" twice/,
    );
  });

  it('say when the weights are no numbers', async () => {
    const folder = savedModel('blown', (model) => torch.noGrad(() => void model.parameters()[3]!.fill_(NaN)));
    const said: string[] = [];
    await predict(folder, ['x.jpg'], { onWarning: (text) => said.push(text) }).next();
    assert.match(
      said.join(),
      /blown: vit\.\S+ hold values that are no numbers \(NaN or infinite\), so what the model says means nothing/,
    );
  });

  it('are refused for what is no model', async () => {
    await assert.rejects(
      predict(join(root, 'album'), ['x.jpg']).next(),
      /Expected a run folder, a hub folder or a hub name \(org\/name\), found .*album, which has neither config\.yaml nor config\.json\./,
    );
    await assert.rejects(predict(join(root, 'absent'), ['x.jpg']).next(), /found ".*absent", which does not exist\./);
  });
});
