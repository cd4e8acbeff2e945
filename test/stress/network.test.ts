import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Hosts, whyNoLink, whyNoNamespaces } from '../../bench/hosts';
import { freePort, printed, start, temporary, type Launcher } from '../distributed/launchers';

/** How long a call waits for the others; more than they take to start on a busy machine. */
const TIMEOUT_MS = 20_000;
/** A launcher waits longer for another than a rank does, which has to say first what it lost. */
const CONF = 'keep_alive_interval=1,keep_alive_max_attempt=40,last_call_timeout=1';
const ABSENT = whyNoNamespaces();
const NO_LINK = whyNoLink();

describe(`training on two hosts${ABSENT === undefined ? '' : ` (skipped: ${ABSENT})`}`, () => {
  let hosts: Hosts;
  let whole: Buffer;
  before(async function () {
    if (ABSENT !== undefined) this.skip();
    hosts = await Hosts.create();
    whole = await (await begun('whole', () => undefined)).weights();
  });
  after(() => hosts?.remove());

  /** Starts both launchers, and does `harm` when all ranks wait in the middle of the training. */
  async function begun(name: string, harm: (pids: readonly number[]) => void, on = hosts) {
    const folder = temporary(name);
    mkdirSync(folder);
    const port = await freePort();
    const launched = (host: number): Launcher =>
      start(
        [
          ...['--nnodes', '2', '--max-restarts', '1', '--rdzv-endpoint', `10.77.0.1:${port}`, '--rdzv-conf', CONF],
          ...[process.execPath, '--require', 'tsx/cjs', path.join(__dirname, 'network-program.ts')],
          ...[folder, String(TIMEOUT_MS)],
        ],
        { before: on.on(host), limitMs: 400_000 },
      );
    const launchers: Launcher[] = [launched(0), launched(1)];
    const lines = await Promise.all(launchers.map((launcher) => printed(launcher, 1)));
    harm(lines.map(([line]) => Number(line!.split(' ')[1])));
    writeFileSync(path.join(folder, 'go'), '');
    return {
      launchers,
      launched,
      /** The weights in the end. */
      async weights(): Promise<Buffer> {
        for (const { code, stderr, stdout } of await Promise.all([launchers[0]!.ended, launchers.at(-1)!.ended]))
          assert.equal(code, 0, `${stdout}${stderr}`);
        return readFileSync(path.join(folder, 'weights.pth'));
      },
    };
  }

  /** The error that the rank of a launcher printed in the first round. */
  async function lostBy(launcher: Launcher): Promise<{ name: string; message: string; ms: number }> {
    const [, line] = await printed(launcher, 2);
    return JSON.parse(line!) as { name: string; message: string; ms: number };
  }

  it('ends with the same weights after a rank was killed', async () => {
    const { launchers, weights } = await begun('killed', ([, second]) => process.kill(second!, 'SIGKILL'));
    assert.deepEqual(await weights(), whole);
    assert.match((await launchers[1]!.ended).stderr, /^node 1 .*: the process of rank 1 ended by SIGKILL/m);
  });

  it('ends with the same weights after a rank was stopped, which the other sees as a timeout', async () => {
    const { launchers, weights } = await begun('stopped', ([, second]) => process.kill(second!, 'SIGSTOP'));
    const { name, ms } = await lostBy(launchers[0]!);
    assert.equal(name, 'DistributedTimeoutError');
    assert.ok(ms >= TIMEOUT_MS - 100, `after ${ms} ms`);
    assert.deepEqual(await weights(), whole);
  });

  it('gives every rank a typed error when the link is cut, and ends with the same weights when it is mended', async () => {
    const { launchers, launched, weights } = await begun('cut', () => hosts.cut());
    for (const { name } of await Promise.all(launchers.map(lostBy))) assert.equal(name, 'DistributedTimeoutError');
    const { code, stderr } = await launchers[1]!.ended;
    assert.equal(code, 1);
    assert.match(stderr, /The connection to the launcher that serves 10\.77\.0\.1:\d+ was lost, so the processes here/);
    hosts.mend();
    launchers.push(launched(1));
    assert.deepEqual(await weights(), whole);
  });

  const skipped = NO_LINK === undefined ? '' : ` (skipped: ${NO_LINK})`;
  it(`ends with the same weights over a link of 5 ms that loses 1 % of what is sent${skipped}`, async function () {
    if (NO_LINK !== undefined) this.skip();
    const lossy = await Hosts.create({ delayMs: 5, loss: 0.01 });
    try {
      assert.deepEqual(await (await begun('lossy', () => undefined, lossy)).weights(), whole);
    } finally {
      await lossy.remove();
    }
  });

  it('ends with the same weights over a link of 20 Mbit/s', async function () {
    if (!hosts.disturb('tbf rate 20mbit burst 32k latency 400ms')) {
      this.test!.title += ' (skipped: the kernel has no such queue)';
      this.skip();
    }
    assert.deepEqual(await (await begun('slow', () => undefined)).weights(), whole);
  });
});
