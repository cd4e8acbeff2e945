import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recoverFolder, replaceFolder, usableFolder } from '../../ts/train/atomic';

describe('replacing a folder', () => {
  let root: string;
  let path: string;
  const content = (folder = path) => readFileSync(join(folder, 'file'), 'utf8');
  const fill = (text: string) => (folder: string) => writeFileSync(join(folder, 'file'), text);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'atomic-'));
    path = join(root, 'last');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('makes it and leaves nothing beside it', async () => {
    await replaceFolder(path, fill('one'));
    await replaceFolder(path, fill('two'));
    assert.equal(content(), 'two');
    assert.deepEqual(readdirSync(root), ['last']);
  });

  it('drops files that the new folder does not have', async () => {
    await replaceFolder(path, (folder) => writeFileSync(join(folder, 'other'), ''));
    await replaceFolder(path, fill('two'));
    assert.deepEqual(readdirSync(path), ['file']);
  });

  it('keeps the old one when filling fails', async () => {
    await replaceFolder(path, fill('one'));
    const failing = replaceFolder(path, (folder) => {
      fill('half')(folder);
      throw new Error('disk full');
    });
    await assert.rejects(failing, /disk full/);
    assert.equal(content(), 'one');
    recoverFolder(path);
    assert.deepEqual(readdirSync(root), ['last']);
  });

  it('survives a kill while the new folder is written', async () => {
    await replaceFolder(path, fill('one'));
    mkdirSync(`${path}.new`);
    recoverFolder(path);
    assert.equal(content(), 'one');
    assert.deepEqual(readdirSync(root), ['last']);
  });

  it('survives a kill between the two renames', async () => {
    await replaceFolder(path, fill('one'));
    renameSync(path, `${path}.old`);
    mkdirSync(`${path}.new`);
    fill('two')(`${path}.new`);
    assert.equal(content(usableFolder(path)), 'one');
    recoverFolder(path);
    assert.equal(content(), 'two');
    assert.deepEqual(readdirSync(root), ['last']);
  });

  it('survives a kill before the old one is gone', async () => {
    await replaceFolder(path, fill('two'));
    mkdirSync(`${path}.old`);
    recoverFolder(path);
    assert.equal(content(), 'two');
    assert.ok(!existsSync(`${path}.old`));
  });

  it('takes a first folder cut short for none', () => {
    mkdirSync(`${path}.new`);
    assert.equal(usableFolder(path), undefined);
    recoverFolder(path);
    assert.deepEqual(readdirSync(root), []);
  });
});
