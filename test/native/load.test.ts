import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { nvidiaDriver } from '../../ts/native/libtorch/driver';
import { Checkout } from './checkout';
import { libtorchFiles, Machine } from './libtorch/machine';

const LOAD = `require('./ts/native/load.ts').loadAddon()`;
const PLATFORM_PACKAGE = `@torchts/${process.platform}-${process.arch}`;

/** Node 20 and 22 called it an experiment. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

describe('loading the addon', () => {
  let checkout: Checkout;
  beforeEach(() => (checkout = new Checkout()));
  afterEach(() => checkout.remove());

  const message = (script = LOAD): string =>
    checkout.evaluate(`try { ${script} } catch (error) { console.log(error.code + '\\n' + error.message) }`).stdout;
  const addon = (content: string): void => {
    mkdirSync(join(checkout.root, 'build/Release'), { recursive: true });
    writeFileSync(join(checkout.root, 'build/Release/torchts.node'), content);
  };

  it('lists what was tried, the platform and numbered fixes when there is none', () => {
    assert.deepEqual(message().trimEnd().split('\n'), [
      'TTS_ADDON',
      `The native addon of torchts does not load on ${process.platform}-${process.arch} with Node ${process.versions.node}.`,
      'Tried:',
      `  ${join(checkout.root, 'build/Release/torchts.node')}: it is not built`,
      `  ${PLATFORM_PACKAGE}: it is not installed`,
      'What to do:',
      '  1. Run `npx torchts setup`: it gets libtorch and builds the addon (a C++20 compiler, CMake and the npm packages cmake-js@8.0.0 and node-addon-api@8.9.2 are needed).',
      '  2. Run `npx torchts doctor`: it says what this machine lacks.',
    ]);
  });

  it('passes on what the loader says about a file that is no addon', () => {
    addon('no library');
    assert.match(message(), /torchts\.node: .*(file too short|invalid ELF header|not a mach-o)/);
  });

  it('knows whether there is one without loading it', () => {
    const present = `console.log(require('./ts/native/load.ts').addonPresent())`;
    assert.equal(checkout.evaluate(present).stdout, 'false\n');
    addon('no library');
    assert.equal(checkout.evaluate(present).stdout, 'true\n');
  });

  it('takes the build that TORCHTS_ADDON names', () => {
    const indices = checkout.evaluate(`console.log(require('./ts/native/load.ts').addonLocations()[0])`, {
      TORCHTS_ADDON: 'build/other.node',
    });
    assert.equal(indices.stdout, `${join(realpathSync(checkout.root), 'build/other.node')}\n`);
  });

  it('says that libtorch is gone when the loader misses its libraries', () => {
    const fixes = `console.log(require('./ts/native/load.ts').addonFixes([{ place: 'x', reason: 'libtorch_cpu.so: cannot open shared object file' }])[0])`;
    assert.match(
      checkout.evaluate(fixes).stdout,
      /^The libtorch that the addon was built against is gone: run `npx torchts setup`/,
    );
  });

  it('reads the folder of the libraries from the record of the build', () => {
    mkdirSync(join(checkout.root, 'build'));
    writeFileSync(
      join(checkout.root, 'build/CMakeCache.txt'),
      'A:STRING=b\nTORCHTS_LIBTORCH:UNINITIALIZED=/some/libtorch\n',
    );
    assert.equal(
      checkout.evaluate(`console.log(require('./ts/native/load.ts').libtorchLibFolder())`).stdout,
      '/some/libtorch/lib\n',
    );
  });

  it('says why a libtorch for CUDA computes on the CPU', function () {
    if (nvidiaDriver() !== undefined) this.skip();
    const machine = new Machine();
    try {
      const problem = (flavour: string): string => {
        const TORCHTS_LIBTORCH = machine.write(join(machine.root, flavour), libtorchFiles('2.13.0', flavour));
        const script = `console.log(require('./ts/native/load.ts').cudaProblem())`;
        return checkout.evaluate(script, { TORCHTS_LIBTORCH }).stdout;
      };
      assert.match(
        problem('cu130'),
        /^There is no CUDA driver on this machine: libtorch for CUDA \(cu130\) computes on/,
      );
      assert.equal(problem('cpu'), 'undefined\n');
    } finally {
      machine.restore();
    }
  });

  describe('where Node is not to load addons', () => {
    const BUILT = join(__dirname, '../../build/Release/torchts.node');
    let program: string;
    beforeEach(() => {
      // In plain JavaScript: what compiles TypeScript may not run under the permission model.
      program = join(realpathSync(checkout.root), 'dist/load.js');
      buildSync({
        entryPoints: [join(checkout.root, 'ts/native/load.ts')],
        bundle: true,
        platform: 'node',
        outfile: program,
      });
    });

    const said = (...flags: string[]): string => {
      const script = `try { require(${JSON.stringify(program)}).loadAddon(); console.log('loaded') } catch (error) { console.log(error.code, error.message) }`;
      return spawnSync(process.execPath, [...flags, '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, TORCHTS_ADDON: BUILT },
      }).stdout;
    };

    it('is done by a Node without such flags', () => assert.equal(said(), 'loaded\n'));

    it('says to start Node without --no-addons', () => {
      assert.match(
        said('--no-addons'),
        /^TTS_ADDON [^]*\n {2}1\. Start Node without `--no-addons` \(NODE_OPTIONS may hold it\): torchts is a native addon\.\n$/,
      );
    });

    it('says to allow addons under the permission model', () => {
      assert.match(
        said(PERMISSION, '--allow-fs-read=*'),
        /^TTS_ADDON [^]*\n {2}1\. Start Node with `--allow-addons`, or without `--permission`\.\n$/,
      );
      assert.equal(said(PERMISSION, '--allow-fs-read=*', '--allow-addons'), 'loaded\n');
    });

    it('says to allow reading where the permission model hides the addon', () => {
      const text = said(PERMISSION, `--allow-fs-read=${realpathSync(checkout.root)}`, '--allow-addons');
      assert.match(
        text,
        /^TTS_ADDON [^]*torchts\.node: Node's permission model does not let it be read\n[^]*1\. Start Node with `--allow-fs-read=\S+` and `--allow-addons`, or without `--permission`\.\n$/,
      );
    });
  });

  it('names another runtime than Node, and says that torchts is made for Node', () => {
    const text = message(`Object.defineProperty(process.versions, 'bun', { value: '1.3.0' }); ${LOAD}`);
    assert.match(
      text,
      /does not load on \S+ with Bun 1\.3\.0\.\n[^]*\n {2}1\. Use Node\.js for what needs torchts, in a process of its own: the addon is made for it, and nobody has tried Bun 1\.3\.0\.$/m,
    );
  });
});
