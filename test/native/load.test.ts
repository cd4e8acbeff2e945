import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkout } from './checkout';

const LOAD = `require('./ts/native/load.ts').loadAddon()`;
const PLATFORM_PACKAGE = `@torchts/${process.platform}-${process.arch}-cpu`;

describe('loading the addon', () => {
  let checkout: Checkout;
  beforeEach(() => (checkout = new Checkout()));
  afterEach(() => checkout.remove());

  const message = (script = LOAD): string => checkout.evaluate(`try { ${script} } catch (error) { console.log(error.code + '\\n' + error.message) }`).stdout;
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
      '  1. Run `npx torchts setup`: it gets libtorch and builds the addon (a C++20 compiler and CMake are needed).',
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
    const places = checkout.evaluate(`console.log(require('./ts/native/load.ts').addonPlaces()[0])`, { TORCHTS_ADDON: 'build/other.node' });
    assert.equal(places.stdout, `${join(realpathSync(checkout.root), 'build/other.node')}\n`);
  });

  it('says that libtorch is gone when the loader misses its libraries', () => {
    const fixes = `console.log(require('./ts/native/load.ts').addonFixes([{ place: 'x', reason: 'libtorch_cpu.so: cannot open shared object file' }])[0])`;
    assert.match(checkout.evaluate(fixes).stdout, /^The libtorch that the addon was built against is gone: run `npx torchts setup`/);
  });

  it('reads the folder of the libraries from the record of the build', () => {
    mkdirSync(join(checkout.root, 'build'));
    writeFileSync(join(checkout.root, 'build/CMakeCache.txt'), 'A:STRING=b\nTORCHTS_LIBTORCH:UNINITIALIZED=/some/libtorch\n');
    assert.equal(checkout.evaluate(`console.log(require('./ts/native/load.ts').libtorchLibFolder())`).stdout, '/some/libtorch/lib\n');
  });
});
