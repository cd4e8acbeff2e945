import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY, run } from '../package/packed';

/** The sha256 of each file in a folder, by name. */
function hashes(folder: string): Record<string, string> {
  const hash = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, hash(name)]));
}

describe('a second build, in another folder,', () => {
  let folder: string;
  let other: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-second-'));
    other = join(folder, 'a-checkout-elsewhere');
    const files = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], REPOSITORY).split('\0');
    for (const file of files.filter((one) => one !== '')) {
      mkdirSync(join(other, dirname(file)), { recursive: true });
      cpSync(join(REPOSITORY, file), join(other, file));
    }
    run('cp', ['-a', '--reflink=auto', join(REPOSITORY, 'node_modules'), join(other, 'node_modules')], folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the same packages of JavaScript and the same bill of materials', () => {
    run('npm', ['run', '--silent', 'build:ts'], other);
    const packed = (checkout: string, name: string): Record<string, string> => {
      const out = join(folder, name);
      const args = ['--import', 'tsx', 'scripts/release/packages.ts', '--part', 'javascript', '--out', out];
      run(process.execPath, args, checkout);
      return hashes(out);
    };
    const first = packed(REPOSITORY, 'first');
    assert.equal(Object.keys(first).length, 4);
    assert.deepEqual(packed(other, 'second'), first);
  });
});
