import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../ts/errors';
import { officialArchive } from '../../../ts/native/libtorch/archive';
import { nvidiaDriver } from '../../../ts/native/libtorch/driver';
import {
  describeChoice,
  driverProblem,
  flavourFor,
  requestedFlavour,
  suggestCuda,
} from '../../../ts/native/libtorch/flavour';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { Machine } from './machine';

describe('the flavour of libtorch', () => {
  it('is what the flag says, else TORCHTS_FLAVOUR, else not asked for', () => {
    assert.equal(requestedFlavour('cu130', { TORCHTS_FLAVOUR: 'cpu' }), 'cu130');
    assert.equal(requestedFlavour(undefined, { TORCHTS_FLAVOUR: 'cu126' }), 'cu126');
    assert.equal(requestedFlavour(undefined, {}), undefined);
  });

  it('is refused by name when no build is called so', () => {
    assert.throws(() => requestedFlavour('cuda'), UsageError);
    assert.throws(
      () => requestedFlavour(undefined, { TORCHTS_FLAVOUR: 'cu13.0' }),
      /^UsageError: TORCHTS_FLAVOUR is 'cu13\.0', which is no build of libtorch: use auto, cpu, or cu/,
    );
  });

  it('is suggested by the driver', () => {
    assert.match(suggestCuda('cpu', '580.65.06')!, /`torchts setup --flavour cu130`/);
    assert.match(suggestCuda('cpu', '570.10')!, /`torchts setup --flavour cu126`/);
    assert.match(suggestCuda('cpu', '535.54.03')!, /`torchts setup --flavour cu126`/);
    assert.match(
      suggestCuda('cpu', '470.1')!,
      /too old for any CUDA build of this libtorch \(525 or newer is needed\)/,
    );
    assert.equal(suggestCuda('cpu', undefined), undefined);
    assert.equal(suggestCuda('cu130', '580.65.06'), undefined);
  });

  it('for CUDA computes on the CPU where there is no driver that runs it, and a sentence says so', () => {
    assert.equal(
      driverProblem('cu130', undefined),
      "There is no CUDA driver on this machine: libtorch for CUDA (cu130) computes on the CPU until NVIDIA's driver is installed.",
    );
    assert.match(
      driverProblem('cu130', '570.10')!,
      /^The NVIDIA driver 570\.10 is too old for this libtorch \(cu130\), .*: install driver 580 or newer, or run `torchts setup --flavour cu126`\.$/,
    );
    assert.match(driverProblem('cu129', '470.1')!, /install driver 525 or newer, or run `torchts setup --flavour cpu`/);
    for (const [flavour, driver] of [
      ['cpu', undefined],
      ['cu130', '580.65.06'],
      ['cu129', '525.60.13'],
    ] as const)
      assert.equal(driverProblem(flavour, driver), undefined);
  });

  it('is with auto the newest CUDA build that the driver runs, else cpu', () => {
    assert.deepEqual(
      [undefined, '470.1', '525.60.13', '579.99', '580.65.06', '610.1'].map((driver) => flavourFor(driver)),
      ['cpu', 'cpu', 'cu126', 'cu126', 'cu130', 'cu130'],
    );
  });

  it('has an official archive where PyTorch publishes one', () => {
    assert.equal(
      officialArchive('cu130', undefined, 'linux', 'x64'),
      `libtorch-shared-with-deps-${LIBTORCH_VERSION}+cu130.zip`,
    );
    assert.equal(officialArchive('cpu', undefined, 'darwin', 'arm64'), `libtorch-macos-arm64-${LIBTORCH_VERSION}.zip`);
    assert.equal(officialArchive('cpu', undefined, 'linux', 'arm64'), undefined);
    assert.equal(officialArchive('cu130', undefined, 'darwin', 'arm64'), undefined);
  });
});

describe('the NVIDIA driver', () => {
  let machine: Machine;
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.restore());

  it("is what the kernel's module says", () => {
    for (const line of [
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun  6 22:20:39 UTC 2023',
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder@U22)',
    ]) {
      machine.write(machine.root, { 'proc/driver/nvidia/version': `${line}\nGCC version:  gcc version 12.2.0\n` });
      assert.equal(nvidiaDriver(machine.root), /\d{3}\.\d+\.\d+/.exec(line)![0]);
    }
  });

  it('is in the name of its C library, where a container hides the module and has no program', () => {
    const folder = join(machine.root, 'usr/lib/x86_64-linux-gnu');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'libcuda.so.550.54.15'), '');
    symlinkSync('libcuda.so.550.54.15', join(folder, 'libcuda.so.1'));
    assert.equal(nvidiaDriver(machine.root), '550.54.15');
  });

  it('is found in a folder of LD_LIBRARY_PATH', () => {
    const folder = machine.write(join(machine.root, 'driver'), { 'libcuda.so.581.1': '' });
    symlinkSync('libcuda.so.581.1', join(folder, 'libcuda.so.1'));
    assert.equal(nvidiaDriver('/', { LD_LIBRARY_PATH: folder }), '581.1');
  });

  it('is what its program says, where the library does not tell (WSL 2)', () => {
    machine.write(machine.root, { 'usr/lib/wsl/lib/libcuda.so.1': '' });
    machine.command('nvidia-smi', 'echo 572.16');
    assert.equal(nvidiaDriver(machine.root), '572.16');
  });

  it('is none where there is none, and the choice says so', () => {
    machine.command('nvidia-smi', 'exit 9');
    assert.equal(nvidiaDriver(machine.root), undefined);
  });

  it('decides what auto means, in one line', () => {
    const folder = machine.write(join(machine.root, 'driver'), { 'libcuda.so.535.54.03': '' });
    symlinkSync('libcuda.so.535.54.03', join(folder, 'libcuda.so.1'));
    if (nvidiaDriver('/', {})) return; // a machine with a driver of its own goes by that
    process.env.LD_LIBRARY_PATH = folder;
    assert.equal(requestedFlavour('auto'), 'cu126');
    assert.equal(
      describeChoice(undefined, { TORCHTS_FLAVOUR: 'auto' }),
      'Flavour cu126: the newest CUDA build that the NVIDIA driver 535.54.03 runs.',
    );
    assert.equal(describeChoice('cpu', { TORCHTS_FLAVOUR: 'auto' }), undefined);
  });
});
