import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../ts/cli/log-file';
import { silent } from '../../ts/native/listener';

describe('a log of another process', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-log-'))));
  after(() => rmSync(folder, { recursive: true }));

  const opened = (path: string, flags: 'a' | 'w') => {
    const said: string[] = [];
    return { said, log: openLog(path, flags, { ...silent, say: (sentence) => void said.push(sentence) }) };
  };

  it('has its folder made, and begins anew or goes on', async () => {
    const path = join(folder, 'a', 'b.log');
    for (const flags of ['w', 'a', 'w'] as const) {
      const { log } = opened(path, flags);
      log.end(`${flags}\n`);
      await once(log, 'close');
    }
    assert.equal(readFileSync(path, 'utf8'), 'w\n');
  });

  it('is given up with a sentence where it cannot be written', async function () {
    const full = '/dev/full';
    if (!existsSync(full)) this.skip();
    const { log, said } = opened(full, 'w');
    log.write('x');
    await new Promise<void>((closed) => log.once('close', closed));
    log.write('y');
    log.end();
    assert.deepEqual(said, ['/dev/full is not written any more: the disk is full (ENOSPC).']);
  });

  it('is given up with a sentence where its folder cannot be made', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { log, said } = opened(join(file, '0', 'stdout.log'), 'w');
    log.end('x');
    assert.deepEqual(said, [
      `${join(file, '0', 'stdout.log')} is not written any more: a part of its path is a file where a folder should be (ENOTDIR).`,
    ]);
  });

  it('of which nothing can be written keeps no process waiting', async () => {
    const { log, said } = opened(folder, 'w');
    const child = spawn(process.execPath, ['-e', 'process.stdout.write("x".repeat(1e6))']);
    child.stdout.on('data', (chunk: Buffer) => void log.write(chunk));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.deepEqual(said, [`${folder} is not written any more: it is a folder (EISDIR).`]);
  });
});
