import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeShards, type SampleToWrite } from '../../../ts/data/shards/write-shards';
import { TarFile } from '../../../ts/data/tar';
import { SAMPLE_BYTES, samples, temporaryFolder, writeSmall } from './fixture';

interface Index {
  readonly __kind__: string;
  readonly wids_version: number;
  readonly datasets: readonly {
    readonly name: string;
    readonly shardlist: readonly Record<string, string | number>[];
    readonly samples?: Record<string, string | number>;
  }[];
  readonly info: Record<string, unknown>;
}

const readIndex = (folder: string): Index => JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;

describe('writing shards', () => {
  const path = temporaryFolder();

  it('puts the members of a sample beside each other, in tars with an index of wids', async () => {
    const folder = path('plain');
    await writeShards(folder, { train: samples(5), val: samples(1, 50) }, { maxSamples: 2, info: { classes: ['a'] } });
    const index = readIndex(folder);
    assert.equal(index.__kind__, 'wids-shard-index-v1');
    assert.equal(index.wids_version, 1);
    assert.deepEqual(index.info, { classes: ['a'] });
    assert.deepEqual(
      index.datasets.map(({ name, shardlist }) => [name, shardlist.map(({ url, nsamples }) => [url, nsamples])]),
      [
        [
          'train',
          [
            ['train-000000.tar', 2],
            ['train-000001.tar', 2],
            ['train-000002.tar', 1],
          ],
        ],
        ['val', [['val-000000.tar', 1]]],
      ],
    );
    const tar = new TarFile(join(folder, 'train-000001.tar'));
    assert.deepEqual([...tar.members.keys()], ['s0002.bin', 's0002.json', 's0003.bin', 's0003.json']);
    assert.equal((await tar.read('s0003.json')).toString(), '{"number":3}');
    assert.equal((await tar.read('s0003.bin'))[0], 3);
    tar.close();
  });

  it('goes into a folder whose name ends with a slash', async () => {
    await writeSmall(`${path('slash')}/`, 2, 3);
    assert.deepEqual(
      readdirSync(path('slash')).filter((name) => name.endsWith('.tar')),
      ['train-000000.tar', 'val-000000.tar'],
    );
  });

  it('says size and checksums of each file', async () => {
    const folder = path('sums');
    await writeSmall(folder, 5, 2);
    const files = readIndex(folder).datasets.flatMap(({ shardlist, samples }) => [...shardlist, samples!]);
    assert.equal(files.length, 7);
    for (const { url, filesize, md5sum, sha256 } of files) {
      const bytes = readFileSync(join(folder, String(url)));
      assert.equal(filesize, bytes.length);
      assert.equal(md5sum, createHash('md5').update(bytes).digest('hex'));
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('lists what is known of all samples beside the shards', async () => {
    const folder = path('known');
    await writeSmall(folder, 3, 2);
    const lines = gunzipSync(readFileSync(join(folder, 'train.jsonl.gz'))).toString();
    assert.equal(
      lines,
      '{"__key__":"s0000","number":0}\n{"__key__":"s0001","number":1}\n{"__key__":"s0002","number":2}\n',
    );
  });

  it('gives the same bytes for the same samples', async () => {
    await writeSmall(path('one'), 7, 3);
    await writeSmall(path('two'), 7, 3);
    assert.ok(existsSync(path('two')));
    for (const name of readdirSync(path('one')))
      assert.deepEqual(readFileSync(join(path('two'), name)), readFileSync(join(path('one'), name)), name);
    // Owner, mode and time do not depend on who writes them, and when.
    const hash = createHash('sha256')
      .update(readFileSync(join(path('one'), 'val-000000.tar')))
      .digest('hex');
    assert.equal(hash, readIndex(path('one')).datasets[1]!.shardlist[0]!['sha256']);
    const header = readFileSync(join(path('one'), 'val-000000.tar')).subarray(0, 512);
    assert.equal(header.toString('latin1', 100, 108), '0000644\0');
    assert.match(header.toString('latin1', 136, 148), /^0+ ?\0?$/);
  });

  it('begins a shard where another sample would make it too long, and gives a long one its own', async () => {
    const folder = path('sizes');
    const long = { key: 'long', members: { bin: Buffer.alloc(10 * SAMPLE_BYTES), json: { number: 1 } } };
    const all = [...samples(5), long, ...samples(1, 20)];
    await writeShards(folder, { train: all }, { maxBytes: 3 * SAMPLE_BYTES + 1024 });
    const { shardlist } = readIndex(folder).datasets[0]!;
    assert.deepEqual(
      shardlist.map(({ nsamples }) => nsamples),
      [3, 2, 1, 1],
    );
    assert.equal(statSync(join(folder, 'train-000000.tar')).size, 3 * SAMPLE_BYTES + 1024);
  });

  it('counts the headers of long names, so that no shard is longer than it may be', async () => {
    const folder = path('names');
    const all = Array.from({ length: 40 }, (_, i) => ({ key: `${'ä'.repeat(80)}${i}`, members: { txt: 'x' } }));
    await writeShards(folder, { train: all }, { maxBytes: 20_000 });
    const { shardlist, samples: known } = readIndex(folder).datasets[0]!;
    assert.ok(shardlist.length > 1);
    for (const { filesize } of shardlist) assert.ok(Number(filesize) <= 20_000, String(filesize));
    assert.equal(known, undefined);
  });

  const refused: Record<string, [samples: SampleToWrite[], message: RegExp]> = {
    'a key twice': [[...samples(2), ...samples(1)], /expected each key once in train, found s0000 twice/],
    'a key with a dot': [[{ key: 'a.b', members: { txt: '' } }], /expected a key without dots, found 'a\.b'/],
    'a key that leads out': [[{ key: '/a', members: { txt: '' } }], /expected a key without dots, found '\/a'/],
    'no member': [[{ key: 'a', members: {} }], /expected members of the sample a, found none/],
    'an ending that is none': [[{ key: 'a', members: { 'x/y': '' } }], /expected an ending such as jpg/],
    'some samples without what is known': [
      [...samples(1), { key: 'a', members: { txt: '' } }],
      /for all samples of train or none, found it for 1 of 2/,
    ],
  };
  for (const [what, [given, message]] of Object.entries(refused)) {
    it(`refuses ${what}, and leaves nothing`, async () => {
      const folder = path(`refused ${what.replaceAll('/', '')}`);
      await assert.rejects(writeShards(folder, { train: given }), { code: 'TTS_INPUT', message });
      assert.ok(!existsSync(folder));
      assert.ok(!existsSync(`${folder}.writing`));
    });
  }

  it('passes on what the samples throw', async () => {
    const broken = async function* () {
      yield* samples(3);
      throw new RangeError('no more');
    };
    await assert.rejects(writeShards(path('broken'), { train: broken() }), RangeError);
    assert.ok(!existsSync(`${path('broken')}.writing`));
  });

  it('refuses a folder with files in it, and takes an empty one and what a killed process left', async () => {
    const folder = path('full');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a'), '');
    await assert.rejects(writeSmall(folder, 2, 2), /to be absent or empty, found files/);
    const empty = path('empty');
    mkdirSync(empty);
    mkdirSync(`${empty}.writing`);
    writeFileSync(join(`${empty}.writing`, 'train-000007.tar'), 'half');
    await writeSmall(empty, 2, 2);
    assert.deepEqual(readdirSync(empty).sort(), [
      'index.json',
      'train-000000.tar',
      'train.jsonl.gz',
      'val-000000.tar',
      'val-000001.tar',
      'val.jsonl.gz',
    ]);
  });

  it('says in a sentence what the disk refuses in the middle, and leaves nothing', async () => {
    const folder = path('refusing');
    const all = async function* () {
      yield* samples(3);
      // In place of the next shard.
      mkdirSync(join(`${folder}.writing`, 'train-000001.tar'));
      yield* samples(3, 3);
    };
    await assert.rejects(writeShards(folder, { train: all() }, { maxSamples: 3 }), {
      code: 'TTS_INPUT',
      message: /train-000001\.tar: it is a folder \(EISDIR\)\. Nothing was written to .*refusing\.$/,
    });
    assert.ok(!existsSync(`${folder}.writing`));
  });

  it('says in a sentence where it cannot write', async () => {
    writeFileSync(path('file'), '');
    await assert.rejects(writeSmall(join(path('file'), 'below'), 2, 2), { code: 'TTS_INPUT' });
  });
});
