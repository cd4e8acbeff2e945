import assert from 'node:assert/strict';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listCache, pruneCache } from '../../../ts/native/libtorch/cache-entries';
import { FileLock } from '../../../ts/native/lock';
import { LIBTORCH_VERSION, LIBTORCH_VERSIONS } from '../../../ts/native/package';
import { Machine } from './machine';

describe('the cache', () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.restore());

  const libtorch = (version: string, flavour = 'cpu', headers?: boolean): string =>
    machine.write(join(machine.cache, `libtorch-${version}-${flavour}`), {
      'lib/libc10.so': 'x'.repeat(1000),
      'torchts.json': JSON.stringify({ version, flavour, archives: [], headers }),
    });

  it('is empty before anything was fetched', () => {
    assert.deepEqual(listCache(), []);
    assert.deepEqual(pruneCache(), []);
  });

  it('tells size and use of what lies in it, and keeps what is used', () => {
    const linked = libtorch('2.12.0');
    libtorch('2.11.0', 'cu126');
    libtorch(LIBTORCH_VERSION, 'cpu', false);
    machine.write(machine.cache, {
      'libtorch-2.11.0-cu126.sha256': 'x',
      'libtorch-2.13.0-cu130.partial/lib/a.so': 'xx',
      'libtorch-2.9.0-cpu/lib/a.so': 'x',
      'downloads/2.13.0-cpu/a.zip.part': 'xxx',
      'downloads/2.13.0-cpu.pack/a.whl': 'x',
    });
    const texts = Object.fromEntries(listCache(linked).map(({ name, text, isKept }) => [name, [text, isKept]]));
    assert.deepEqual(texts, {
      'downloads/2.13.0-cpu': ['a download that was cut; the next one goes on from it', false],
      'downloads/2.13.0-cpu.pack': ['left over by a process that was ended', false],
      'libtorch-2.11.0-cu126': [
        `libtorch 2.11.0 (cu126), of another version than this torchts takes (${LIBTORCH_VERSIONS.join(', ')})`,
        false,
      ],
      'libtorch-2.12.0-cpu': ['libtorch 2.12.0 (cpu), the addon is linked to it', true],
      [`libtorch-${LIBTORCH_VERSION}-cpu`]: [
        `libtorch ${LIBTORCH_VERSION} (cpu) without headers, of a version that this torchts takes`,
        true,
      ],
      'libtorch-2.13.0-cu130.partial': ['left over by a process that was ended', false],
      'libtorch-2.9.0-cpu': ['not complete', false],
    });
    assert.equal(listCache(linked).find(({ name }) => name === 'downloads/2.13.0-cpu')!.bytes, 3);

    const would = pruneCache(linked, { dryRun: true });
    assert.equal(would.length, 5);
    assert.equal(listCache(linked).length, 7);
    assert.deepEqual(pruneCache(linked), would);
    assert.deepEqual(
      listCache(linked).map(({ isKept }) => isKept),
      [true, true],
    );
    assert.ok(!existsSync(join(machine.cache, 'libtorch-2.11.0-cu126.sha256')));
  });

  it('keeps the addon of a package for as long as there is the libtorch that it is linked to', () => {
    const folder = machine.write(join(machine.cache, 'addons', 'ab12'), { 'torchts.node': 'code' });
    symlinkSync(join(libtorch(LIBTORCH_VERSION), 'lib', 'libc10.so'), join(folder, 'libc10.so'));
    assert.deepEqual(pruneCache(), []);
    rmSync(join(machine.cache, `libtorch-${LIBTORCH_VERSION}-cpu`), { recursive: true });
    assert.deepEqual(
      pruneCache().map(({ text }) => text),
      ['an addon for a libtorch that is gone'],
    );
    assert.ok(!existsSync(folder));
  });

  it('is left alone where another process is filling it', () => {
    machine.write(machine.cache, {
      'libtorch-2.13.0-cpu.partial/lib/a.so': 'x',
      'downloads/2.13.0-cpu/a.zip.part': 'x',
    });
    const lock = FileLock.tryTake(join(machine.cache, 'libtorch-2.13.0-cpu.lock'))!;
    assert.deepEqual(pruneCache(), []);
    lock.release();
    assert.equal(pruneCache().length, 2);
  });
});
