import assert from 'node:assert/strict';
import { glibcVersion, nodeProblem, platformProblem, type Platform } from '../../ts/native/platform';

describe('a machine', () => {
  const LINUX: Platform = { platform: 'linux', arch: 'x64', glibc: '2.28', node: '22.12.0' };

  it('is one that torchts runs on, or a sentence says what to do', () => {
    for (const [changes, expected] of [
      [{}, undefined],
      [{ arch: 'arm64' }, undefined],
      [{ glibc: '3.0' }, undefined],
      [{ platform: 'darwin', arch: 'arm64', glibc: undefined }, undefined],
      [{ platform: 'win32' }, /^torchts runs on Linux and macOS.*on Windows, use WSL 2\.$/],
      [{ glibc: undefined }, /^This Linux has musl as its C library \(Alpine\).*: use a Debian or Ubuntu image/],
      [
        { arch: 'ia32' },
        /^This Node\.js is built for ia32, and libtorch is published for 64-bit x86 and ARM only: .*install the 64-bit Node\.js/,
      ],
      [{ arch: 'arm' }, /^This Node\.js is built for arm,/],
      ...['2.27', '2.9', '1.99'].map(
        (glibc) =>
          [
            { glibc },
            new RegExp(
              `^This system has glibc ${glibc}, and libtorch needs 2\\.28 or newer: use Debian 10, Ubuntu 20\\.04, RHEL 8 or`,
            ),
          ] as const,
      ),
      [
        { node: '18.20.8' },
        /^torchts needs Node\.js 20\.19, 22\.12 or newer, and this is 18\.20\.8: install a newer one/,
      ],
    ] as const) {
      const problem = platformProblem({ ...LINUX, ...changes });
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem!, expected);
    }
  });

  it('has a Node.js that is new enough where package.json says so', () => {
    for (const [node, isNewEnough] of [
      ['18.20.8', false],
      ['20.18.3', false],
      ['20.19.0', true],
      ['21.7.3', false],
      ['22.11.0', false],
      ['22.12.0', true],
      ['23.0.0', true],
      ['26.1.0', true],
    ] as const)
      assert.equal(nodeProblem(node) === undefined, isNewEnough, node);
  });

  it('is this one, too', () => {
    assert.equal(platformProblem(), undefined);
    if (process.platform === 'linux') assert.match(glibcVersion()!, /^2\.\d+$/);
  });
});
