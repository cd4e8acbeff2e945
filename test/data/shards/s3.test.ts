import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ShardedDataset } from '../../../ts/data/shards/sharded-dataset';
import { resetS3Client } from '../../../ts/data/shards/s3';
import { FileServer, temporaryFolder, writeLong, writeSmall } from './fixture';

const VARIABLES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_EC2_METADATA_DISABLED',
] as const;

describe('shards in a store of S3', function () {
  this.timeout(20_000);
  const path = temporaryFolder();
  let server: FileServer;
  let kept: Readonly<Partial<Record<string, string>>>;
  let made = 0;

  before(async () => {
    mkdirSync(path('store/pets'), { recursive: true });
    await writeSmall(path('store/pets/small set'), 6, 2);
    await writeLong(path('store/pets/long'));
  });
  beforeEach(async () => {
    server = await FileServer.start(path('store'));
    kept = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
    for (const name of VARIABLES) delete process.env[name];
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: server.url(),
      AWS_ACCESS_KEY_ID: 'TESTKEY',
      AWS_SECRET_ACCESS_KEY: 'never sent',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: path('none'),
      AWS_SHARED_CREDENTIALS_FILE: path('none'),
    });
    resetS3Client();
  });
  afterEach(async () => {
    resetS3Client();
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await server.stop();
  });

  const open = (): Promise<ShardedDataset> =>
    ShardedDataset.open('s3://pets/small set', { split: 'train', cacheFolder: path(`cache ${made++}`) });

  it('are asked for with a signature, at the endpoint and in the region of the environment', async () => {
    process.env['AWS_REGION'] = 'eu-north-1';
    const dataset = await open();
    assert.equal((await dataset.load(3)).key, 's0003');
    await dataset.close();
    assert.deepEqual(
      server.requests.map(({ url }) => url!.replace(/\?.*/, '')),
      ['/pets/small%20set/index.json', '/pets/small%20set/train-000001.tar'],
    );
    for (const { headers } of server.requests) {
      assert.match(
        headers.authorization!,
        /^AWS4-HMAC-SHA256 Credential=TESTKEY\/\d{8}\/eu-north-1\/s3\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
      );
      assert.doesNotMatch(JSON.stringify(headers), /never sent/);
    }
  });

  it('go on where a connection was cut, if they are still the same', async () => {
    server.options.holdAfter = 100_000;
    const cacheFolder = path('cut');
    const dataset = await ShardedDataset.open('s3://pets/long', { cacheFolder });
    const loading = dataset.load(0);
    const part = () => readdirSync(cacheFolder).find((name) => name.endsWith('.part'));
    // Something has arrived.
    while (part() === undefined || statSync(join(cacheFolder, part()!)).size === 0) await setTimeout(5);
    server.options.holdAfter = Infinity;
    server.cut();
    assert.equal((await loading).members['bin']!.length, 300_000);
    await dataset.close();
    const tars = server.requests.slice(1).map(({ headers }) => headers);
    assert.equal(tars.length, 2);
    assert.equal(tars[0]!.range, undefined);
    assert.match(tars[1]!.range!, /^bytes=[1-9]\d*-$/);
    assert.match(String(tars[1]!['if-match']), /^"\S+"$/);
  });

  it('that are not there, or not for everybody, are named with the status', async () => {
    const dataset = await open();
    server.options.status.set('pets/small set/train-000000.tar', 403);
    await assert.rejects(dataset.load(0), {
      code: 'TTS_DOWNLOAD',
      message: /s3:\/\/pets\/small%20set\/train-000000\.tar answered 403/,
    });
    await assert.rejects(ShardedDataset.open('s3://pets/none'), {
      code: 'TTS_INPUT',
      message: /Expected an index of shards at s3:\/\/pets\/none\/index\.json, found none: .* answered 404/,
    });
    await dataset.close();
  });

  it('need a package that is not installed with torchts', async () => {
    const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };
    const { _load: load } = loader;
    loader._load = (id, ...rest) => {
      if (id === '@aws-sdk/client-s3') throw Object.assign(new Error('no such module'), { code: 'MODULE_NOT_FOUND' });
      return load.call(loader, id, ...rest);
    };
    try {
      await assert.rejects(open(), {
        code: 'TTS_INPUT',
        message:
          'Reading from s3:// needs an npm package that is not installed with torchts: run `npm install @aws-sdk/client-s3@3` where torchts is installed.',
      });
    } finally {
      loader._load = load;
    }
  });

  it('need keys', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    resetS3Client();
    await assert.rejects(open(), { code: 'TTS_INPUT', message: /no keys were found; set AWS_ACCESS_KEY_ID/ });
  });

  it('need a region, but at an endpoint of their own', async () => {
    delete process.env['AWS_ENDPOINT_URL_S3'];
    resetS3Client();
    await assert.rejects(open(), { code: 'TTS_INPUT', message: /the region is not known; set AWS_REGION/ });
  });
});
