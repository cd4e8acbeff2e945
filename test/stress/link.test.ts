import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Hosts, whyNoLink, type Link } from '../../bench/hosts';
import { program } from '../distributed/launchers';
import { DATAGRAM_BYTES, DATAGRAMS, type Measured } from './link-program';

const PROGRAM = [process.execPath, '--require', 'tsx/cjs', path.join(__dirname, 'link-program.ts')];
const ABSENT = whyNoLink();

describe(`a link that delays, loses and slows down${ABSENT === undefined ? '' : ` (skipped: ${ABSENT})`}`, () => {
  before(function () {
    if (ABSENT !== undefined) this.skip();
  });

  /** What one host measures, which asks the other. */
  async function measured(link: Link, asking = 0): Promise<Measured> {
    const hosts = await Hosts.create(link);
    const [command, ...args] = [...hosts.on(1 - asking), ...PROGRAM];
    const answering = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [ports] = (await once(answering.stdout, 'data')) as [Buffer];
      const [asks, ...rest] = [...hosts.on(asking), ...PROGRAM, `10.77.0.${2 - asking}`];
      const { stdout } = await promisify(execFile)(asks!, [...rest, ...ports.toString().trim().split(' ')]);
      return JSON.parse(stdout) as Measured;
    } finally {
      answering.kill();
      await hosts.remove();
    }
  }

  it('delays each direction', async () => {
    const { roundTrips, received } = await measured({ delayMs: 15 });
    for (const ms of roundTrips) assert.ok(ms >= 30, `a round trip took ${ms} ms`);
    assert.equal(received, DATAGRAMS);
  });

  for (const host of [0, 1])
    it(`loses the share of packets that it is asked to lose of what host ${host} sends`, async () => {
      const lost = DATAGRAMS - (await measured({ loss: 0.1, seed: 1 }, host)).received;
      assert.ok(lost > 40 && lost < 160, `${lost} of ${DATAGRAMS} were lost`); // 100, and 6 standard deviations
    });

  it('sends no more bits in a second than it is asked to', async () => {
    const { datagramsMs, received } = await measured({ rate: 1e6 });
    const least = (DATAGRAMS * DATAGRAM_BYTES * 8) / 1e3;
    assert.ok(datagramsMs >= least, `${datagramsMs} ms, expected ${least} or more`);
    assert.equal(received, DATAGRAMS);
  });

  it('is gone with its hosts when they are removed, and when the process that made them is killed', async () => {
    const module = path.join(__dirname, '../../bench/hosts.ts');
    const code = `void require(${JSON.stringify(module)}).Hosts.create({}).then(() => process.kill(process.pid, 'SIGKILL'));`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', program('killed.ts', code)], { stdio: 'inherit' });
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    while (hostsOf(child.pid!).length > 0) await sleep(50);
    const hosts = await Hosts.create({});
    assert.equal(hostsOf(process.pid).length, 2);
    await hosts.remove();
    assert.deepEqual(hostsOf(process.pid), []);
  });
});

function hostsOf(pid: number): string[] {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.startsWith(`torchts-${pid}-`));
}
