import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { libtorchLibFolder, localAddon } from '../../ts/native/load';
import { packageVersion } from '../../ts/native/package';
import { platformPackage } from '../../ts/native/prebuilt';
import { Checkout } from './checkout';
import { libtorchFiles } from './libtorch/machine';

const LOAD = `try { console.log(typeof require('./ts/native/load.ts').loadAddon().call) } catch (error) { console.log(error.code, error.message) }`;
const LIBTORCH = dirname(libtorchLibFolder()!);

describe('the addon of the package of this platform', () => {
  let checkout: Checkout;
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeEach(() => {
    checkout = new Checkout();
    folder = mkdtempSync(join(tmpdir(), 'torchts-prebuilt-'));
    const installed = join(folder, 'modules', platformPackage);
    mkdirSync(installed, { recursive: true });
    writeFileSync(
      join(installed, 'package.json'),
      JSON.stringify({ name: platformPackage, version: packageVersion() }),
    );
    for (const name of ['torchts', 'torchts_distributed'])
      copyFileSync(join(dirname(localAddon), `${name}.node`), join(installed, `${name}-2.13.node`));
    environment = {
      NODE_PATH: join(folder, 'modules'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      TORCHTS_LIBTORCH: LIBTORCH,
      TORCHTS_PYTHON: '/nonexistent',
    };
  });
  afterEach(() => {
    checkout.remove();
    rmSync(folder, { recursive: true });
  });

  const load = (changes: NodeJS.ProcessEnv = {}): string =>
    checkout.evaluate(LOAD, { ...environment, ...changes }).stdout;
  const libtorchOf = (version: string): string => {
    const root = join(folder, 'libtorch');
    for (const [path, text] of Object.entries(libtorchFiles(version))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };

  it('is loaded from among links to the libraries of libtorch, which nothing is written to', () => {
    const before = readdirSync(join(LIBTORCH, 'lib'));
    assert.equal(load(), 'function\n');
    const [key, ...others] = readdirSync(join(folder, 'cache/torchts/addons'));
    assert.deepEqual(others, []);
    const beside = join(folder, 'cache/torchts/addons', key!);
    assert.deepEqual(readdirSync(beside).sort(), [...before, 'torchts.node', 'torchts_distributed.node'].sort());
    assert.equal(readlinkSync(join(beside, 'libc10.so')), join(LIBTORCH, 'lib/libc10.so'));
    assert.deepEqual(readdirSync(join(LIBTORCH, 'lib')), before);
    // The second process takes what the first has made.
    assert.equal(load(), 'function\n');
    assert.deepEqual(readdirSync(join(folder, 'cache/torchts/addons')), [key]);
  });

  it('is loaded by several processes that come at once', async () => {
    const program = `require(${JSON.stringify(require.resolve('tsx/cjs'))}); ${LOAD}`;
    const outputs = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, ['-e', program], {
          cwd: checkout.root,
          env: { ...process.env, TORCHTS_ADDON: '', ...environment },
        });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
        await once(child, 'close');
        return text;
      }),
    );
    assert.deepEqual(outputs, ['function\n', 'function\n', 'function\n']);
    assert.equal(readdirSync(join(folder, 'cache/torchts/addons')).length, 1);
  });

  it('gives way to the one that was built here', () => {
    const script = `console.log(require('./ts/native/load.ts').addonLocations())`;
    const root = checkout.evaluate(`console.log(require('node:fs').realpathSync('.'))`).stdout.trim();
    assert.equal(
      checkout.evaluate(script, environment).stdout.replace(/\s+/g, ' '),
      `[ '${join(root, 'build/Release/torchts.node')}', '${platformPackage}' ] `,
    );
  });

  it('says for which versions of libtorch there is one', () => {
    assert.match(
      load({ TORCHTS_LIBTORCH: libtorchOf('2.12.1') }),
      new RegExp(`^TTS_ADDON [^]*${platformPackage}: libtorch is version 2\\.12\\.1, and it has addons for 2\\.13\n`),
    );
  });

  it('is not taken in another version than that of torchts', () => {
    const manifest = join(folder, 'modules', platformPackage, 'package.json');
    writeFileSync(manifest, JSON.stringify({ name: platformPackage, version: '9.9.9' }));
    assert.match(
      load(),
      new RegExp(
        `^TTS_ADDON [^]*${platformPackage}: it is version 9\\.9\\.9, and torchts is ${packageVersion()}: install`,
      ),
    );
  });

  it('asks for libtorch alone where that is missing', () => {
    const text = load({ TORCHTS_LIBTORCH: '' });
    assert.match(text, new RegExp(`^TTS_ADDON [^]*${platformPackage}: there is no libtorch on this machine\n`));
    assert.match(text, /\n {2}1\. Run `npx torchts setup`: it gets libtorch\.\n/);
  });

  it('says which folder cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.match(
      load({ XDG_CACHE_HOME: join(folder, 'file') }),
      /The addon is put beside libtorch in \S+file\/torchts\/addons\/\w+, which fails \(.+\); set XDG_CACHE_HOME to a folder that can be written\./,
    );
  });

  it('needs no compiler to be set up', () => {
    const setup = (changes: NodeJS.ProcessEnv) =>
      checkout.run('ts/cli/torchts.ts', ['setup'], { ...environment, PATH: join(folder, 'nothing'), ...changes });
    const { status, stderr } = setup({});
    assert.match(stderr, new RegExp(`addon: that of ${platformPackage}\n$`));
    assert.equal(status, 0);
    assert.match(setup({ TORCHTS_BUILD: 'source' }).stderr, /^torchts: Building the addon needs CMake, and/);
    const wrong = setup({ TORCHTS_BUILD: 'sauce' });
    assert.deepEqual([wrong.status, wrong.stderr], [2, "torchts: TORCHTS_BUILD: expected source, found 'sauce'\n"]);
  });
});
