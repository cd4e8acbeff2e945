import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunLock } from '../../ts/train/lock';

describe('the lock of a run', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(folder, 'train.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held by one at a time', () => {
    const lock = RunLock.take(path);
    assert.throws(() => RunLock.take(path), new RegExp(`process ${process.pid} is training into this folder`, 'i'));
    lock.release();
    assert.ok(!existsSync(path));
    RunLock.take(path).release();
  });

  it('passes on at once when its owner was killed', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(path, JSON.stringify({ pid, started: '1' }));
    RunLock.take(path).release();
  });

  it('is not taken for that of a later process with the same id', function () {
    if (process.platform !== 'linux') return this.skip();
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: '1' }));
    RunLock.take(path).release();
  });

  it('passes on when a kill cut its file short', () => {
    writeFileSync(path, '{"pid":');
    RunLock.take(path).release();
  });
});
