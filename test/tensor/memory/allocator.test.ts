import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Measured } from './allocator-program';

/**
 * In a process of its own: where the heap of the C library has a hole of the size asked for, it fills that, and nothing of it goes
 * back to the system. What other tests have freed decides whether it has.
 */
describe('the memory of a large tensor', () => {
  let measured: Measured;
  before(() => {
    const program = ['--require', 'tsx/cjs', path.join(__dirname, 'allocator-program.ts')];
    const { stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8', timeout: 120_000 });
    assert.ok(stdout !== '', stderr);
    measured = JSON.parse(stdout) as Measured;
  });

  const near = (found: number, expected: number): void =>
    assert.ok(Math.abs(found - expected) < 12, `expected about ${expected} MiB, found ${found}`);

  it('waits for the next tensor of that size, or one hardly smaller', () => near(measured.oneSize, 48));

  it('waits beside that of another size', () => near(measured.twoSizes, 64 + 48));

  it('goes back when another size is asked for', () => near(measured.growing, 130));

  it('waits no longer after emptyCache()', () => near(measured.afterEmptyCache, 0));

  it('is kept up to 256 MiB', () => near(measured.many, 5 * 48));

  it('does not wait below 32 MiB, where it is the heap’s', () => near(measured.small, 0));

  it('is not counted as in use', () => assert.ok(measured.inUse < 1));
});
