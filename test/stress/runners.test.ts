import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attempt, isOffline, skipSuite } from '../package/packed';

const ROOT = path.join(__dirname, '../..');
const CACHE = path.join(ROOT, 'build/runners');
const RUNNERS = { jest: '30', vitest: '4' };

/** What a user's first tests do: classes of errors and of tensors, typed arrays of the runner's realm, modes over `await`. */
const COMMON = `
test('errors, classes and typed arrays are those of the test', () => {
  expect(() => torch.ones([2, 3]).mm(torch.ones([2, 3]))).toThrow(ShapeError);
  expect(() => torch.ones([2, 3]).mm(torch.ones([2, 3]))).toThrow(Error);
  expect(torch.ones([2])).toBeInstanceOf(torch.Tensor);
  expect([...torch.fromTypedArray(new Float32Array([1, 2])).data()]).toEqual([1, 2]);
  expect(torch.scope(() => new Map([['a', torch.ones([2])]])).get('a').sum().item()).toBe(2);
});
test('a rejection is typed', async () => {
  await expect(torch.ones([2]).backwardAsync()).rejects.toBeInstanceOf(TorchError);
});`;
const CJS = `const { torch, ShapeError, TorchError } = require('torchts');`;
const RESET = `
test('modules that are reset load again beside the first', () => {
  jest.resetModules();
  const again = require('torchts').torch;
  expect(torch.ones([2]).sum().item()).toBe(2);
  expect(again.ones([3]).sum().item()).toBe(3);
  expect(() => torch.ones([2]).add(again.ones([2]))).toThrow(/another copy/);
});`;

describe('test runners that load modules in realms of their own (from npm; needs dist, which `make build` writes)', function () {
  this.timeout(600_000);
  let project: string;
  before(function () {
    if (!existsSync(path.join(CACHE, 'node_modules/.package-lock.json'))) {
      mkdirSync(CACHE, { recursive: true });
      const wanted = Object.entries(RUNNERS).map(([name, version]) => `${name}@${version}`);
      const { status, output } = attempt(
        'npm',
        ['install', '--prefix', CACHE, '--no-audit', '--no-fund', ...wanted],
        CACHE,
      );
      if (status !== 0 && isOffline(output)) skipSuite(this, 'npm reaches no registry');
      assert.equal(status, 0, output);
    }
    project = mkdtempSync(path.join(tmpdir(), 'torchts-runners-'));
    mkdirSync(path.join(project, 'node_modules'));
    for (const name of Object.keys(RUNNERS))
      symlinkSync(path.join(CACHE, 'node_modules', name), path.join(project, 'node_modules', name));
    symlinkSync(ROOT, path.join(project, 'node_modules/torchts'));
    writeFileSync(path.join(project, 'package.json'), '{ "name": "project", "private": true }');
    writeFileSync(path.join(project, 'first.test.js'), CJS + COMMON + RESET);
    writeFileSync(path.join(project, 'second.test.js'), CJS + COMMON);
    writeFileSync(
      path.join(project, 'third.spec.mjs'),
      `import { expect, test } from 'vitest'; import { torch, ShapeError, TorchError } from 'torchts';${COMMON}`,
    );
  });
  after(() => project && rmSync(project, { recursive: true, force: true }));

  const passes = (script: string, args: readonly string[], tests: RegExp): void => {
    const { status, output } = attempt(process.execPath, [path.join(CACHE, 'node_modules', script), ...args], project, {
      NO_COLOR: '1',
    });
    assert.equal(status, 0, output);
    assert.match(output, tests);
  };

  it('Jest, in a process for all files', () =>
    passes('jest/bin/jest.js', ['--runInBand', '--testMatch', '**/*.test.js'], /Tests: +5 passed, 5 total/));

  for (const pool of ['forks', 'threads', 'vmForks', 'vmThreads'])
    it(`Vitest, pool ${pool}`, () =>
      passes('vitest/vitest.mjs', ['run', '--pool', pool, 'third.spec.mjs'], /Tests +2 passed \(2\)/));
});
