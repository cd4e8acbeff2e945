import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeRunLock } from '../../ts/train/run';
import { RunFolder } from '../../ts/train/run';

describe('the lock of a run', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('names the process that trains there', () => {
    const lock = takeRunLock(join(folder, 'train.lock'));
    assert.throws(() => takeRunLock(join(folder, 'train.lock')), {
      code: 'TTS_INPUT',
      message: `Process ${process.pid} is training into this folder (${join(folder, 'train.lock')}): wait for it, or stop it first.`,
    });
    lock.release();
  });

  it('is not held by the file that an earlier version left when it was killed', () => {
    writeFileSync(join(folder, 'train.lock'), JSON.stringify({ pid: process.pid, started: null }));
    takeRunLock(join(folder, 'train.lock')).release();
  });

  it('keeps a second process out of a run that is begun or resumed', () => {
    const path = join(folder, 'run');
    const run = RunFolder.create(path, {});
    assert.throws(() => RunFolder.reopen(path), /^InputError: Process \d+ is training into this folder/);
    run.release();
    RunFolder.reopen(path).release();
    assert.throws(() => RunFolder.create(path, {}), /already holds a run/);
    // A refusal holds no lock.
    RunFolder.reopen(path).release();
  });
});
