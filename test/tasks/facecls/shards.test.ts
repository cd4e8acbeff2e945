import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageProcessor } from '../../../ts/vision/processor';
import type { FaceConfig } from '../../../ts/tasks/facecls/config';
import { checkCelebA } from '../../../ts/tasks/facecls/check';
import { evaluate } from '../../../ts/tasks/facecls/evaluate';
import { openFaceDataset, openFaces, shard } from '../../../ts/tasks/facecls/open';
import { presets } from '../../../ts/tasks/facecls/presets';
import { ensureDrawnFaces } from '../../../ts/tasks/facecls/synth';
import { train } from '../../../ts/tasks/facecls/train';
import { TarFile } from '../../../ts/data/tar';
import { silent } from '../../../ts/native/listener';
import { FileServer, temporaryFolder } from '../../data/shards/fixture';
import { writeShards } from '../../../ts/data/shards/write-shards';
import { temporaryFolder as files } from './fixture';

describe('faces in shards', function () {
  this.timeout(120_000);
  const path = temporaryFolder();
  const folder = files();
  let ordered: string;

  before(async () => {
    await ensureDrawnFaces(path('faces'), { train: 24, val: 6, test: 6, size: 24 });
    ordered = path('ordered');
    await shard(path('faces'), ordered, silent, { maxBytes: 12_000, seed: null });
  });

  const config = (data: Partial<FaceConfig['data']>): FaceConfig => ({
    ...presets.tiny,
    epochs: 2,
    batchSize: 8,
    device: 'cpu',
    data: { ...presets.tiny.data, cache: null, prefetch: 2, ...data },
    model: {
      ...presets.tiny.model,
      imageSize: 16,
      patchSize: 8,
      hiddenSize: 8,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 16,
    },
    augment: { flip: 0.5, cropArea: 0.7, colour: 0.2 },
  });
  const shardKeys = (changes: Partial<FaceConfig['data']['shards']>) => ({
    shards: { ...presets.tiny.data.shards, cache: path('cache'), ...changes },
  });
  const weights = (run: string): Buffer => readFileSync(join(path(run), 'checkpoints/last/model.safetensors'));

  it('hold each image with a file of its attributes', async () => {
    const tar = new TarFile(join(ordered, 'train-000000.tar'));
    const [image, json] = [...tar.members.keys()];
    assert.deepEqual([image, json], ['000001.jpg', '000001.json']);
    assert.deepEqual(await tar.read('000001.jpg'), readFileSync(path('faces/img_align_celeba/000001.jpg')));
    const record = JSON.parse((await tar.read('000001.json')).toString()) as Record<string, unknown>;
    tar.close();
    const celeba = await openFaceDataset(path('faces'));
    const { labels } = celeba.split('train')[0]!;
    assert.deepEqual(record, {
      file: '000001.jpg',
      width: 24,
      height: 24,
      attributes: Object.fromEntries(celeba.attributes.map((name, k) => [name, labels[k]])),
    });
  });

  it('are opened as the dataset that they were made of', async () => {
    const [own, sharded] = [await openFaceDataset(path('faces')), await openFaceDataset(ordered)];
    assert.deepEqual(sharded.attributes, own.attributes);
    for (const split of ['train', 'val', 'test'] as const) {
      assert.deepEqual(sharded.split(split), own.split(split));
      const { name } = own.split(split).at(-1)!;
      assert.deepEqual(await sharded.read(name), await own.read(name));
    }
    await assert.rejects(sharded.read('none.jpg'), /has no image none\.jpg/);
    await sharded.close();
  });

  it('are shuffled once when they are written, unless the order is to stay', async () => {
    await shard(path('faces'), path('shuffled'), silent);
    const names = async (source: string) => {
      const celeba = await openFaceDataset(source);
      await celeba.close();
      return celeba.split('train').map(({ name }) => name);
    };
    const [before, after] = [await names(ordered), await names(path('shuffled'))];
    assert.notDeepEqual(after, before);
    assert.deepEqual([...after].sort(), before);
  });

  it('train with the bits of the dataset that they were made of, where the order is the same', async () => {
    await train({ config: config({ folder: path('faces') }), run: path('plain') });
    const all = { folder: ordered, ...shardKeys({ shuffleBuffer: null }) };
    await train({ config: config(all), run: path('sharded') });
    assert.deepEqual(weights('sharded'), weights('plain'));
  });

  it('train from an address as from a folder, and a run goes on from one on the other', async () => {
    const order = shardKeys({ shuffleBuffer: 6, streams: 2 });
    await train({ config: config({ folder: ordered, ...order }), run: path('folder') });
    assert.notDeepEqual(weights('folder'), weights('plain'));
    const server = await FileServer.start(ordered);
    try {
      await train({ config: config({ folder: server.url(), ...order }), run: path('address') });
      assert.deepEqual(weights('address'), weights('folder'));
      const tars = server.asked.filter((name) => name.endsWith('.tar'));
      assert.equal(new Set(tars).size, tars.length, 'each shard is fetched once');

      const stop = new AbortController();
      await train({
        config: config({ folder: ordered, ...order }),
        run: path('moved'),
        signal: stop.signal,
        onEvent: (event) => event.type === 'step' && event.step === 4 && stop.abort(),
      });
      await train({ config: config({ folder: server.url(), ...order }), run: path('moved'), resume: true });
      assert.deepEqual(weights('moved'), weights('folder'));
      const { images } = await evaluate(path('moved'), { data: server.url() });
      assert.equal(images, 6);
    } finally {
      await server.stop();
    }
  });

  it('keep the order of a run that goes on', async () => {
    const stop = new AbortController();
    const order = shardKeys({ shuffleBuffer: 6, streams: 2 });
    await train({
      config: config({ folder: ordered, ...order }),
      run: path('order'),
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.step === 2 && stop.abort(),
    });
    for (const changes of [{ shuffleBuffer: 7 }, { streams: 1 }]) {
      const other = shardKeys({ shuffleBuffer: 6, streams: 2, ...changes });
      await assert.rejects(
        train({ config: config({ folder: ordered, ...other }), run: path('order'), resume: true }),
        /Cannot resume/,
      );
    }
  });

  it('fill the cache of resized images, which changes no bit', async () => {
    const order = shardKeys({ shuffleBuffer: 6, streams: 2 });
    await train({ config: config({ folder: ordered, cache: path('resized'), ...order }), run: path('cached') });
    assert.deepEqual(weights('cached'), weights('folder'));
  });

  it('are checked with their checksums', async () => {
    const { files: found, damaged, splits } = await checkCelebA(ordered, { decode: true });
    assert.deepEqual(damaged, []);
    assert.deepEqual(
      splits.map((split) => split.found),
      [24, 6, 6],
    );
    assert.ok(found.length > 6);
    const copy = path('copy');
    await shard(path('faces'), copy, silent);
    const file = join(copy, 'val-000000.tar');
    const bytes = readFileSync(file);
    bytes[530]! ^= 1; // in the name of a part of the first image
    writeFileSync(file, bytes);
    const check = await checkCelebA(copy);
    assert.match(check.damaged[0]!.reason, /val-000000\.tar is not the file that its index was written with/);
  });

  it('are not read before the first step but for what is needed', async () => {
    const server = await FileServer.start(ordered);
    try {
      const shards = { cacheFolder: path('little'), cacheBytes: 1e9 };
      const data = await openFaces(server.url(), new ImageProcessor(), { cacheBytes: 0, shards }, silent);
      assert.deepEqual(server.tars, []);
      assert.equal(data.celeba.images.isChecked, true);
      await data.close();
    } finally {
      await server.stop();
    }
  });

  it('refuse an image that cannot be read, and other shards', async () => {
    const broken = folder.write({
      'list_attr_celeba.csv': 'image_id,Smiling\na.jpg,1\n',
      'list_eval_partition.csv': 'image_id,partition\na.jpg,0\n',
      'images/a.jpg': 'no image',
    });
    await assert.rejects(shard(broken, path('broken'), silent), { code: 'TTS_INPUT', message: /a\.jpg/ });
    await writeShards(path('alien'), { train: [{ key: 'a', members: { json: { file: 'a.jpg' } } }] });
    await assert.rejects(
      openFaceDataset(path('alien')),
      /Expected shards of faces .* write them by `facecls data shard`/,
    );
    const info = { task: 'facecls', attributes: ['Smiling'] };
    const train = [{ key: 'a', members: { json: { file: 'a.jpg', attributes: { Smiling: 2 } } } }];
    await writeShards(path('odd'), { train }, { info });
    await assert.rejects(openFaceDataset(path('odd')), /expected 0 or 1 for Smiling of a\.jpg, found 2/);
  });
});
