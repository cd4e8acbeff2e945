import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import { replaceFile } from '../../ts/native/replace-file';

describe('replacing a file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-replace-'));
    path = join(folder, 'metrics.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes texts and pieces, and leaves nothing beside them', () => {
    replaceFile(path, 'größe');
    assert.equal(readFileSync(path, 'utf8'), 'größe');
    replaceFile(path, (write) => ['a', '', 'b'].forEach((piece) => write(Buffer.from(piece))));
    assert.equal(readFileSync(path, 'utf8'), 'ab');
    assert.deepEqual(readdirSync(folder), ['metrics.json']);
  });

  it('keeps the old one when the new one cannot be made, and hands on why', () => {
    replaceFile(path, 'old');
    const failing = (write: (bytes: Uint8Array) => void) => {
      write(Buffer.from('half'));
      throw new RangeError('no more');
    };
    assert.throws(() => replaceFile(path, failing), new RangeError('no more'));
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['metrics.json']);
  });

  it('names the path where the system lets nothing be written', () => {
    assert.throws(
      () => replaceFile(join(folder, 'absent', 'x'), ''),
      new InputError(
        `${join(folder, 'absent', 'x')}: cannot be written: the folder ${join(folder, 'absent')} does not exist (ENOENT).`,
      ),
    );
    mkdirSync(path);
    assert.throws(() => replaceFile(path, ''), new InputError(`${path}: cannot be written: it is a folder (EISDIR).`));
    assert.deepEqual(readdirSync(folder), ['metrics.json']);
  });
});
