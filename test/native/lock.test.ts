import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { FileLock, lockHolder, withLock } from '../../ts/native/lock';

const SOURCE = JSON.stringify(resolve(__dirname, '../../ts/native/lock'));
const ROOT = resolve(__dirname, '../..');

describe('FileLock', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-lock-'));
    path = join(folder, 'a.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(script: string): ChildProcess {
    return spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  }

  /** A process that takes the lock and holds it until it is ended. */
  async function holder(): Promise<ChildProcess> {
    const child = run(
      `require(${SOURCE}).FileLock.tryTake(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`,
    );
    await once(child.stdout!, 'data');
    return child;
  }

  it('has one holder in a process, and leaves no file behind', () => {
    const lock = FileLock.tryTake(path)!;
    assert.equal(FileLock.tryTake(path), undefined);
    assert.equal(lockHolder(path), process.pid);
    lock.release();
    assert.ok(!existsSync(path));
    FileLock.tryTake(path)!.release();
  });

  it('has one holder among threads', async () => {
    const lock = FileLock.tryTake(path)!;
    const script = `require('tsx/cjs'); const { parentPort } = require('node:worker_threads');
      parentPort.postMessage(require(${SOURCE}).FileLock.tryTake(${JSON.stringify(path)}) === undefined);`;
    const [refused] = await once(new Worker(script, { eval: true }), 'message');
    assert.equal(refused, true);
    lock.release();
  });

  it('passes on at once when its holder is killed, and is kept by one that is stopped', async () => {
    const child = await holder();
    child.kill('SIGSTOP');
    await setTimeout(300);
    assert.equal(FileLock.tryTake(path), undefined);
    assert.equal(lockHolder(path), child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    FileLock.tryTake(path)!.release();
  });

  it('takes the place of a folder that an earlier version left', () => {
    mkdirSync(path);
    FileLock.tryTake(path)!.release();
  });

  it('says that a folder is needed that can be written', () => {
    assert.throws(() => FileLock.tryTake(join(folder, 'absent', 'a.lock')), {
      code: 'TTS_INPUT',
      message: /^The lock .*a\.lock cannot be made \(ENOENT\); it needs a folder that can be written\.$/,
    });
  });

  it('of 8 processes that want it at once lets one in at a time, 200 times each', async () => {
    // Each pass reads a counter, gives way and writes it back: two holders at once would lose a count.
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const { setImmediate } = require('node:timers/promises');
      const { FileLock } = require(${SOURCE});
      (async () => {
        process.stdin.resume();
        console.log('ready');
        await new Promise((resolve) => process.stdin.once('data', resolve));
        for (let pass = 0; pass < 200; ) {
          const lock = FileLock.tryTake(${JSON.stringify(path)});
          if (!lock) { await setImmediate(); continue; }
          const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
          await setImmediate();
          writeFileSync(${JSON.stringify(counter)}, String(count + 1));
          lock.release();
          pass++;
        }
        process.exit();
      })();`;
    const children = Array.from({ length: 8 }, () => run(script));
    await Promise.all(children.map((child) => once(child.stdout!, 'data')));
    const ends = children.map((child) => once(child, 'exit'));
    for (const child of children) child.stdin!.write('go\n');
    for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
    assert.equal(readFileSync(counter, 'utf8'), '1600');
  });

  it('withLock makes the second wait for the first, and says so once', async () => {
    const order: string[] = [];
    let waits = 0;
    const first = withLock(join(folder, 'b'), async () => {
      await setTimeout(250);
      order.push('first');
    });
    await setTimeout(50);
    await withLock(join(folder, 'b'), async () => void order.push('second'), { onWait: () => waits++ });
    await first;
    assert.deepEqual([order, waits], [['first', 'second'], 1]);
    assert.ok(!existsSync(join(folder, 'b.lock')));
  });

  it('withLock gives the lock back when the work fails', async () => {
    await assert.rejects(
      withLock(join(folder, 'c'), () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    await withLock(join(folder, 'c'), async () => {});
  });
});
