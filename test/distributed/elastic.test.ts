import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, gone, printed, program, run, start } from './launchers';
import { node } from './ranks';

/** Says who it is, and stays until it is started again as one of `world` processes. */
const stays = (world: number): string =>
  `const { RANK, WORLD_SIZE, TORCHELASTIC_RESTART_COUNT: round } = process.env;
   console.log(RANK, WORLD_SIZE, round, process.pid);
   if (round === '0' || WORLD_SIZE !== '${world}') setInterval(() => {}, 1000);`;

/** Nodes that are found to be gone after four seconds: longer than a busy machine holds up a process that works. */
const CONF = 'keep_alive_interval=0.5,keep_alive_max_attempt=8,last_call_timeout=1';

describe('torchts run on several nodes', () => {
  let port: number;
  let meeting: string[];
  beforeEach(async () => {
    port = await freePort();
    meeting = ['--rdzv-endpoint', `127.0.0.1:${port}`, '--rdzv-conf', CONF];
  });

  it('starts all again on each of them when a process is killed', async () => {
    const args = [...[...meeting, '--nnodes', '2', '--max-restarts', '1'], ...node('elastic-program')];
    const found = await Promise.all([start(args).ended, start(args).ended]);
    assert.deepEqual(
      found.map(({ code }) => code),
      [0, 0],
      found.map(({ stderr }) => stderr).join('\n'),
    );
    assert.deepEqual(found.map(({ stdout }) => stdout).sort(), [
      '[rank0] {"sum":3,"round":"1","node":"0"}\n',
      '[rank1] {"sum":3,"round":"1","node":"1"}\n',
    ]);
    for (const { stderr } of found) {
      assert.match(stderr, /^round 0: 2 nodes, 2 processes; this is node [01]$/m);
      assert.match(stderr, /^node 1 \(.*\): the process of rank 1 ended by SIGKILL; starting all again \(1 of 1\)\.$/m);
    }
  });

  it('goes on without a launcher that is killed, whose processes end with it', async () => {
    const file = program('until-alone.cjs', stays(1));
    const host = start([...meeting, '--nnodes', '1:2', '--max-restarts', '1', file]);
    await listening(port);
    const other = start([...meeting, '--nnodes', '1:2', '--nproc', '2', file]);
    const pids = await printed(other, 2);
    other.child.kill('SIGKILL');
    const { code, stdout, stderr } = await host.ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\[rank0\] 0 3 \d \d+\n\[rank0\] 0 1 \d \d+\n$/);
    assert.match(stderr, /^node 1 \(.*\) gave no sign of life for 4 s; starting all again \(1 of 1\)\.$/m);
    for (const line of pids) await gone(Number(line.split(' ')[3]));
  });

  it('starts all again when a node comes, and when one leaves that was told to end', async () => {
    const file = program('until-three.cjs', stays(3));
    const args = [...meeting, '--nnodes', '1:3', file];
    const host = start(args);
    await printed(host, 1);
    const second = start(args);
    // Both, or the process of the first may be ended before it has said anything in this round.
    await Promise.all([printed(host, 2), printed(second, 1)]);
    second.child.kill('SIGTERM');
    assert.equal((await second.ended).code, 143);
    await printed(host, 3);
    const found = await Promise.all([host, start(args), start(args)].map(({ ended }) => ended));
    for (const { code, stderr } of found) assert.equal(code, 0, stderr);
    assert.match(found[0]!.stderr, /^node 1 \(.*\) has come; starting all again\.$/m);
    assert.match(found[0]!.stderr, /^node 1 \(.*\) has left: it was stopped by SIGTERM; starting all again\.$/m);
    assert.match(found[0]!.stdout, /^\[rank0\] 0 1 0 \d+\n\[rank0\] 0 2 1 \d+\n\[rank0\] 0 1 2 \d+\n/);
  });

  it('fails on each of them with a sentence when no restart is left, and when the host of the endpoint ends', async () => {
    const fails = program('fails.cjs', `process.exit(Number(process.env.RANK) * 3)`);
    const args = [...meeting, '--nnodes', '2', fails];
    for (const { code, stderr } of await Promise.all([run(...args), run(...args)])) {
      assert.equal(code, 1);
      assert.match(stderr, /^torchts: Job failed: node 1 \(.*\): the process of rank 1 ended with exit code 3\.$/m);
    }
    const file = program('forever.cjs', stays(0));
    const host = start([...meeting, '--nnodes', '2', file]);
    await listening(port);
    const other = start([...meeting, '--nnodes', '2', file]);
    const lines = (await Promise.all([printed(host, 1), printed(other, 1)])).flat();
    host.child.kill('SIGTERM');
    assert.equal((await host.ended).code, 143);
    const { code, stderr } = await other.ended;
    assert.equal(code, 1);
    assert.match(stderr, /The launcher on node 0 \(.*\), which serves the job, has left: it was stopped by SIGTERM\./);
    for (const line of lines) await gone(Number(line.split(' ')[3]));
  });

  it('refuses to join a job of another name, and one that nobody serves', async () => {
    const file = program('forever.cjs', stays(0));
    const host = start([...meeting, '--nnodes', '2', '--rdzv-id', 'one', file]);
    await listening(port);
    const { code, stderr } = await run(...meeting, '--nnodes', '2', '--rdzv-id', 'two', file);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Expected the job two at 127\.0\.0\.1:\d+, found the job one; give all launchers of a job the same --rdzv-id/,
    );
    host.child.kill('SIGTERM');
    assert.equal((await host.ended).code, 143);
    const late = await run(...['--rdzv-endpoint', meeting[1]!, '--rdzv-conf', 'is_host=false,join_timeout=0.5', file]);
    assert.equal(late.code, 1);
    assert.match(
      late.stderr,
      /Expected a launcher that serves 127\.0\.0\.1:\d+ within 0\.5 s, found none; start the same command/,
    );
  });
});

/** Waits until a launcher serves the endpoint. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise((resolve) =>
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false)),
    );
    socket.destroy();
    if (isThere) return;
    await sleep(50);
  }
  throw new Error(`nobody listens on port ${port}`);
}
