import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import { HubError, HubRepo, type HubOptions, type HubReason } from '../../../ts/models/hub';
import { hubSettings } from '../../../ts/models/hub/settings';
import { FakeHub, sha256 } from './fake-hub';

const COMMIT = 'a'.repeat(40);
const NEXT = 'b'.repeat(40);
const CONFIG = Buffer.from('{"model_type":"vit"}');
const WEIGHTS = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 9)) & 255));
const CONFIG_ETAG = 'd65b7ca2cf8e13cd69c5b37a5f0b1be40d2bbcdf';

describe('hub', () => {
  let hub: FakeHub;
  let home: string;
  let warnings: string[];
  const open = (name = 'org/vit', options: HubOptions = {}): HubRepo =>
    new HubRepo(name, {
      endpoint: hub.url,
      cacheDir: home,
      token: false,
      localFilesOnly: false,
      onWarning: (text) => warnings.push(text),
      ...options,
    });
  const folder = (...parts: string[]): string => join(home, 'models--org--vit', ...parts);
  const refusal =
    (reason: HubReason, message: RegExp) =>
    (error: Error): boolean => {
      assert.ok(error instanceof HubError && error instanceof InputError, String(error));
      assert.equal(error.reason, reason, error.message);
      assert.match(error.message, message);
      return true;
    };

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'torchts-hub-'));
    warnings = [];
    hub = await FakeHub.start();
    hub.add('org/vit', COMMIT, {
      'config.json': { body: CONFIG },
      'model.safetensors': { body: WEIGHTS, lfs: true },
      'sub/extra.json': { body: CONFIG },
    });
  });

  afterEach(() => {
    hub.stop();
    rmSync(home, { recursive: true });
  });

  describe('the cache', () => {
    it('has the layout of the Python client: refs, blobs named by etag, snapshots of relative links', async () => {
      const path = await open().find('model.safetensors');
      await open().find('sub/extra.json');
      assert.equal(path, folder('snapshots', COMMIT, 'model.safetensors'));
      assert.deepEqual(readFileSync(path), WEIGHTS);
      assert.equal(readFileSync(folder('refs', 'main'), 'utf8'), COMMIT);
      assert.equal(readlinkSync(path), join('..', '..', 'blobs', sha256(WEIGHTS)));
      assert.equal(
        readlinkSync(folder('snapshots', COMMIT, 'sub', 'extra.json'))
          .split('/')
          .slice(0, -1)
          .join('/'),
        '../../../blobs',
      );
      assert.deepEqual(readdirSync(folder()).sort(), ['blobs', 'refs', 'snapshots']);
      assert.equal(readdirSync(folder('blobs')).length, 2);
    });

    it('keeps one blob for equal content of two commits', async () => {
      await open().find('model.safetensors');
      hub.add('org/vit', NEXT, { 'model.safetensors': { body: WEIGHTS, lfs: true } });
      const path = await open().find('model.safetensors');
      assert.equal(path, folder('snapshots', NEXT, 'model.safetensors'));
      assert.equal(hub.cdnSaw.length, 1);
      assert.deepEqual(readdirSync(folder('blobs')), [sha256(WEIGHTS)]);
      assert.equal(readFileSync(folder('refs', 'main'), 'utf8'), NEXT);
    });

    it('is asked before the network: a second open costs one HEAD', async () => {
      for (let time = 0; time < 2; time++) {
        const repo = open();
        await repo.find('config.json');
        await repo.find('model.safetensors');
      }
      assert.deepEqual(
        hub.hubSaw.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`),
        ['HEAD config.json', 'GET config.json', 'HEAD model.safetensors', 'GET model.safetensors', 'HEAD config.json'],
      );
    });

    it('fetches a small file again that was cut, when it is told how long it is', async () => {
      const path = (await open().find('config.json'))!;
      writeFileSync(realpathSync(path), CONFIG.subarray(0, 5));
      assert.deepEqual(readFileSync((await open().find('config.json'))!), CONFIG);
    });

    it('takes no small file that comes shorter than it was announced', async () => {
      hub.cutSmall = 5;
      await assert.rejects(open().find('config.json'), /was cut after 5 of 20 bytes/);
      hub.cutSmall = 0;
      assert.deepEqual(readFileSync((await open().find('config.json'))!), CONFIG);
    });

    it('remembers which files a commit lacks', async () => {
      assert.equal(await open().find('model.safetensors.index.json'), undefined);
      assert.ok(existsSync(folder('.no_exist', COMMIT, 'model.safetensors.index.json')));
      const before = hub.hubSaw.length;
      assert.equal(await open('org/vit', { revision: COMMIT }).find('model.safetensors.index.json'), undefined);
      assert.equal(hub.hubSaw.length, before);
    });

    it('filled by the Python client serves without a network', async () => {
      // What hf_hub_download of huggingface_hub 1.33 leaves behind.
      mkdirSync(folder('blobs'), { recursive: true });
      mkdirSync(folder('refs'));
      mkdirSync(folder('snapshots', COMMIT), { recursive: true });
      writeFileSync(folder('blobs', CONFIG_ETAG), CONFIG);
      writeFileSync(folder('refs', 'main'), COMMIT);
      symlinkSync(`../../blobs/${CONFIG_ETAG}`, folder('snapshots', COMMIT, 'config.json'));
      const path = await open('org/vit', { localFilesOnly: true }).find('config.json');
      assert.equal(realpathSync(path!), realpathSync(folder('blobs', CONFIG_ETAG)));
      assert.equal(hub.hubSaw.length, 0);
    });

    it('ignores a link whose blob is gone and fetches it again', async () => {
      const path = (await open().find('model.safetensors'))!;
      rmSync(realpathSync(path));
      assert.ok(lstatSync(path).isSymbolicLink());
      assert.equal(await open().find('model.safetensors'), path);
      assert.deepEqual(readFileSync(path), WEIGHTS);
    });

    it('that cannot be written is named', async () => {
      const file = join(home, 'file');
      writeFileSync(file, '');
      await assert.rejects(open('org/vit', { cacheDir: file }).find('config.json'), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /\/file cannot be written \(\w+\); set HF_HOME/);
        return true;
      });
    });
  });

  describe('revisions', () => {
    beforeEach(() =>
      hub.add('org/vit', NEXT, { 'config.json': { body: Buffer.from('{"next":1}') } }, ['v2', 'refs/pr/1']),
    );

    for (const revision of ['v2', 'refs/pr/1', NEXT]) {
      it(`can be ${revision === NEXT ? 'a commit' : revision}`, async () => {
        const path = await open('org/vit', { revision }).find('config.json');
        assert.equal(readFileSync(path!, 'utf8'), '{"next":1}');
        if (revision !== NEXT) assert.equal(readFileSync(folder('refs', revision), 'utf8'), NEXT);
      });
    }

    it('stay at one commit for all files of a load, though the branch moves on between', async () => {
      const repo = open();
      await repo.find('config.json');
      hub.add('org/vit', NEXT, { 'model.safetensors': { body: Buffer.from('other'), lfs: true } });
      assert.deepEqual(readFileSync((await repo.find('model.safetensors'))!), WEIGHTS);
    });

    it('as a commit in the cache cost no request', async () => {
      await open('org/vit', { revision: COMMIT }).find('config.json');
      const before = hub.hubSaw.length;
      await open('org/vit', { revision: COMMIT }).find('config.json');
      assert.equal(hub.hubSaw.length, before);
    });
  });

  describe('a download', () => {
    it('that was cut goes on where it stopped', async () => {
      hub.cutOnce = 120_000;
      const path = await open().find('model.safetensors');
      assert.deepEqual(readFileSync(path!), WEIGHTS);
      assert.equal(hub.cdnSaw.length, 2);
      assert.match(hub.cdnSaw[1]!.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    });

    it('whose bytes do not have the announced hash is refused', async () => {
      mkdirSync(folder('blobs'), { recursive: true });
      writeFileSync(folder('blobs', `${sha256(WEIGHTS)}.part`), Buffer.alloc(1000));
      writeFileSync(folder('blobs', `${sha256(WEIGHTS)}.part.tag`), `"${sha256(WEIGHTS)}"`);
      await assert.rejects(open().find('model.safetensors'), /wrong content: expected sha256/);
      assert.equal(existsSync(folder('snapshots', COMMIT, 'model.safetensors')), false);
    });

    it('tells its progress by file', async () => {
      const seen: string[] = [];
      await open('org/vit', {
        onProgress: ({ file, received, total }) => seen.push(`${file} ${received}/${total}`),
      }).find('model.safetensors');
      assert.equal(seen.at(-1), `model.safetensors ${WEIGHTS.length}/${WEIGHTS.length}`);
    });

    it('follows a renamed repository', async () => {
      hub.moved.set('old/name', 'org/vit');
      assert.deepEqual(readFileSync((await open('old/name').find('config.json'))!), CONFIG);
    });
  });

  describe('the token', () => {
    const closed = { token: 'hf_secret', code: 'GatedRepo', status: 403 } as const;

    it('opens a gated model and is never sent to another host', async () => {
      hub.closed.set('org/vit', closed);
      await open('org/vit', { token: 'hf_secret' }).find('model.safetensors');
      assert.ok(hub.hubSaw.every(({ headers }) => headers.authorization === 'Bearer hf_secret'));
      assert.equal(hub.cdnSaw.length, 1);
      assert.equal(hub.cdnSaw[0]!.headers.authorization, undefined);
    });

    it('comes from HF_TOKEN, else from the file that the login left', () => {
      writeFileSync(join(home, 'token'), 'hf_file\n');
      assert.equal(hubSettings({}, { HF_HOME: home }).token, 'hf_file');
      assert.equal(hubSettings({}, { HF_HOME: home, HF_TOKEN: 'hf_env\r\n' }).token, 'hf_env');
      assert.equal(hubSettings({ token: false }, { HF_HOME: home, HF_TOKEN: 'hf_env' }).token, false);
      assert.equal(
        hubSettings({}, { HF_HOME: home, HF_TOKEN: 'hf_env', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }).token,
        false,
      );
      assert.equal(hubSettings({}, { HF_HOME: join(home, 'none') }).token, false);
    });

    it('missing or wrong for a gated model is said, with the page to go to', async () => {
      hub.closed.set('org/vit', closed);
      await assert.rejects(
        open().find('config.json'),
        refusal('gated', /org\/vit is gated: accept its terms at http.*no token was sent; set HF_TOKEN/),
      );
      await assert.rejects(
        open('org/vit', { token: 'hf_x' }).find('config.json'),
        refusal('gated', /the token that was sent does not allow it/),
      );
    });
  });

  describe('what is not there', () => {
    it('repository', async () => {
      await assert.rejects(
        open('org/none').find('config.json'),
        refusal('no-repo', /has no model org\/none, or it is private.*no folder org\/none either/),
      );
    });

    it('revision', async () => {
      await assert.rejects(
        open('org/vit', { revision: 'v9' }).find('config.json'),
        refusal('no-revision', /org\/vit has no branch, tag or commit "v9"/),
      );
    });

    it('file', async () => {
      const repo = open();
      assert.equal(await repo.find('nothing.json'), undefined);
      assert.match(repo.missing('nothing.json').message, /Expected nothing\.json, found none in org\/vit on http/);
    });

    it('hub', async () => {
      const repo = open();
      hub.stop();
      await assert.rejects(
        repo.find('config.json'),
        refusal('unreachable', /cannot be reached \(.*ECONNREFUSED.*check the network or HF_ENDPOINT/),
      );
    });

    it('a hub behind the address', async () => {
      hub.add('org/odd', 'not a commit', { 'config.json': { body: CONFIG } });
      await assert.rejects(
        open('org/odd').find('config.json'),
        refusal('not-a-hub', /without the commit and etag.*check HF_ENDPOINT/),
      );
    });

    it('a name inside the repository', async () => {
      for (const name of ['../../secret', '/etc/passwd', 'a//b', '']) {
        await assert.rejects(
          open('org/vit', { revision: COMMIT }).find(name),
          /Expected the name of a file or revision inside the repository/,
        );
      }
    });
  });

  describe('without a network', () => {
    it('a hub that fails is replaced by the cache, with a warning', async () => {
      const path = await open().find('config.json');
      hub.down = 503;
      assert.equal(await open().find('config.json'), path);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /answered 503 for org\/vit; try again later\. Using the files of org\/vit that are in /,
      );
    });

    it('a hub that fails and an empty cache is an error', async () => {
      hub.down = 503;
      await assert.rejects(open().find('config.json'), refusal('busy', /answered 503 for org\/vit; try again later/));
    });

    it('offline mode asks nobody, and says what is not in the cache', async () => {
      const offline = open('org/vit', { localFilesOnly: true });
      await assert.rejects(
        offline.find('config.json'),
        refusal(
          'offline',
          /org\/vit \(revision main\) is not in the cache .*HF_HUB_OFFLINE.*run once with the network/,
        ),
      );
      await open().find('config.json');
      const before = hub.hubSaw.length;
      assert.ok(await offline.find('config.json'));
      assert.equal(await offline.find('model.safetensors'), undefined);
      assert.match(
        offline.missing('model.safetensors').message,
        /found none in the cache of org\/vit .*HF_HUB_OFFLINE/,
      );
      assert.equal(hub.hubSaw.length, before);
    });
  });

  it('reads the environment of the Python client', () => {
    const settings = (env: NodeJS.ProcessEnv) => hubSettings({}, env);
    assert.equal(settings({ HF_HOME: '/h' }).cacheDir, '/h/hub');
    assert.equal(settings({ HF_HOME: '/h', HF_HUB_CACHE: '$ROOT/c', ROOT: '/r' }).cacheDir, '/r/c');
    assert.equal(settings({ XDG_CACHE_HOME: '/x' }).cacheDir, '/x/huggingface/hub');
    assert.match(settings({ HF_HOME: '~/h' }).cacheDir, /^\/.*\/h\/hub$/);
    assert.equal(settings({}).endpoint, 'https://huggingface.co');
    assert.equal(settings({ HF_ENDPOINT: 'http://mirror/' }).endpoint, 'http://mirror');
    for (const value of ['1', 'true', 'ON', 'Yes'])
      assert.equal(settings({ HF_HUB_OFFLINE: value }).localFilesOnly, true);
    assert.equal(settings({ HF_HUB_OFFLINE: '0' }).localFilesOnly, false);
    assert.equal(settings({ TRANSFORMERS_OFFLINE: '1' }).localFilesOnly, true);
  });
});
