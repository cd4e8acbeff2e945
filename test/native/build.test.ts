import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Checkout, type Output } from './checkout';
import { libtorchFiles, Machine } from './libtorch/machine';

/** A CMakeLists.txt that needs no compiler: it is there, and so is what it makes. */
const CMAKE_LISTS = `cmake_minimum_required(VERSION 3.18)
project(torchts NONE)
add_custom_target(torchts COMMAND \${CMAKE_COMMAND} -E touch \${CMAKE_BINARY_DIR}/Release/torchts.node)
`;

/** Whether a process is there that is no zombie: who is to reap one is none of the command's business. */
function isRunning(pid: number): boolean {
  // A sanitizer that is preloaded into these tests has no business in a program of the system.
  const env = { ...process.env, LD_PRELOAD: '' };
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8', env });
  return /^[^Z\s]/.test(stdout);
}

describe('building the addon', function () {
  this.timeout(120_000);
  let machine: Machine;
  let checkout: Checkout;
  beforeEach(() => {
    machine = new Machine();
    checkout = new Checkout();
    process.env.TORCHTS_LIBTORCH = machine.write(join(machine.root, 'own'), libtorchFiles());
    writeFileSync(join(checkout.root, 'CMakeLists.txt'), CMAKE_LISTS);
    mkdirSync(join(checkout.root, 'build/Release'), { recursive: true });
  });
  afterEach(() => {
    checkout.remove();
    machine.restore();
  });

  const setup = (...args: string[]): Output => checkout.run('ts/cli/torchts.ts', ['setup', ...args]);
  const inBuild = (name: string): string => join(checkout.root, 'build', name);

  it('works again after the checkout was renamed, and says why it compiles anew', () => {
    assert.deepEqual(setup().status, 0);
    const moved = `${checkout.root}-moved`;
    renameSync(checkout.root, moved);
    const before = checkout.root;
    Object.assign(checkout, { root: moved });
    const { status, stderr } = setup();
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      new RegExp(
        `The record of the last build in ${moved}/build is of no use \\(it was made for ${before}\\); compiling anew\\.`,
      ),
    );
    assert.doesNotMatch(setup().stderr, /compiling anew/);
  });

  it('works again after a tool that it was made with is gone', () => {
    assert.equal(setup().status, 0);
    const cache = readFileSync(inBuild('CMakeCache.txt'), 'utf8');
    writeFileSync(inBuild('CMakeCache.txt'), cache.replace(/^(CMAKE_MAKE_PROGRAM:\w+)=.*$/m, '$1=/no/such/ninja'));
    const { status, stderr } = setup();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\(\/no\/such\/ninja is gone\); compiling anew\./);
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const) {
    it(`leaves no compiler running when it is ended by ${signal}, and the next one need not wait`, async () => {
      // A build tool that does not pass the signal on, as cmake-js does not.
      machine.command(
        'cmake',
        `case "$*" in *--build*) sleep 600 & echo $! > ${checkout.root}/compiler; wait ;; *) echo cmake version 3.30.0 ;; esac`,
      );
      const child = spawn(
        process.execPath,
        ['--require', require.resolve('tsx/cjs'), join(checkout.root, 'ts/cli/torchts.ts'), 'setup'],
        { cwd: checkout.root, env: { ...process.env, TORCHTS_ADDON: '' } },
      );
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      while (
        !existsSync(join(checkout.root, 'compiler')) ||
        readFileSync(join(checkout.root, 'compiler'), 'utf8') === ''
      )
        await setTimeout(50);
      const compiler = Number(readFileSync(join(checkout.root, 'compiler'), 'utf8'));
      assert.ok(isRunning(compiler));
      child.kill(signal);
      const [exitCode] = (await once(child, 'close')) as [number | null];
      assert.equal(exitCode, code, stderr);
      assert.match(stderr, new RegExp(`^torchts: Stopped by ${signal}\\.$`, 'm'));
      assert.ok(!isRunning(compiler));
      assert.ok(!existsSync(inBuild('torchts-build.lock')));
    });
  }

  it('says which file cannot be written, and why', () => {
    symlinkSync('/dev/full', inBuild('torchts.log'));
    const { status, stderr } = setup();
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^torchts: \S+\/build\/torchts\.log: the disk is full \(ENOSPC\)\. The addon is built in \S+\/build; make that folder writable, with 2 GB free, and run `torchts setup` again\.$/m,
    );
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it('says that the disk is full when the compiler does', () => {
    machine.command(
      'cmake',
      `case "$*" in *--build*) echo "fatal error: error writing to x.o: No space left on device"; exit 1 ;; *) echo cmake version 3.30.0 ;; esac`,
    );
    const { status, stderr } = setup();
    assert.equal(status, 1);
    assert.match(stderr, /^torchts: The disk is full\. cmake-js build failed \(the whole log: /m);
  });
});
