import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CLI = ['--require', 'tsx/cjs', path.join(__dirname, '../../ts/cli/torchts.ts')];
const LIMIT_MS = 90_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('torchts run', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-launch-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function program(name: string, code: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, code);
    return file;
  }

  function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [...CLI, 'run', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code, stdout, stderr });
      }),
    );
    return { child, ended };
  }

  const run = (...args: string[]): Promise<Ended> => start(...args).ended;

  it('starts processes that find each other', async () => {
    const { code, stdout, stderr } = await run(
      '--nproc',
      '2',
      ...[process.execPath, '--require', 'tsx/cjs', path.join(__dirname, 'launched-program.ts'), '--an-option', 'x'],
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split('\n').sort(), [
      '[rank0] {"sum":3,"rank":0,"local":"0","world":2,"args":["--an-option","x"]}',
      '[rank1] {"sum":3,"rank":1,"local":"1","world":2,"args":["--an-option","x"]}',
    ]);
  });

  it('stops the others when one fails, and says which', async () => {
    const file = program('fails.cjs', `if (process.env.RANK === '1') process.exit(3); setInterval(() => {}, 1000);`);
    const { code, stderr } = await run('--nproc', '3', file);
    assert.deepEqual(
      [code, stderr],
      [1, 'torchts: The process of rank 1 ended with exit code 3; the others were stopped.\n'],
    );
  });

  it('starts all again, and writes logs by attempt and rank', async () => {
    const file = program(
      'restarts.cjs',
      `const { RANK, TORCHELASTIC_RESTART_COUNT: count } = process.env;
       console.log('attempt', count, 'of', RANK);
       console.error('an error');
       if (count === '0') process.exit(Number(RANK)); `,
    );
    const logs = path.join(folder, 'logs');
    const { code, stdout, stderr } = await run(
      ...['--nproc-per-node', '2', '--max-restarts', '1', '--log-dir', logs, '--local-ranks-filter', '1', file],
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '[rank1] attempt 0 of 1\n[rank1] attempt 1 of 1\n');
    assert.match(stderr, /the process of rank 1 ended with exit code 1; starting all again \(1 of 1\)\./);
    assert.equal(readFileSync(path.join(logs, '1/0/stdout.log'), 'utf8'), 'attempt 1 of 0\n');
    assert.equal(readFileSync(path.join(logs, '0/1/stderr.log'), 'utf8'), 'an error\n');
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)
    it(`leaves nobody behind after ${signal}`, async () => {
      const file = program('stays.cjs', `console.log(process.pid); setInterval(() => {}, 1000);`);
      const { child, ended } = start('--nproc', '2', file);
      const pids = await new Promise<number[]>((resolve) => {
        let text = '';
        child.stdout!.on('data', (chunk: string) => {
          text += chunk;
          const found = [...text.matchAll(/\[rank\d\] (\d+)\n/g)].map(([, pid]) => Number(pid));
          if (found.length === 2) resolve(found);
        });
      });
      child.kill(signal);
      assert.equal((await ended).code, code);
      for (const pid of pids) await gone(pid);
    });

  it('refuses what does not fit', async () => {
    const found = await Promise.all([
      run('--nproc', '0', 'x.cjs'),
      run('--nnodes', '2', 'x.cjs'),
      run('--nnodes', '2', '--node-rank', '2', '--master-port', '1', 'x.cjs'),
    ]);
    assert.deepEqual(
      found.map(({ code }) => code),
      [2, 2, 2],
    );
    assert.match(found[1]!.stderr, /Expected --master-addr and --master-port with several machines, found no port\./);
  });
});

/** Waits until a process is gone. */
async function gone(pid: number): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(waited < 20_000, `process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
