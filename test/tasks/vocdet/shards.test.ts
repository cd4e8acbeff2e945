import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TarFile } from '../../../ts/data/tar';
import { writeShards } from '../../../ts/data/shards/write-shards';
import { silent } from '../../../ts/native/listener';
import { checkDetectionData } from '../../../ts/tasks/vocdet/check';
import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { evaluate } from '../../../ts/tasks/vocdet/evaluate';
import { openDetectionData } from '../../../ts/tasks/vocdet/annotations/open';
import { shard } from '../../../ts/tasks/vocdet/shards';
import { openDataset } from '../../../ts/tasks/vocdet/splits/open-dataset';
import { train } from '../../../ts/tasks/vocdet/train';
import { FileServer } from '../../data/shards/fixture';
import { temporaryFolder, vocXml } from './fixture';
import { drawnImage, smallConfig, vocFiles } from './small-detector';

describe('annotated images in shards', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let voc: string;
  let ordered: string;

  before(async () => {
    const files = await vocFiles({ train: 9, val: 4, test: 3 });
    // What only annotations can say: hard to see, and fractions.
    files['Annotations/p1.xml'] = vocXml(64, 48, [
      { name: 'car', pixels: [5.25, 4, 30.1, 40], difficult: 1 },
      { name: 'dog', pixels: [1, 2, 20, 30] },
    ]);
    voc = folder.write(files);
    ordered = folder.path();
    await shard({ folder: voc }, ordered, silent, { maxBytes: 30_000, seed: null });
  });

  const config = (path: string, shards: Partial<DetectionConfig['data']['shards']> = {}): DetectionConfig => {
    const small = smallConfig(path);
    return { ...small, data: { ...small.data, shards: { ...small.data.shards, cache: folder.path(), ...shards } } };
  };
  const weights = (run: string): Buffer => readFileSync(join(run, 'checkpoints/last/model.safetensors'));

  it('hold each image with a file of its objects', async () => {
    const tar = new TarFile(join(ordered, 'train-000000.tar'));
    assert.deepEqual([...tar.members.keys()].slice(0, 2), ['p1.png', 'p1.json']);
    const record: unknown = JSON.parse((await tar.read('p1.json')).toString());
    tar.close();
    assert.deepEqual(record, {
      file: 'p1.png',
      width: 64,
      height: 48,
      id: 'p1',
      objects: [
        { name: 'car', box: [4.25, 3, 30.1, 40], difficult: true },
        { name: 'dog', box: [0, 1, 20, 30] },
      ],
    });
  });

  it('are opened as the dataset that they were made of', async () => {
    const [own, sharded] = await Promise.all([voc, ordered].map((path) => openDataset({ folder: path }, silent)));
    assert.deepEqual(sharded!.classes.names, own!.classes.names);
    for (const name of ['train', 'val', 'test'] as const) {
      const [one, other] = [await own!.split(name), await sharded!.split(name)];
      assert.deepEqual(other.ids, one.ids);
      for (const index of one.ids.keys()) {
        const [expected, found] = [await one.annotation(index), await other.annotation(index)];
        const bare = ({ objects, size }: typeof expected) => ({
          size,
          objects: objects.map(({ location: _, ...rest }) => rest),
        });
        assert.deepEqual(bare(found), bare(expected));
        assert.deepEqual(await other.image(index), await one.image(index));
        assert.deepEqual(await other.imageStart(index, 20), (await one.image(index)).subarray(0, 20));
      }
    }
    const joined = await sharded!.data.split('train+val');
    assert.equal(joined.ids.length, 13);
    assert.deepEqual(joined.extent!(12), { width: 64, height: 48 });
    await sharded!.close();
    await own!.close();
  });

  it('train with the bits of the dataset that they were made of, where the order is the same', async () => {
    const [plain, sharded] = [folder.path(), folder.path()];
    await train({ config: config(voc), run: plain });
    await train({ config: config(ordered, { shuffleBuffer: null }), run: sharded });
    assert.deepEqual(weights(sharded), weights(plain));
  });

  it('train from an address as from a folder, and are evaluated there', async () => {
    const order = { shuffleBuffer: 4, streams: 2 };
    const [local, remote] = [folder.path(), folder.path()];
    await train({ config: config(ordered, order), run: local });
    const server = await FileServer.start(ordered);
    try {
      await train({ config: config(server.url(), order), run: remote });
      assert.deepEqual(weights(remote), weights(local));
      const { voc07 } = await evaluate(remote);
      const own = await evaluate(local, { data: voc });
      assert.deepEqual(voc07, own.voc07);
    } finally {
      await server.stop();
    }
  });

  it('are checked with their checksums', async () => {
    const check = await checkDetectionData(ordered, { decode: true });
    assert.deepEqual(
      check.splits.map(({ split, images }) => [split, images.found]),
      [
        ['train', 9],
        ['val', 4],
        ['test', 3],
      ],
    );
    assert.equal(check.errors, 0, JSON.stringify(check.findings));
    const copy = folder.path();
    await shard({ folder: voc }, copy, silent);
    const file = join(copy, 'test-000000.tar');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1025]! ^= 1;
    writeFileSync(file, bytes);
    const { findings } = await checkDetectionData(copy);
    assert.deepEqual(
      findings.map(({ kind, count }) => [kind, count]),
      [['damaged shard', 1]],
    );
  });

  it('are not written of what nobody could train on', async () => {
    const files = await vocFiles({ train: 3, val: 2 });
    const broken = folder.write({ ...files, 'JPEGImages/p2.png': 'no image' });
    await assert.rejects(shard({ folder: broken }, folder.path(), silent), {
      code: 'TTS_INPUT',
      message: /1 of the 3 images of .*train cannot be used: .*p2\.png/,
    });
  });

  it('keep ids apart that would be one name of a file', async () => {
    const names = ['a/x.y', 'b/x.y', 'a/x'];
    const image = await drawnImage(1);
    const files = Object.fromEntries(
      names.flatMap((name) => [
        [`${name}.xml`, vocXml(64, 48, [{ name: 'car', pixels: [1, 2, 20, 30] }])],
        [`${name}.png`, image],
      ]),
    );
    const odd = folder.write(files);
    const out = folder.path();
    await shard({ folder: odd }, out, silent);
    const data = await openDetectionData(out);
    const ids = await Promise.all(data.splits.map(async (name) => (await data.split(name)).ids));
    assert.equal(ids.flat().length, 3);
    await data.close();
  });

  it('refuse other shards', async () => {
    const out = folder.path();
    await writeShards(out, { train: [{ key: 'a', members: { json: { file: 'a.jpg' } } }] });
    await assert.rejects(openDetectionData(out), /Expected shards of annotated images .*`vocdet data shard`/);
    const bad = folder.path();
    await writeShards(
      bad,
      { train: [{ key: 'a', members: { json: { id: 'a', width: 1, height: 1 } } }] },
      {
        info: { task: 'vocdet', classes: ['car'] },
      },
    );
    const data = await openDetectionData(bad);
    await assert.rejects(
      data.split('train'),
      /expected objects of the sample a as `data shard` writes it, found nothing/,
    );
    await data.close();
  });
});
