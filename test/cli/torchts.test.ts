import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkout, type Output } from '../native/checkout';
import { libtorchFiles, Machine } from '../native/libtorch/machine';

describe('torchts', () => {
  let machine: Machine;
  let checkout: Checkout;
  beforeEach(() => {
    machine = new Machine();
    checkout = new Checkout();
  });
  afterEach(() => {
    checkout.remove();
    machine.restore();
  });

  const torchts = (...args: string[]): Output => checkout.run('ts/cli/torchts.ts', args);

  describe('doctor', () => {
    it('names every place tried for libtorch and the addon, and numbers the fixes', () => {
      machine.pip();
      const { status, stdout, stderr } = torchts('doctor');
      assert.equal(status, 1);
      assert.equal(stderr, '');
      for (const line of [
        /^ok +platform +\w+-\w+, Node \d+/m,
        /^missing libtorch +not on this machine$/m,
        /not TORCHTS_LIBTORCH: it is not set$/m,
        /not \S+libtorch-\S+-cpu: nothing was fetched yet$/m,
        /not torch of python3: python3 has no package torch$/m,
        /^ +download\.pytorch\.org: /m,
        /^ +pip of python3: its index has no torch$/m,
        /^missing addon +it is not built$/m,
        /not \S+torchts\.node: it is not built$/m,
        /^What to do:\n {2}1\. /m,
        /\d\. Run `npx torchts setup`/,
      ]) {
        assert.match(stdout, line);
      }
    });

    it('says which libtorch would be taken', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      assert.match(torchts('doctor').stdout, /^ok +libtorch +[\d.]+ \(cpu\) from TORCHTS_LIBTORCH: \S+own$/m);
    });

    it('says that a wrong TORCHTS_LIBTORCH is to be corrected', () => {
      process.env.TORCHTS_LIBTORCH = '/no/such/folder';
      const { stdout } = torchts('doctor');
      assert.match(stdout, /not TORCHTS_LIBTORCH \(\/no\/such\/folder\): the folder does not exist/);
      assert.match(stdout, /\d\. Correct or unset TORCHTS_LIBTORCH\./);
    });

    it('survives an addon that crashes while it loads', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      mkdirSync(join(checkout.root, 'build/Release'), { recursive: true });
      writeFileSync(join(checkout.root, 'build/Release/torchts.node'), 'no library');
      const { status, stdout } = torchts('doctor');
      assert.equal(status, 1);
      assert.match(stdout, /^missing addon +it does not load\n.*torchts\.node: .*(too short|ELF|mach-o)/m);
    });

    it('suggests the CUDA build where there is an NVIDIA driver', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      machine.command('nvidia-smi', 'echo 580.65.06');
      assert.match(torchts('doctor').stdout, /^note +CUDA +An NVIDIA driver \(580\.65\.06\) is installed: `torchts setup --flavour cu130`/m);
    });
  });

  describe('setup', () => {
    it('ends with 1 and one sentence when a tool is missing', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      machine.command('cmake', 'exit 1');
      const { status, stderr } = torchts('setup');
      assert.equal(status, 1);
      assert.match(stderr, /torchts: Building the addon needs CMake, and `cmake` cannot be run; install them with .*\.\n$/);
    });

    it('shows the end of the log when the build fails', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      const { status, stderr } = torchts('setup');
      assert.equal(status, 1);
      assert.match(stderr, /torchts: cmake-js configure failed \(the whole log: \S+torchts\.log\):\n[^]*CMakeLists\.txt/);
    });

    it('ends with 2 for a flavour that does not exist', () => {
      const { status, stderr } = torchts('setup', '--flavour', 'gpu');
      assert.equal(status, 2);
      assert.match(stderr, /^torchts: --flavour is 'gpu', which is no build of libtorch/);
    });

    it('teaches the order of places in its help', () => {
      const { status, stdout } = torchts('setup', '--help');
      assert.equal(status, 0);
      assert.match(stdout, /1\. TORCHTS_LIBTORCH[^]*4\. the official archive[^]*5\. the wheel[^]*\nFor CUDA 5 comes before 4: /);
    });
  });
});
