import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../../ts/errors';
import { ViTForImageClassification, ViTModel, type LoadOptions, type ViTOptions } from '../../ts/models';
import { liveTensors } from '../live-tensors';
import * as torch from '../../ts/torch';
import type { Tensor } from '../../ts/tensor';
import { assertClose, assertSame, goldenJson, goldenTensors } from '../nn/golden';
import { FakeHub } from './hub/fake-hub';

const FOLDER = path.join(__dirname, '..', 'golden', 'vit');
const golden = goldenTensors('vit');
/** Name in the memory of transformers 5 -> name in its files. */
const names = goldenJson<Record<string, string>>('vit-keys');

describe('pretrained models', () => {
  let folder: string;
  let warnings: string[];
  const at = (name: string): string => path.join(folder, name);
  const load = (name = folder, options: ViTOptions & LoadOptions = {}): Promise<ViTForImageClassification> =>
    ViTForImageClassification.fromPretrained(name, { onWarning: (text) => warnings.push(text), ...options });
  const weights = (): Record<string, Tensor> => torch.safetensors.load(path.join(FOLDER, 'model.safetensors'));
  /** Puts other weights beside the configuration. */
  const saveWeights = (tensors: Record<string, Tensor>): void =>
    torch.safetensors.save(tensors, at('model.safetensors'));
  const renamed = (rename: (key: string) => string): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(weights()).map(([key, tensor]) => [rename(key), tensor]));
  const assertLogits = (model: ViTForImageClassification): void =>
    assertClose(model.forward({ pixelValues: golden.get('pixels') }).logits, golden.get('logits'));
  const refuses = async (promise: Promise<unknown>, message: RegExp): Promise<void> =>
    assert.rejects(promise, (error: Error) => {
      assert.ok(error instanceof InputError, String(error.stack));
      assert.match(error.message, message);
      return true;
    });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-pretrained-'));
    cpSync(FOLDER, folder, { recursive: true });
    warnings = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('key names', () => {
    it('published ones load without a word', async () => {
      assertLogits(await load());
      assert.deepEqual(warnings, []);
    });

    it('those that transformers 5 has in memory load too', async () => {
      const current = Object.fromEntries(Object.entries(names).map(([inMemory, file]) => [file, inMemory]));
      saveWeights(renamed((key) => current[key]!));
      assertLogits(await load());
      assert.deepEqual(warnings, []);
    });

    it('in memory are the published ones, and a state dict of either kind loads', async () => {
      const model = await load();
      assert.deepEqual(Object.keys(model.stateDict()).sort(), Object.values(names).sort());
      const current = Object.fromEntries(Object.entries(names).map(([inMemory, file]) => [inMemory, weights()[file]!]));
      const other = ViTForImageClassification.fromConfig(model.config).eval();
      other.loadStateDict(current);
      assertLogits(other);
    });

    it('of a bare backbone load into a classifier, whose head is new', async () => {
      const backbone = await ViTModel.fromPretrained(FOLDER, { onWarning: () => {} });
      backbone.savePretrained(folder);
      const model = await load();
      assertSame(model.stateDict()['vit.layernorm.weight']!, backbone.stateDict()['layernorm.weight']!);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /the head is new .*train it.*classifier\.weight \[5, 32\] \(not in the checkpoint\); classifier\.bias \[5\] \(not in the checkpoint\)\.$/,
      );
    });

    it('of a bare backbone in memory load too', async () => {
      const inMemory = Object.entries(names).filter(([key]) => key.startsWith('vit.'));
      saveWeights(Object.fromEntries(inMemory.map(([key, file]) => [key.slice(4), weights()[file]!])));
      const model = await load();
      assertSame(
        model.stateDict()['vit.encoder.layer.1.output.dense.weight']!,
        weights()['vit.encoder.layer.1.output.dense.weight']!,
      );
    });

    it('that the model does not have are told', async () => {
      saveWeights({ ...weights(), 'other.weight': torch.ones([2]), 'vit.pooler.dense.bias': torch.ones([2]) });
      await load();
      assert.deepEqual(warnings, [
        `${folder}: the checkpoint has 1 tensors that the model does not use: other.weight.`,
      ]);
    });
  });

  it('are not made from bare options', () => {
    assert.throws(() => new ViTForImageClassification({ numLabels: 40 } as never), {
      name: 'InputError',
      message:
        'new ViTForImageClassification: expected a configuration, found { numLabels: 40 }; ViTForImageClassification.fromConfig takes its options.',
    });
    assert.throws(() => new ViTModel(undefined as never), {
      name: 'InputError',
      message: /expected a configuration, found undefined/,
    });
  });

  describe('a head of another size', () => {
    it('is replaced, and says so', async () => {
      const model = await load(folder, { numLabels: 7 });
      assert.deepEqual(model.forward({ pixelValues: golden.get('pixels') }).logits.shape, [3, 7]);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /the head is new and starts from random weights, so train it before you use it: classifier\.weight \[7, 32\] \(the checkpoint's is \[5, 32\]\)/,
      );
      assert.ok(model.parameters().every(({ requiresGrad, device }) => requiresGrad && device === 'cpu'));
    });

    it('is told through process.emitWarning when nobody listens', async () => {
      const heard = new Promise<Error>((resolve) => process.once('warning', resolve));
      await ViTForImageClassification.fromPretrained(FOLDER, { numLabels: 7 });
      assert.match((await heard).message, /the head is new/);
    });
  });

  describe('a checkpoint in parts', () => {
    const split = (): void => {
      const tensors = Object.entries(weights());
      const parts = [tensors.slice(0, 11), tensors.slice(11)];
      const map: Record<string, string> = {};
      parts.forEach((part, i) => {
        const file = `model-0000${i + 1}-of-00002.safetensors`;
        torch.safetensors.save(Object.fromEntries(part), at(file));
        for (const [key] of part) map[key] = file;
      });
      writeFileSync(at('model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }));
      rmSync(at('model.safetensors'));
    };

    it('loads as one', async () => {
      split();
      assertLogits(await load());
    });

    it('lacking one is refused with its name', async () => {
      split();
      rmSync(at('model-00002-of-00002.safetensors'));
      await refuses(
        load(),
        /Expected model-00002-of-00002\.safetensors, which model\.safetensors\.index\.json names in .*, found none/,
      );
    });

    it('with a damaged index is refused', async () => {
      split();
      writeFileSync(at('model.safetensors.index.json'), '{"weight_map":3}');
      await refuses(load(), /index\.json: expected a weight_map from tensors to files; the file is damaged/);
    });
  });

  describe('weights of torch.save', () => {
    const publish = (value: object, name = 'pytorch_model.bin'): void => {
      rmSync(at('model.safetensors'), { force: true });
      torch.savePth(value, at(name));
    };

    it('are read: whole, in parts, and inside of what a training wrote', async () => {
      publish(weights());
      assertLogits(await load());
      publish({ epoch: 3, state_dict: weights() });
      assertLogits(await load());
      const [first, ...rest] = Object.entries(weights());
      publish({ [first![0]]: first![1] }, 'pytorch_model-00001-of-00002.bin');
      publish(Object.fromEntries(rest), 'pytorch_model-00002-of-00002.bin');
      rmSync(at('pytorch_model.bin'));
      const map = Object.fromEntries(rest.map(([key]) => [key, 'pytorch_model-00002-of-00002.bin']));
      writeFileSync(
        at('pytorch_model.bin.index.json'),
        JSON.stringify({ weight_map: { ...map, [first![0]]: 'pytorch_model-00001-of-00002.bin' } }),
      );
      assertLogits(await load());
      assert.deepEqual(warnings, []);
    });

    it('that are none are refused, and so are parts outside of the folder', async () => {
      publish({ epoch: 3 });
      await refuses(
        load(),
        /pytorch_model\.bin: expected tensors by their names, as a state_dict has them, alone or under model, .*, found none\./,
      );
      rmSync(at('pytorch_model.bin'));
      for (const name of ['../other.bin', '/etc/passwd', '..']) {
        writeFileSync(at('pytorch_model.bin.index.json'), JSON.stringify({ weight_map: { x: name } }));
        await refuses(load(), /expected files of its own folder in weight_map, found/);
      }
    });
  });

  describe('what is implausible', () => {
    const config = (changes: object): void =>
      writeFileSync(
        at('config.json'),
        JSON.stringify({ ...(JSON.parse(readFileSync(at('config.json'), 'utf8')) as object), ...changes }),
      );

    for (const prefix of ['module.', '_orig_mod.', 'module._orig_mod.']) {
      it(`names that begin with ${prefix} lose it, which is said`, async () => {
        saveWeights(renamed((key) => prefix + key));
        assertLogits(await load());
        assert.match(
          warnings.join(),
          new RegExp(`the names of its tensors begin with ${prefix.replaceAll('.', '\\.')}, .*; it was left out`),
        );
      });
    }

    it('more layers than the weights have tensors are refused before anything is built', async () => {
      config({ num_hidden_layers: 1_000_000_000 });
      await refuses(
        load(),
        /config\.json: expected no more layers than the \d+ tensors of the weights fill, found 1000000000/,
      );
    });

    it('a numbering of labels with a gap is refused, and can be given instead', async () => {
      config({ id2label: { 0: 'a', 1: 'b', 3: 'c' }, label2id: undefined });
      await refuses(
        load(),
        /config\.json: expected id2label to name every output from 0 to 2, found 3 names and none for 2/,
      );
      assert.equal((await load(folder, { id2label: ['a', 'b', 'c'] })).config.id2label[2], 'c');
    });

    it('a head that the checkpoint did not bring is refused where it is to be used', async () => {
      const options = { id2label: Array.from({ length: 7 }, (_, i) => `label ${i}`) };
      await refuses(
        load(folder, { ...options, newHead: 'refuse' }),
        /expected a trained head, found none of this size, .* allow a new head/,
      );
      await load(folder, options);
      assert.match(warnings.join(), /the head is new and starts from random weights/);
    });
  });

  describe('what cannot be loaded', () => {
    it('a file that is cut short', async () => {
      truncateSync(at('model.safetensors'), 50_000);
      await refuses(
        load(),
        /model\.safetensors: tensor '.*' ends at byte \d+, the file holds \d+; it is cut short, fetch it again/,
      );
    });

    it('a file that is something else', async () => {
      writeFileSync(at('model.safetensors'), 'no weights at all, but a text of some length\n');
      await refuses(load(), /model\.safetensors: expected a safetensors file, found \d+ bytes without a valid header/);
      writeFileSync(
        at('model.safetensors'),
        'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 343000000\n',
      );
      await refuses(
        load(),
        /model\.safetensors is a Git LFS pointer, a text of \d+ bytes in place of the file of 343000000: run `git lfs pull`/,
      );
    });

    it('a folder without weights, or without config.json', async () => {
      rmSync(at('model.safetensors'));
      await refuses(
        load(),
        /Expected model\.safetensors or pytorch_model\.bin in .*, found none; is it the folder of a checkpoint\?/,
      );
      rmSync(at('config.json'));
      await refuses(load(), /Expected config\.json in .*, found none/);
    });

    it('but weights under the key of a training script are', async () => {
      for (const key of ['model_state_dict', 'net', 'model_ema']) {
        rmSync(at('model.safetensors'), { force: true });
        torch.savePth({ [key]: weights(), epoch: 3 }, at('pytorch_model.bin'));
        assert.equal(Object.keys((await load()).stateDict()).length, 40);
      }
    });

    it('but a config.json that begins with a byte order mark is, as Windows writes it', async () => {
      writeFileSync(at('config.json'), `\ufeff${readFileSync(at('config.json'), 'utf8')}`);
      assert.deepEqual(Object.keys((await load()).stateDict()).length, 40);
    });

    it('a config.json that is no JSON', async () => {
      writeFileSync(at('config.json'), '{"hidden_size": ');
      await refuses(load(), /config\.json: expected JSON, found something else/);
    });

    it('a folder that is not there, a file in its place, a name that nothing can have', async () => {
      await refuses(
        load('./none'),
        /There is no folder \.\/none, and it cannot be a model of the hub, whose names look like org\/name/,
      );
      await refuses(load(at('config.json')), /Expected the folder of a checkpoint, found the file .*config\.json/);
      await refuses(load('a/b/c'), /There is no folder a\/b\/c/);
    });

    it('weights of another model, with what does not fit', async () => {
      await refuses(
        load(folder, { hiddenSize: 64 }),
        /The weights do not belong to this ViTForImageClassification: \d+ of 40 tensors do not fit: vit\.embeddings\.cls_token \(expected \[1, 1, 64\], found \[1, 1, 32\]\); .* and \d+ more\. Check that config\.json/,
      );
      const { 'vit.layernorm.bias': _, ...rest } = weights();
      saveWeights(rest);
      await refuses(load(), /1 of 40 tensors do not fit: vit\.layernorm\.bias \(missing\)/);
    });

    it('an option that there is not', async () => {
      await refuses(load(folder, { num_labels: 3 } as never), /there is no option num_labels; write numLabels/);
    });
  });

  describe('saving', () => {
    it('and loading gives the same bits', async () => {
      const model = await load();
      model.savePretrained(at('saved/deep'));
      const again = await load(at('saved/deep'));
      const [before, after] = [model.stateDict(), again.stateDict()];
      for (const key of Object.keys(before)) assertSame(after[key]!, before[key]!, key);
      assert.deepEqual(again.config.toJSON(), model.config.toJSON());
    });

    it('writes the files of Python: the same weights byte for byte, and its configuration', async () => {
      (await load()).savePretrained(at('saved'));
      assert.deepEqual(readdirSync(at('saved')).sort(), ['config.json', 'model.safetensors']);
      assert.deepEqual(readFileSync(at('saved/model.safetensors')), readFileSync(at('model.safetensors')));
      assert.deepEqual(
        JSON.parse(readFileSync(at('saved/config.json'), 'utf8')),
        JSON.parse(readFileSync(at('config.json'), 'utf8')),
      );
      assert.deepEqual(torch.safetensors.metadata(at('saved/model.safetensors')), { format: 'pt' });
    });

    it('keeps the problem that the first labels decided', async () => {
      const model = await load();
      model.forward({ pixelValues: golden.get('pixels'), labels: golden.get('labels.multi') });
      model.savePretrained(at('saved'));
      assert.equal((await load(at('saved'))).config.problemType, 'multi_label_classification');
    });

    it('over the files that the weights are mapped from is safe', async () => {
      const model = await load();
      torch.noGrad(() => model.vit.layernorm.weight!.fill_(3));
      model.savePretrained(folder);
      assertSame((await load()).stateDict()['vit.layernorm.weight']!, torch.full([32], 3));
    });

    it('leaves other files of the folder alone', async () => {
      writeFileSync(at('preprocessor_config.json'), '{}');
      (await load()).savePretrained(folder);
      assert.equal(readFileSync(at('preprocessor_config.json'), 'utf8'), '{}');
    });

    it('to where no folder can be is refused', async () => {
      const model = await load();
      assert.throws(
        () => model.savePretrained(at('config.json')),
        /Expected a folder to save to, found that .*config\.json cannot be made \(EEXIST\)/,
      );
    });

    it('in another element type writes and reads it', async () => {
      (await load(folder, { dtype: 'bfloat16' })).savePretrained(at('half'));
      const half = await load(at('half'));
      assert.equal(half.config.dtype, 'bfloat16');
      assert.ok(half.parameters().every(({ dtype }) => dtype === 'bfloat16'));
      assert.ok((await load(at('half'), { dtype: 'float32' })).parameters().every(({ dtype }) => dtype === 'float32'));
    });
  });

  it('training changes the model and never the file it was mapped from', async () => {
    const before = readFileSync(at('model.safetensors'));
    const model = await load();
    torch.noGrad(() => model.parameters().forEach((parameter) => parameter.zero_()));
    assert.deepEqual(readFileSync(at('model.safetensors')), before);
  });

  it('a change of one weight in place leaves a backward pass that needs another one alone', async () => {
    const model = await load();
    const { loss } = model.forward({ pixelValues: golden.get('pixels'), labels: golden.get('labels.single') });
    torch.noGrad(() => model.vit.embeddings.cls_token.add_(1));
    loss!.backward();
    assert.ok(model.vit.embeddings.cls_token.grad);
  });

  it('loading leaves no tensor behind but the weights', async () => {
    // What earlier tests left to the collector must not go away in between.
    await liveTensors();
    const before = torch.memory();
    const model = await load(folder, { numLabels: 7 });
    const after = torch.memory();
    assert.equal(after.tensors - before.tensors, model.parameters().length);
    assert.ok((after.devices.meta?.tensors ?? 0) <= (before.devices.meta?.tensors ?? 0));
  });

  describe('from the hub', () => {
    let hub: FakeHub;
    beforeEach(async () => {
      hub = await FakeHub.start();
      const file = (name: string) => readFileSync(path.join(FOLDER, name));
      hub.add('org/tiny-vit', 'c'.repeat(40), {
        'config.json': { body: file('config.json') },
        'model.safetensors': { body: file('model.safetensors'), lfs: true },
      });
    });
    afterEach(() => hub.stop());

    it('a model is downloaded once and then loaded from the cache, offline too', async () => {
      const options = { endpoint: hub.url, cacheDir: at('cache'), token: false, localFilesOnly: false } as const;
      assertLogits(await load('org/tiny-vit', options));
      const downloads = hub.cdnSaw.length;
      assertLogits(await load('org/tiny-vit', options));
      assert.equal(hub.cdnSaw.length, downloads);
      hub.stop();
      assertLogits(await load('org/tiny-vit', { ...options, localFilesOnly: true }));
    });

    it('only the files that are needed are asked for', async () => {
      await load('org/tiny-vit', { endpoint: hub.url, cacheDir: at('cache'), token: false, localFilesOnly: false });
      assert.deepEqual(
        hub.hubSaw.filter(({ method }) => method === 'GET').map(({ path: name }) => name.split('/').at(-1)),
        ['config.json', 'model.safetensors'],
      );
    });
  });

  it('a folder by the name of a repository comes before the hub', async () => {
    mkdirSync(at('org'), { recursive: true });
    cpSync(FOLDER, at('org/tiny'), { recursive: true });
    const before = process.cwd();
    process.chdir(folder);
    try {
      assertLogits(await load('org/tiny', { endpoint: 'http://127.0.0.1:9' }));
    } finally {
      process.chdir(before);
    }
    assert.ok(existsSync(at('org/tiny')));
  });
});
