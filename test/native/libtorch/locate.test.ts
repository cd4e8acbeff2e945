import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { writeChoice } from '../../../ts/native/libtorch/cache';
import { locateLibtorch } from '../../../ts/native/libtorch/locate';
import { findPythonTorch } from '../../../ts/native/libtorch/python';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { libtorchFiles, Machine } from './machine';

describe('locating libtorch', () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.restore());

  const cached = (flavour = 'cpu'): string => join(machine.cache, `libtorch-${LIBTORCH_VERSION}-${flavour}`);
  const marker = JSON.stringify({ version: LIBTORCH_VERSION, flavour: 'cpu', archives: [] });

  it('names every place in order when there is none', () => {
    const { found, attempts } = locateLibtorch(undefined);
    assert.equal(found, undefined);
    assert.deepEqual(attempts, [
      { location: 'TORCHTS_LIBTORCH', reason: 'it is not set' },
      { location: cached(), reason: 'nothing was fetched yet' },
      { location: 'torch of python3', reason: 'python3 has no package torch' },
      { location: 'torch of python', reason: 'python has no package torch' },
    ]);
  });

  it('takes TORCHTS_LIBTORCH before everything else, of any supported version', () => {
    machine.write(cached(), { ...libtorchFiles(), 'torchts.json': marker });
    const folder = machine.write(join(machine.root, 'own'), libtorchFiles('2.14.1', 'cu130'));
    process.env.TORCHTS_LIBTORCH = folder;
    assert.deepEqual(locateLibtorch(undefined).found, {
      folder,
      version: '2.14.1',
      flavour: 'cu130',
      source: 'TORCHTS_LIBTORCH',
    });
  });

  it('says what is wrong with TORCHTS_LIBTORCH', () => {
    const reason = (): string | undefined => locateLibtorch(undefined).attempts[0]?.reason;
    process.env.TORCHTS_LIBTORCH = join(machine.root, 'absent');
    assert.equal(reason(), 'the folder does not exist');
    process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'headers'), { 'include/ATen/core/Tensor.h': '' });
    assert.match(reason()!, /^lib\/libtorch_cpu\.(so|dylib) is missing$/);
    process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'old'), libtorchFiles('2.1.0'));
    assert.equal(reason(), 'it is version 2.1.0, and torchts takes 2.11 to 2.14');
  });

  it('takes the cache, and XDG_CACHE_HOME moves it', () => {
    const folder = machine.write(cached(), { ...libtorchFiles(), 'torchts.json': marker });
    assert.deepEqual(locateLibtorch(undefined).found, {
      folder,
      version: LIBTORCH_VERSION,
      flavour: 'cpu',
      source: 'cache',
    });
    process.env.XDG_CACHE_HOME = join(machine.root, 'xdg');
    assert.equal(
      locateLibtorch(undefined).attempts[1]?.location,
      join(machine.root, 'xdg', 'torchts', `libtorch-${LIBTORCH_VERSION}-cpu`),
    );
  });

  it('does not take a cache folder without the mark of completion', () => {
    machine.write(cached(), libtorchFiles());
    const { found, attempts } = locateLibtorch(undefined);
    assert.equal(found, undefined);
    assert.deepEqual(attempts[1], { location: cached(), reason: 'it is not complete' });
  });

  it('keeps a folder for each flavour', () => {
    machine.write(cached(), { ...libtorchFiles(), 'torchts.json': marker });
    assert.equal(locateLibtorch('cu130').attempts[1]?.location, cached('cu130'));
  });

  it('takes another version that torchts is shipped for from the cache, and the build that was asked for last before all', () => {
    const fetched = (version: string, flavour: string): string =>
      machine.write(join(machine.cache, `libtorch-${version}-${flavour}`), {
        ...libtorchFiles(version, flavour),
        'torchts.json': JSON.stringify({ version, flavour, archives: [] }),
      });
    const found = (): string | undefined => locateLibtorch(undefined).found?.folder;
    const cuda = fetched('2.14.1', 'cu130');
    assert.equal(found(), undefined);
    const newer = fetched('2.14.1', 'cpu');
    assert.equal(found(), newer);
    const pinned = fetched(LIBTORCH_VERSION, 'cpu');
    assert.equal(found(), pinned);
    for (const [flavour, folder] of [
      ['cu130', cuda],
      ['cpu', newer],
    ] as const) {
      writeChoice({ version: '2.14.1', flavour });
      assert.equal(found(), folder);
    }
    assert.equal(locateLibtorch('cu130').found?.folder, cuda);
    assert.equal(locateLibtorch('cu126').found, undefined);
    writeChoice({ version: '2.14.1', flavour: 'cu126' });
    assert.equal(found(), pinned);
  });

  it("takes Python's torch of the same version", () => {
    const folder = machine.write(join(machine.root, 'site-packages', 'torch'), libtorchFiles());
    machine.pythonTorch(folder, `${LIBTORCH_VERSION}+cpu`);
    assert.deepEqual(locateLibtorch(undefined).found, {
      folder,
      version: LIBTORCH_VERSION,
      flavour: 'cpu',
      source: 'Python',
    });
    assert.equal(locateLibtorch('cu130').attempts[2]?.reason, 'it is the flavour cpu, not cu130');
  });

  it('finds the torch of a real Python without importing it', function () {
    machine.restore();
    const python = findPython();
    machine = new Machine();
    if (!python) return this.skip();
    const folder = machine.write(join(machine.root, 'site', 'torch'), {
      ...libtorchFiles(),
      '__init__.py': 'raise SystemExit("imported")',
    });
    process.env.PYTHONPATH = join(machine.root, 'site');
    try {
      assert.deepEqual(findPythonTorch(python), {
        python,
        folder: realpathSync(folder),
        version: `${LIBTORCH_VERSION}+cpu`,
      });
    } finally {
      delete process.env.PYTHONPATH;
    }
  });

  it("does not take Python's torch of another version", () => {
    const folder = machine.write(join(machine.root, 'site-packages', 'torch'), libtorchFiles('2.12.0'));
    machine.pythonTorch(folder, '2.12.0+cpu');
    assert.deepEqual(locateLibtorch(undefined).attempts[2], {
      location: folder,
      reason: `it is version 2.12.0+cpu, not ${LIBTORCH_VERSION}`,
    });
  });

  it('asks the interpreter in TORCHTS_PYTHON alone', () => {
    process.env.TORCHTS_PYTHON = join(machine.root, 'no-python');
    const { attempts } = locateLibtorch(undefined);
    assert.deepEqual(attempts.slice(2), [
      {
        location: `torch of ${process.env.TORCHTS_PYTHON}`,
        reason: `${process.env.TORCHTS_PYTHON} cannot be run (ENOENT)`,
      },
    ]);
  });
});

/** The path of this machine's own interpreter. */
function findPython(): string | undefined {
  const reply = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return reply.status === 0 ? reply.stdout.trim() : undefined;
}
