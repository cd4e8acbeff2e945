import assert from 'node:assert/strict';
import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../ts/native/replace-file';
import { replaceFolder } from '../../ts/train/atomic';
import { MetricsFile } from '../../ts/train/metrics-logger';

/** What reached the disk and what got its name, in order: a name before its bytes lies after a power cut. */
type Journal = string[];

/** Runs `body` while each flush and rename is written into the journal, by the last part of its path. */
async function journalOf(body: () => unknown): Promise<Journal> {
  const journal: Journal = [];
  const names = new Map<number, string>();
  const last = (path: unknown) => String(path).split('/').at(-1)!;
  const probe = await open(tmpdir(), 'r');
  const handles = Object.getPrototypeOf(probe) as { sync(this: { fd: number }): Promise<void> };
  await probe.close();
  const original = {
    openSync: fs.openSync,
    fsyncSync: fs.fsyncSync,
    renameSync: fs.renameSync,
    sync: handles.sync,
    open: fs.promises.open,
    rename: fs.promises.rename,
  };

  fs.openSync = (path, ...rest) => {
    const file = original.openSync(path, ...rest);
    names.set(file, last(path));
    return file;
  };
  fs.fsyncSync = (file) => (journal.push(`flush ${names.get(file)}`), original.fsyncSync(file));
  fs.renameSync = (from, to) => (journal.push(`rename to ${last(to)}`), original.renameSync(from, to));
  fs.promises.open = async (path, ...rest) => {
    const file = await original.open(path, ...rest);
    names.set(file.fd, last(path));
    return file;
  };
  fs.promises.rename = (from, to) => (journal.push(`rename to ${last(to)}`), original.rename(from, to));
  handles.sync = function () {
    journal.push(`flush ${names.get(this.fd)}`);
    return original.sync.call(this);
  };
  try {
    await body();
  } finally {
    const { sync, open, rename, ...rest } = original;
    Object.assign(fs, rest);
    Object.assign(fs.promises, { open, rename });
    handles.sync = sync;
  }
  return journal;
}

describe('what is written is on disk before it has its name', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'durable-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('of a file', async () => {
    const journal = await journalOf(() => replaceFile(join(root, 'file'), 'text'));
    assert.match(journal.join(', '), /^flush \S*file\S*\.tmp, rename to file$/);
  });

  it('of a folder: its files, the folder, and after the renames the folder above', async () => {
    const fill = (folder: string) => {
      mkdirSync(join(folder, 'deep'));
      writeFileSync(join(folder, 'deep/a'), 'a');
    };
    await replaceFolder(join(root, 'last'), fill);
    const journal = await journalOf(() => replaceFolder(join(root, 'last'), fill));
    const above = root.split('/').at(-1)!;
    assert.deepEqual(journal, [
      'flush a',
      'flush deep',
      'flush last.new',
      'rename to last.old',
      'rename to last',
      `flush ${above}`,
    ]);
  });

  it('of the log, before a checkpoint counts on its length', async () => {
    const journal = await journalOf(() => {
      const log = new MetricsFile(join(root, 'metrics.jsonl'));
      log.append({ kind: 'train', epoch: 1, step: 1, seconds: 1 });
      log.flush();
      log.close();
    });
    assert.deepEqual(journal, ['flush metrics.jsonl']);
  });
});
