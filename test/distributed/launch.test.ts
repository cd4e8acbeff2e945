import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gone, printed, program, run, start, temporary } from './launchers';
import { node } from './ranks';

describe('torchts run', () => {
  it('starts processes that find each other', async () => {
    const { code, stdout, stderr } = await run('--nproc', '2', ...node('launched-program', '--an-option', 'x'));
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
    const logs = temporary('logs');
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
      const launcher = start(['--nproc', '2', file]);
      const { child, ended } = launcher;
      const pids = (await printed(launcher, 2)).map(Number);
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
    assert.match(
      found[1]!.stderr,
      /Expected --rdzv-endpoint, or --node-rank, --master-addr and --master-port, with several machines, found no port\./,
    );
  });
});
