import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DataLoader } from '../../../ts/data/loader';
import {
  ShardedDataset,
  Shards,
  type ShardedDatasetOptions,
  type ShardSample,
} from '../../../ts/data/shards/sharded-dataset';
import { writeShards } from '../../../ts/data/shards/write-shards';
import { paxRecord, writeTar } from '../tar-writer';
import { FileServer, isResumed, samples, SAMPLE_BYTES, temporaryFolder, writeLong, writeSmall } from './fixture';

const numberOf = ({ members }: ShardSample): number =>
  (JSON.parse(members['json']!.toString()) as { number: number }).number;

/** Bytes of a shard with so many of the samples. */
const shardBytes = (count: number): number => count * SAMPLE_BYTES + 1024;

const tarsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tar'));

describe('a dataset in shards', () => {
  const path = temporaryFolder();
  const opened: ShardedDataset[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((dataset) => dataset.close())));

  async function open(source: string | URL, options: ShardedDatasetOptions = {}): Promise<ShardedDataset> {
    const dataset = await ShardedDataset.open(source, { split: 'train', ...options });
    opened.push(dataset);
    return dataset;
  }

  describe('in a folder', () => {
    let folder: string;
    before(() => writeSmall((folder = path('local')), 10, 4));

    it('is read in place, sample by sample', async () => {
      const dataset = await open(folder);
      assert.equal(dataset.length, 10);
      assert.deepEqual(dataset.counts, [4, 4, 2]);
      for (const index of [9, 0, 4, 3, 9]) {
        const sample = await dataset.load(index);
        assert.equal(sample.key, `s000${index}`);
        assert.deepEqual(Object.keys(sample.members), ['bin', 'json']);
        assert.equal(numberOf(sample), index);
        assert.equal(sample.members['bin']!.length, 100);
      }
      assert.deepEqual(await dataset.read(5, 'bin', 3), Buffer.from([5, 6, 7]));
      assert.equal(dataset.describe(5), 'sample 2 of train-000001.tar');
    });

    it('may be named by its index, as a path or URL', async () => {
      for (const source of [
        join(folder, 'index.json'),
        pathToFileURL(folder),
        pathToFileURL(join(folder, 'index.json')),
      ])
        assert.equal((await open(source)).length, 10);
    });

    it('tells what is known of its samples before they are read', async () => {
      const found: unknown[] = [];
      for await (const record of (await open(folder)).records()) found.push(record);
      assert.deepEqual(found.slice(0, 2), [
        { __key__: 's0000', number: 0 },
        { __key__: 's0001', number: 1 },
      ]);
      assert.equal(found.length, 10);
    });

    it('is checked to its end where a shard is not there, or not as long as it was', async () => {
      const damaged = path('damaged shards');
      await writeSmall(damaged, 10, 4);
      rmSync(join(damaged, 'train-000000.tar'));
      const index = join(damaged, 'index.json');
      writeFileSync(
        index,
        readFileSync(index, 'utf8')
          .replace(/"(md5sum|sha256)": "[^"]*",?/g, '')
          .replace(/,(\s*\})/g, '$1'),
      );
      appendFileSync(join(damaged, 'train-000002.tar'), 'x');
      const problems: (string | undefined)[] = [];
      for await (const { problem } of (await open(damaged)).check()) problems.push(problem);
      assert.deepEqual(problems, [
        `${join(damaged, 'train-000000.tar')} is not there, which its index names.`,
        undefined,
        `${join(damaged, 'train-000002.tar')} is not the file that its index was written with: its length or checksum is another one.`,
        undefined,
      ]);
    });

    it('is not read any more when it was closed', async () => {
      const dataset = await open(folder);
      await dataset.load(0);
      await dataset.close();
      await assert.rejects(dataset.load(0), { code: 'TTS_INPUT', message: /found one that was closed/ });
    });

    it('says which file of samples cannot be read, whatever is wrong with it', async () => {
      const damaged = path('damaged samples');
      await writeSmall(damaged, 40, 40);
      const file = join(damaged, 'train.jsonl.gz');
      const whole = readFileSync(file);
      const read = async (): Promise<void> => {
        for await (const _ of (await open(damaged)).records());
      };
      await read();
      for (const [content, said] of [
        [whole.subarray(0, whole.length - 20), 'unexpected end of file'],
        [Buffer.from('no gzip'), 'incorrect header check'],
        [undefined, 'there is no such file or folder (ENOENT)'],
      ] as const) {
        if (content) writeFileSync(file, content);
        else rmSync(file);
        await assert.rejects(read, { code: 'TTS_INPUT', message: `${file} cannot be read: ${said}` });
      }
    });

    it('is a dataset for a loader, whose passes begin at any batch', async () => {
      const dataset = await open(folder);
      const numbers = (all: ShardSample[]): number[] => all.map(numberOf);
      const sampler = dataset.order({ batchSize: 2, shuffleBuffer: 4, streams: 2 });
      const loader = new DataLoader(dataset, numbers, { batchSize: 2, sampler, seed: 5 });
      const whole: number[][] = [];
      for await (const batch of loader.epoch(3)) whole.push(batch);
      const rest: number[][] = [];
      for await (const batch of loader.epoch(3, { startBatch: 2 })) rest.push(batch);
      assert.deepEqual(rest, whole.slice(2));
      assert.deepEqual(
        whole.flat().sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    });

    it('reads more shards than it keeps open', async () => {
      const many = path('many');
      await writeShards(many, { train: samples(300) }, { maxSamples: 2 });
      const dataset = await open(many);
      const found = await Promise.all(Array.from({ length: 300 }, async (_, i) => numberOf(await dataset.load(i))));
      assert.deepEqual(found, [...Array(300).keys()]);
      assert.equal(numberOf(await dataset.load(0)), 0);
    });

    it('has a split to be named, where there are several', async () => {
      await assert.rejects(
        ShardedDataset.open(folder),
        /expected the name of a split, .* has train, val; write \{ split: 'train' \}/,
      );
      await assert.rejects(
        ShardedDataset.open(folder, { split: 'dev' }),
        /Expected a split dev in .*index\.json, found train, val\./,
      );
      await assert.rejects(ShardedDataset.open(folder, { splitt: 'a' } as never), /the option 'splitt' does not exist/);
    });

    it('refuses an index of a sample that is none, and an ending that it has not', async () => {
      const dataset = await open(folder);
      for (const index of [-1, 10, 0.5]) await assert.rejects(dataset.load(index), /out of range for 10 samples/);
      await assert.rejects(
        dataset.read(0, 'jpg'),
        /Expected a member \.jpg of the sample s0000 .*, found \.bin, \.json\./,
      );
    });

    it('says which of its files is damaged', async () => {
      const damaged = path('damaged');
      await writeSmall(damaged, 4, 2);
      const file = join(damaged, 'train-000001.tar');
      const bytes = readFileSync(file);
      bytes[700]! ^= 1;
      writeFileSync(file, bytes);
      const problems: (string | undefined)[] = [];
      for await (const { problem } of (await open(damaged)).check()) problems.push(problem);
      assert.deepEqual(problems, [
        undefined,
        `${file} is not the file that its index was written with: its length or checksum is another one.`,
        undefined,
      ]);
      appendFileSync(file, 'x');
      await assert.rejects(
        (await open(damaged)).load(2),
        /expected a shard of 5120 bytes, as its index says, found one of 5121/,
      );
      rmSync(file);
      await assert.rejects((await open(damaged)).load(2), /found none; copy or write the shards again/);
    });
  });

  it('takes tars of others: long names, folders, members without a sample', async () => {
    const tar = writeTar([
      ['note', { content: 'no ending' }],
      ['PaxHeader', { type: 'x', content: paxRecord('path', 'a/b/long.seg.png') }],
      ['short', { content: 'png' }],
      ['a/b/long.cls', { content: '3' }],
      ['a/b/other.cls', { content: '4' }],
    ]);
    const folder = path('others');
    await writeSmall(folder, 1, 1); // for its folder
    writeFileSync(join(folder, 'x.tar'), tar);
    const shardlist = [{ url: 'x.tar', nsamples: 2, filesize: tar.length }];
    writeFileSync(
      join(folder, 'index.json'),
      JSON.stringify({ __kind__: 'wids-shard-index-v1', wids_version: 1, shardlist }),
    );
    const dataset = await open(folder, { split: null });
    const { key, members } = await dataset.load(0);
    assert.equal(key, 'a/b/long');
    assert.deepEqual(Object.keys(members), ['seg.png', 'cls']);
    assert.equal((await dataset.load(1)).members['cls']!.toString(), '4');
    await assert.rejects(async () => {
      for await (const _ of dataset.records());
    }, /expected a file of samples for all, found none/);
    const wrong = [{ ...shardlist[0], nsamples: 3 }];
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ __kind__: 'wids-shard-index-v1', shardlist: wrong }));
    await assert.rejects(
      (await open(folder, { split: null })).load(0),
      /x\.tar: expected 3 samples, as its index says, found 2/,
    );
  });

  it('refuses what are no shards', async () => {
    await assert.rejects(open(path('nothing')), /Expected shards in .*nothing, found nothing\./);
    await assert.rejects(open(path('local.txt').replace(/[^/]*$/, '')), /found a folder without index\.json/);
    await assert.rejects(open('ftp://host/shards'), /begins with https:\/\/, http:\/\/ or s3:\/\//);
    await assert.rejects(open('https://host:x/'), /Expected the address of shards/);
    for (const address of ['ftp://me:secret@host/x', 's3://me:secret@bucket/x'])
      await assert.rejects(
        open(address),
        ({ message }: Error) => /^Expected an address/.test(message) && !/secret/.test(message),
      );
    const noFile = { code: 'TTS_INPUT', message: /expected the address of a file on this machine, found file:\/\// };
    for (const address of ['file://elsewhere/shards', 'file:///shards%2fhere', 'file:///100%'])
      await assert.rejects(open(address), noFile);
  });

  describe('behind HTTP', () => {
    let folder: string;
    let server: FileServer;
    let cacheFolder: string;
    let made = 0;
    before(() => writeSmall((folder = path('remote')), 40, 4));
    beforeEach(async () => {
      cacheFolder = path(`cache ${made++}`);
      server = await FileServer.start(folder);
    });
    afterEach(() => server.stop());

    it('is fetched shard by shard, each once, and gives the same samples', async () => {
      const dataset = await open(server.url(), { cacheFolder });
      const local = await open(folder);
      assert.deepEqual(server.asked, ['index.json']);
      for (const index of [0, 3, 17, 1]) assert.deepEqual(await dataset.load(index), await local.load(index));
      assert.deepEqual(server.asked, ['index.json', 'train-000000.tar', 'train-000004.tar']);
      assert.equal(dataset.describe(17), 'sample 2 of train-000004.tar');
    });

    it('is fetched once for all that ask at a time, and stays for the next run', async () => {
      const dataset = await open(server.url(), { cacheFolder });
      await Promise.all([0, 1, 2, 3].map((index) => dataset.load(index)));
      await dataset.close();
      const again = await open(server.url('index.json'), { cacheFolder });
      assert.equal(numberOf(await again.load(2)), 2);
      assert.deepEqual(server.asked, ['index.json', 'train-000000.tar', 'index.json']);
    });

    it('goes on where a connection was cut', async () => {
      const long = path(`long ${made}`);
      await writeLong(long);
      await server.stop();
      server = await FileServer.start(long);
      server.options.cutAfter = 100_000;
      const dataset = await open(server.url(), { cacheFolder });
      assert.deepEqual(await dataset.load(0), await (await open(long)).load(0));
      const ranges = server.requests.slice(1).map(({ headers }) => headers.range);
      assert.ok(isResumed(ranges), String(ranges));
    });

    it('keeps no more bytes than it may, and those that were used last', async () => {
      const dataset = await open(server.url(), { cacheFolder, cacheBytes: 3 * shardBytes(4) });
      for (const index of [0, 4, 8, 0, 12, 16]) {
        await dataset.load(index);
        const bytes = tarsIn(cacheFolder).reduce((sum, name) => sum + statSync(join(cacheFolder, name)).size, 0);
        assert.ok(bytes <= 3 * shardBytes(4), `${bytes} bytes`);
      }
      // The first three went, in turn, for the last two.
      const kept = tarsIn(cacheFolder).map((name) => name.replace(/^\w+-/, ''));
      assert.ok(kept.includes('train-000003.tar') && kept.includes('train-000004.tar'), String(kept));
    });

    it('fetches ahead what a pass needs next, and no shard twice', async () => {
      const cacheBytes = 4 * shardBytes(4);
      const dataset = await open(server.url(), { cacheFolder, cacheBytes });
      const sampler = dataset.order({ batchSize: 4, shuffleBuffer: 2, streams: 1 });
      const loader = new DataLoader(dataset, (all: ShardSample[]) => all.map(numberOf), {
        batchSize: 4,
        sampler,
        prefetch: 1,
      });
      let seen = 0;
      for await (const batch of loader.epoch(0)) {
        seen += batch.length;
        const bytes = tarsIn(cacheFolder).reduce((sum, name) => sum + statSync(join(cacheFolder, name)).size, 0);
        assert.ok(bytes <= cacheBytes, `${bytes} bytes`);
      }
      assert.equal(seen, 40);
      const tars = server.asked.filter((name) => name.endsWith('.tar'));
      assert.equal(tars.length, 10, String(tars));
      assert.equal(new Set(tars).size, 10);
    });

    it('fetches before it is asked, as far as its cache has room', async () => {
      const cacheBytes = 5 * shardBytes(4);
      const dataset = await open(server.url(), { cacheFolder, cacheBytes });
      const sampler = dataset.order({ batchSize: 4, shuffleBuffer: 1, streams: 1 });
      const loader = new DataLoader(dataset, { batchSize: 4, sampler, prefetch: 0, collateFn: (all) => all.length });
      const pass = loader.epoch(0);
      await pass.next();
      // The one that is read, and four that nobody has asked for yet.
      while (tarsIn(cacheFolder).length < 5) await setTimeout(5);
      await pass.next();
      await pass.next();
      while (server.tars.length < 7) await setTimeout(5);
      await pass.return(undefined);
      await dataset.close();
      assert.equal(server.tars.length, 7);
    });

    it('fetches ahead to the end of a pass, however often there was no room before', async () => {
      const dataset = await open(server.url(), { cacheFolder, cacheBytes: 4 * shardBytes(4) });
      const sampler = dataset.order({ batchSize: 4, shuffleBuffer: 1, streams: 1 });
      const loader = new DataLoader(dataset, { batchSize: 4, sampler, prefetch: 0, collateFn: (all) => all.length });
      const pass = loader.epoch(0);
      for (let shard = 1; shard <= 10; shard++) {
        await pass.next();
        while (server.tars.length < Math.min(10, shard + 1)) await setTimeout(5);
        await setTimeout(30); // for fetches that find no room
      }
      await pass.return(undefined);
    });

    it('refuses a cache that cannot hold what a pass reads at a time', async () => {
      const dataset = await open(server.url(), { cacheFolder, cacheBytes: 3 * shardBytes(4) });
      const loader = new DataLoader(dataset, {
        batchSize: 8,
        sampler: dataset.order({ batchSize: 8, shuffleBuffer: 8, streams: 8 }),
      });
      await assert.rejects(loader.epoch(0).next(), {
        code: 'TTS_INPUT',
        message:
          /Expected a cache of at least \d+ bytes for the shards that are read at a time, .* among them, found cacheBytes 27648; raise it, or lower the number of streams/,
      });
      const small = await open(server.url(), { cacheFolder, cacheBytes: 1000 });
      await assert.rejects(small.load(0), /Expected a cache of at least 9216 bytes/);
    });

    it('reads a shard to its end that another process has deleted, and fetches it anew', async () => {
      const dataset = await open(server.url(), { cacheFolder });
      await dataset.load(0);
      for (const name of tarsIn(cacheFolder)) rmSync(join(cacheFolder, name));
      assert.equal(numberOf(await dataset.load(1)), 1);
      await dataset.close();
      const again = await open(server.url(), { cacheFolder });
      assert.equal(numberOf(await again.load(1)), 1);
      assert.equal(server.asked.filter((name) => name === 'train-000000.tar').length, 2);
    });

    it('divides the shards among processes', async () => {
      const order = { batchSize: 4, shuffleBuffer: 4, streams: 2 };
      const asked: string[][] = [];
      const numbers: number[][] = [];
      for (const rank of [0, 1]) {
        const dataset = await open(server.url(), { cacheFolder: path(`rank ${rank} ${made}`) });
        const loader = new DataLoader(dataset, (all: ShardSample[]) => all.map(numberOf), {
          batchSize: 4,
          sampler: dataset.order(order),
        });
        server.asked.length = 0;
        const own: number[] = [];
        for await (const batch of loader.shard(rank, 2).epoch(1)) own.push(...batch!);
        numbers.push(own);
        asked.push(server.tars);
      }
      assert.deepEqual(
        asked.map((tars) => tars.length),
        [5, 5],
      );
      assert.equal(new Set(asked.flat()).size, 10);
      assert.deepEqual(
        numbers.flat().sort((a, b) => a - b),
        [...Array(40).keys()],
      );
    });

    it('sends what lets in to the index to the shards beside it, and shows it in no message', async () => {
      const address = server.url().replace('//', '//user:secret@');
      const dataset = await open(`${address}index.json?token=hidden`, { cacheFolder });
      server.options.status.set('train-000000.tar', 403);
      await assert.rejects(dataset.load(0), (error: Error) => {
        assert.match(error.message, /train-000000\.tar answered 403 Forbidden/);
        assert.doesNotMatch(error.message, /secret|hidden/);
        return true;
      });
      const last = server.requests.at(-1)!;
      assert.equal(last.headers.authorization, `Basic ${Buffer.from('user:secret').toString('base64')}`);
      assert.equal(last.url, '/train-000000.tar?token=hidden');
    });

    it('says what cannot be fetched', async () => {
      await assert.rejects(open(server.url('other'), { cacheFolder }), {
        code: 'TTS_INPUT',
        message: /Expected an index of shards at http:\S+\/other\/index\.json, found none: .* answered 404 Not Found\./,
      });
      const dataset = await open(server.url(), { cacheFolder });
      server.options.status.set('train-000002.tar', 404);
      await assert.rejects(dataset.load(8), {
        code: 'TTS_DOWNLOAD',
        message: /train-000002\.tar answered 404 Not Found\./,
      });
      const loader = new DataLoader(dataset, (all: ShardSample[]) => all.map(numberOf), { batchSize: 4 });
      await assert.rejects(async () => {
        for await (const _ of loader.epoch(0));
      }, /Sample sample 1 of train-000002\.tar cannot be loaded: .*answered 404/);
    });

    it('refuses a shard that is another one than the index says', async () => {
      const other = path(`other ${made}`);
      await writeSmall(other, 40, 4);
      const file = join(other, 'train-000000.tar');
      const bytes = readFileSync(file);
      bytes[600]! ^= 255;
      writeFileSync(file, bytes);
      await server.stop();
      server = await FileServer.start(other);
      const dataset = await open(server.url(), { cacheFolder });
      await assert.rejects(
        dataset.load(0),
        /has the wrong content: expected sha256 \w+, found \w+; what was fetched is deleted/,
      );
      assert.deepEqual(tarsIn(cacheFolder), []);
      appendFileSync(join(other, 'train-000001.tar'), 'x');
      await assert.rejects(dataset.load(4), /train-000001\.tar is longer than it may be: expected 9216 bytes/);
    });

    it('goes by the MD5 of an index of wids', async () => {
      const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
        datasets: { shardlist: Record<string, unknown>[] }[];
      };
      const { sha256: _, ...first } = index.datasets[0]!.shardlist[0]!;
      const text = (md5sum: unknown) =>
        JSON.stringify({ __kind__: 'wids-shard-index-v1', wids_version: 1, shardlist: [{ ...first, md5sum }] });
      writeFileSync(join(folder, 'md5.json'), text(first['md5sum']));
      assert.equal(numberOf(await (await open(server.url('md5.json'), { split: null, cacheFolder })).load(3)), 3);
      writeFileSync(join(folder, 'md5.json'), text('0'.repeat(32)));
      const wrong = await open(server.url('md5.json'), { split: null, cacheFolder });
      await assert.rejects(wrong.load(0), /expected MD5 0{32}, found \w{32}/);
      assert.ok(!readdirSync(cacheFolder).some((name) => name.endsWith('.unchecked')));
    });

    it('takes any address of a shard', async () => {
      const shardlist = ['100%.tar', `%00${'é'.repeat(200)}.tar`].map((url) => ({ url, nsamples: 1, filesize: 9 }));
      writeFileSync(join(folder, 'odd.json'), JSON.stringify({ __kind__: 'wids-shard-index-v1', shardlist }));
      const dataset = await open(server.url('odd.json'), { cacheFolder, split: null });
      for (const index of [0, 1])
        await assert.rejects(dataset.load(index), { code: 'TTS_DOWNLOAD', message: /answered 40\d/ });
    });

    it('may not lead to files of this machine', async () => {
      const shardlist = [{ url: 'file:///etc/passwd', nsamples: 1, filesize: 1 }];
      writeFileSync(join(folder, 'bad.json'), JSON.stringify({ __kind__: 'wids-shard-index-v1', shardlist }));
      await assert.rejects(
        open(server.url('bad.json'), { split: null, cacheFolder }),
        /expected shards that lie where it does/,
      );
    });

    it('stops fetching when it is closed', async () => {
      const dataset = await open(server.url(), { cacheFolder });
      server.options.status.set('train-000000.tar', 503);
      const loading = assert.rejects(dataset.load(0), { name: 'AbortError' });
      await dataset.close();
      await loading;
    });

    it('ends a check that waits for a file when it is closed', async () => {
      const dataset = await open(server.url(), { cacheFolder });
      server.options.holdAfter = 600;
      const checking = assert.rejects(dataset.check().next(), {
        code: 'TTS_INPUT',
        message: `${server.url('train-000000.tar')} could not be fetched: its dataset was closed.`,
      });
      while (server.tars.length === 0) await setTimeout(5);
      await dataset.close();
      await checking;
      await assert.rejects(dataset.check().next(), /its dataset was closed/);
    });
  });

  it('shares one cache with the other splits of its index', async () => {
    const folder = path('splits');
    await writeSmall(folder, 4, 2);
    const server = await FileServer.start(folder);
    try {
      const shards = await Shards.open(server.url(), { cacheFolder: path('split cache') });
      assert.equal(numberOf(await shards.split('val').load(0)), 9000);
      assert.equal(shards.split('val'), shards.split('val'));
      await shards.close();
      assert.deepEqual(server.asked, ['index.json', 'val-000000.tar']);
    } finally {
      await server.stop();
    }
  });
});
