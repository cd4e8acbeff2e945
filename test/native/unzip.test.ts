import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import { unzip } from '../../ts/native/unzip';
import { damaged } from './libtorch/machine';
import { writeZip } from '../data/zip-writer';

describe('unzip', () => {
  let folder: string;
  let archive: string;
  let target: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-unzip-'));
    archive = join(folder, 'a.zip');
    target = join(folder, 'out');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes every file to its place', async () => {
    const large = Buffer.alloc(200_000, 'torch');
    writeFileSync(archive, writeZip({ 'a.txt': 'one', 'deep/': '', 'deep/er/b.bin': large }, { deflate: true }));
    assert.equal(await unzip(archive, target), 2);
    assert.equal(readFileSync(join(target, 'a.txt'), 'utf8'), 'one');
    assert.deepEqual(readFileSync(join(target, 'deep/er/b.bin')), large);
  });

  it('leaves out and moves entries as told, and counts up to the size of the archive', async () => {
    writeFileSync(archive, writeZip({ 'keep/a': 'a', 'drop/b': 'b' }));
    let last = [0, 0];
    const options = {
      target: (entry: string) => (entry.startsWith('keep/') ? `moved/${entry.slice(5)}` : undefined),
      onProgress: (bytes: number, total: number) => (last = [bytes, total]),
    };
    assert.equal(await unzip(archive, target, options), 1);
    assert.ok(existsSync(join(target, 'moved/a')) && !existsSync(join(target, 'drop')));
    assert.equal(last[1], statSync(archive).size);
  });

  it('names the entry whose sum is wrong', async () => {
    writeFileSync(archive, damaged(writeZip({ a: 'first', b: 'second' }), 'second'));
    await assert.rejects(unzip(archive, target), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.message, `${archive} cannot be unpacked: b is damaged.`);
      return true;
    });
  });

  it('refuses an archive that was cut', async () => {
    writeFileSync(archive, writeZip({ a: 'content' }));
    truncateSync(archive, statSync(archive).size - 30);
    await assert.rejects(
      unzip(archive, target),
      /cannot be unpacked: End of central directory record signature not found/,
    );
  });

  it('refuses what is no archive', async () => {
    writeFileSync(archive, '<html>Quota exceeded</html>');
    await assert.rejects(unzip(archive, target), InputError);
  });

  it('refuses names that point out of the folder', async () => {
    for (const name of ['../evil', '/evil', 'a/../../evil']) {
      writeFileSync(archive, writeZip({ [name]: 'x' }));
      await assert.rejects(unzip(archive, target), /cannot be unpacked: (invalid relative path|absolute path)/);
    }
    assert.ok(!existsSync(join(folder, 'evil')));
  });
});
