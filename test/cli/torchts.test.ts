import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Checkout, type Output } from '../native/checkout';
import { libtorchFiles, Machine } from '../native/libtorch/machine';

const BUILT = join(__dirname, '../../build/Release/torchts.node');

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
        /^ +\S+wheels: it has no wheel of torch$/m,
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

    it('measures matrix products beside what the processor could do at most', () => {
      const { stdout } = checkout.run('ts/cli/torchts.ts', ['doctor'], { TORCHTS_ADDON: BUILT });
      const [, gflops, limit] =
        /^ok +products +(\d+) GFLOP\/s in float32 on \d+ threads?(?:, at most (\d+) on this processor)?/m.exec(stdout)!;
      assert.ok(Number(gflops) > 0);
      assert.equal(limit !== undefined, process.arch === 'x64');
      if (limit !== undefined) assert.ok(Number(limit) > Number(gflops) / 2, stdout);
    });

    it('says which kernels MKL computes with, and by what they were chosen', function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
      const said = (dispatch: string): string =>
        checkout.run('ts/cli/torchts.ts', ['doctor'], { TORCHTS_ADDON: BUILT, TORCHTS_MKL_DISPATCH: dispatch }).stdout;
      assert.match(said('vendor'), /: MKL's \S+ kernels, chosen by the processor's maker$/m);
      assert.match(said('features'), /: MKL's \S+ kernels, chosen by the processor's features$/m);
      const wrong = checkout.run('ts/cli/torchts.ts', ['doctor'], {
        TORCHTS_ADDON: BUILT,
        TORCHTS_MKL_DISPATCH: 'amd',
      });
      assert.equal(wrong.stderr, "torchts: TORCHTS_MKL_DISPATCH: expected features or vendor, found 'amd'\n");
    });

    it('suggests the CUDA build where there is an NVIDIA driver', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      machine.command('nvidia-smi', 'echo 580.65.06');
      assert.match(
        torchts('doctor').stdout,
        /^note +CUDA +An NVIDIA driver \(580\.65\.06\) is installed: `torchts setup --flavour cu130`/m,
      );
    });
  });

  describe('setup', () => {
    for (const [tool, said] of [
      ['cmake', 'CMake'],
      ['c++', 'a C\\+\\+ compiler'],
      ['make', 'ninja or make'],
    ] as const) {
      it(`ends with 1 and one sentence when ${tool} is missing, before anything is fetched`, () => {
        for (const name of tool === 'c++' ? ['c++', 'g++', 'clang++'] : tool === 'make' ? ['make', 'ninja'] : [tool])
          machine.command(name, 'exit 1');
        const { status, stdout, stderr } = torchts('setup');
        assert.deepEqual([status, stdout], [1, '']);
        assert.match(
          stderr,
          new RegExp(
            `^torchts: Building the addon needs ${said}, and \`\\S+\` cannot be run; install them with .*\\.\\n$`,
          ),
        );
      });
    }

    it('ends with 1 and one sentence when CMake is too old', () => {
      machine.command('cmake', 'echo cmake version 3.10.2');
      const { status, stderr } = torchts('setup');
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^torchts: Building the addon needs CMake 3\.18 or newer, and `cmake` is 3\.10\.2; install them with .*\n$/,
      );
      assert.match(torchts('doctor').stdout, /^missing CMake +cmake 3\.10\.2$[^]*\d\. Get CMake 3\.18 or newer/m);
    });

    it('shows the end of the log when the build fails', () => {
      process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
      const { status, stderr } = torchts('setup');
      assert.equal(status, 1);
      assert.match(
        stderr,
        /torchts: cmake-js configure failed \(the whole log: \S+torchts\.log\):\n[^]*CMakeLists\.txt/,
      );
    });

    it('says which folder of the cache cannot be written, why, and what to do', () => {
      process.env.XDG_CACHE_HOME = '/dev/null';
      const { status, stderr } = torchts('setup');
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^torchts: \/dev\/null\/torchts: a part of its path is a file where a folder should be \(ENOTDIR\)\. libtorch is kept in \/dev\/null\/torchts; set XDG_CACHE_HOME to a folder that can be written, with 3 GB free\.\n$/,
      );
      assert.match(
        torchts('doctor').stdout,
        /^note +cache +\/dev\/null\/torchts cannot be made: \/dev\/null is no folder$[^]*\d\. Set XDG_CACHE_HOME/m,
      );
    });

    it('goes by TORCHTS_FLAVOUR when the first command of another program gets libtorch', () => {
      const script = `require('./ts/cli/setup.ts').ensureReady().catch((error) => console.log(error.message))`;
      const { stdout } = checkout.evaluate(script, { TORCHTS_FLAVOUR: 'cu13.0' });
      assert.match(stdout, /^TORCHTS_FLAVOUR is 'cu13\.0', which is no build of libtorch: /);
    });

    it('ends with 2 for a flavour that does not exist', () => {
      const { status, stderr } = torchts('setup', '--flavour', 'gpu');
      assert.equal(status, 2);
      assert.match(stderr, /^torchts: --flavour is 'gpu', which is no build of libtorch/);
    });

    it('teaches the order of places in its help', () => {
      const { status, stdout } = torchts('setup', '--help');
      assert.equal(status, 0);
      assert.match(
        stdout,
        /1\. TORCHTS_LIBTORCH[^]*4\. the official archive[^]*5\. the wheel[^]*\nFor CUDA 5 comes before 4: /,
      );
      assert.match(stdout, /Indexes are asked in this order:\n {2}TORCHTS_INDEX [^]*PIP_INDEX_URL[^]*TORCHTS_MIRROR/);
    });

    it('makes a pack without anything that a build needs, and takes it with --from on a machine that has no network', () => {
      for (const name of ['cmake', 'c++', 'g++', 'clang++', 'make', 'ninja']) machine.command(name, 'exit 1');
      machine.wheel();
      process.env.TORCHTS_INDEX = machine.wheels;
      const pack = join(machine.root, 'libtorch.zip');
      const made = torchts('setup', '--offline-pack', pack);
      assert.deepEqual([made.status, made.stdout], [0, '']);
      assert.match(
        made.stderr,
        /libtorch\.zip: copy it to the other machine, and run `torchts setup --from` with it there\.\n$/,
      );
      assert.match(torchts('setup', '--from', pack).stderr, /^torchts: Building the addon needs CMake/);
      assert.equal(
        torchts('setup', '--from', pack, '--offline-pack', pack).stderr,
        'torchts: Expected --from or --offline-pack, found both: one reads a pack, the other writes one.\n',
      );
    });

    it('says in one line what flavour auto has chosen', () => {
      const { stderr } = torchts('setup', '--flavour', 'auto', '--offline-pack', '/no/such/folder/pack.zip');
      assert.match(stderr, /^Flavour cpu: this machine has no NVIDIA driver\.$/m);
    });
  });

  describe('cache', () => {
    it('lists and prunes what was fetched', () => {
      assert.match(torchts('cache', 'list').stdout, /^The cache is empty: \S+torchts\n$/);
      const old = join(machine.cache, 'libtorch-2.12.0-cpu');
      machine.write(old, { 'lib/a.so': 'x'.repeat(200_000), 'torchts.json': '{"version":"2.12.0","flavour":"cpu"}' });
      assert.match(
        torchts('cache', 'list').stdout,
        /^ +0\.2 MB {2}libtorch-2\.12\.0-cpu {2}libtorch 2\.12\.0 \(cpu\), of another version than this torchts takes \(2\.13\.0, 2\.14\.1\)\n +0\.2 MB in \S+\n$/,
      );
      assert.match(torchts('cache', 'prune', '--dry-run').stdout, /\n +0\.2 MB would be deleted\n$/);
      assert.match(torchts('cache', 'prune').stdout, /\n +0\.2 MB deleted\n$/);
      assert.equal(torchts('cache', 'prune').stdout, 'There is nothing to delete.\n');
    });
  });

  describe('on a machine that lacks what others have', () => {
    const NO_HOME =
      /No home folder is known for the cache: HOME is not set, and the system has none for this user; set HOME or XDG_CACHE_HOME to a folder that can be written\./;

    it('takes the home of the list of users where HOME is absent or empty', () => {
      for (const HOME of [undefined, '']) {
        const { status, stdout } = checkout.run('ts/cli/torchts.ts', ['doctor'], { HOME });
        assert.equal(status, 1);
        assert.match(
          stdout,
          new RegExp(`not ${userInfo().homedir}/\\.cache/torchts/libtorch|libtorch.*${userInfo().homedir}/\\.cache`),
        );
      }
    });

    it('says what to set where neither HOME nor the list of users names a home', function () {
      if (process.getuid?.() !== 0) {
        this.test!.title += ' (skipped: only root can run a program as a user that the system does not know)';
        this.skip();
      }
      chmodSync(checkout.root, 0o777);
      chmodSync(machine.root, 0o755);
      for (const HOME of [undefined, '']) {
        const unknown = (...args: string[]): Output =>
          checkout.run('ts/cli/torchts.ts', args, { HOME }, { uid: 54_321, gid: 54_321 });
        const setup = unknown('setup');
        assert.equal(setup.status, 1);
        assert.match(setup.stderr, new RegExp(`^torchts: ${NO_HOME.source}\\n$`));
        const doctor = unknown('doctor');
        assert.match(doctor.stdout, /^note +cache +no folder for it is known$/m);
        assert.match(doctor.stdout, new RegExp(`\\d\\. ${NO_HOME.source}`));
      }
    });

    it('says that Node is too old, before anything else', () => {
      const old = join(checkout.root, 'old.cjs');
      writeFileSync(
        old,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });`,
      );
      for (const command of ['setup', 'doctor']) {
        const { status, stdout, stderr } = checkout.run('ts/cli/torchts.ts', [command], {
          NODE_OPTIONS: `--require ${old}`,
        });
        assert.deepEqual([status, stdout], [1, '']);
        assert.equal(
          stderr,
          'torchts: torchts needs Node.js 20.19, 22.12 or newer, and this is 18.20.8: install a newer one, from nodejs.org or with your version manager.\n',
        );
      }
    });

    for (const [machine, changed, said] of [
      [
        'Node is built for 32 bits',
        `Object.defineProperty(process, 'arch', { value: 'ia32' });`,
        /^InputError: This Node\.js is built for ia32, and libtorch is published for 64-bit x86 and ARM only: .*install the 64-bit Node\.js \(x64 or arm64\)\.\n$/,
      ],
      [
        'glibc is too old',
        `process.report.getReport = () => ({ header: { glibcVersionRuntime: '2.17' } });`,
        /^InputError: This system has glibc 2\.17, and libtorch needs 2\.28 or newer: use Debian 10, .*\.\n$/,
      ],
    ] as const)
      it(`says in one sentence that ${machine}, before anything is fetched`, function () {
        if (process.platform !== 'linux') this.skip();
        // What compiles the sources here looks at the machine too, so that is changed afterwards.
        const script = `const { setup } = require('./ts/cli/setup.ts'); const { silent } = require('./ts/native/listener.ts'); ${changed} setup({}, silent).catch((error) => console.log(String(error)));`;
        assert.match(checkout.evaluate(script).stdout, said);
      });

    it('says that musl has no libtorch', () => {
      const alpine = join(checkout.root, 'alpine.cjs');
      writeFileSync(alpine, 'process.report.getReport = () => ({ header: {} });');
      const said =
        /This Linux has musl as its C library \(Alpine\), and libtorch is published for glibc only: use a Debian or Ubuntu image/;
      const environment = { NODE_OPTIONS: `--require ${alpine}` };
      const setup = checkout.run('ts/cli/torchts.ts', ['setup'], environment);
      assert.equal(setup.status, 1);
      assert.match(setup.stderr, said);
      assert.match(
        checkout.run('ts/cli/torchts.ts', ['doctor'], environment).stdout,
        new RegExp(`^missing platform [^]*\\d\\. ${said.source}`, 'm'),
      );
      assert.match(checkout.evaluate(`require('./ts/native/load.ts').loadAddon()`, environment).stderr, said);
    });
  });
});
