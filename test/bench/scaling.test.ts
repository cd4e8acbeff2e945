import assert from 'node:assert/strict';
import { allReduceSeconds, efficiency, networkOf, table, type Network } from '../../bench/scaling';

const MIB = 2 ** 20;
/** 100 MiB a second, a millisecond a message. */
const network: Network = { bytesPerSecond: 100 * MIB, latency: 0.001 };

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} for ${expected}`);
}

describe('the model of data parallel training', () => {
  it('sends all bytes twice but for the own part, in as many rounds as the algorithm has', () => {
    near(allReduceSeconds(100 * MIB, 4, network, 'ring'), 6 * 0.001 + 1.5);
    near(allReduceSeconds(100 * MIB, 4, network, 'halving and doubling'), 4 * 0.001 + 1.5);
    near(allReduceSeconds(100 * MIB, 1, network, 'ring'), 0);
  });

  it('hides all but the last bucket behind a backward pass that is longer', () => {
    // Two buckets of 25 MiB, 0.25 s each and two rounds; the backward pass takes 2 of 3 seconds.
    near(efficiency({ seconds: 3, bytes: 50 * MIB }, 2, network, 'ring'), 3 / (3 + 0.252));
  });

  it('waits for all buckets but what the first waited for where they take longer', () => {
    // Two buckets, the first ready after 0.05 s of 0.1 s.
    near(efficiency({ seconds: 0.15, bytes: 50 * MIB }, 2, network, 'ring'), 0.15 / (0.05 + 0.05 + 2 * 0.252));
  });

  it('loses nothing in one process', () => {
    near(efficiency({ seconds: 1, bytes: 500 * MIB }, 1, network, 'ring'), 1);
  });

  it('takes what two processes of one machine need for what each needs beside the link', () => {
    const { bytesPerSecond, latency } = networkOf(8, 0.001, { call: 0.004, megabytes: 0.1 });
    near(1 / bytesPerSecond, 0.1 / (100 * MIB) + 1e-9);
    near(latency, 0.002 + 0.001);
  });

  it('is a table of 1 to 1,024 processes', () => {
    const lines = table({ seconds: 3, bytes: 50 * MIB }, { call: 0.001, megabytes: 0.1 }, 'ring').split('\n');
    assert.equal(lines[0], '| processes | 1 Gbit/s | 10 Gbit/s | 25 Gbit/s | 100 Gbit/s |');
    assert.equal(lines[2], '| 1 | 100 % | 100 % | 100 % | 100 % |');
    assert.match(lines.at(-1)!, /^\| 1,024 \|/);
    assert.equal(lines.length, 2 + 11);
  });
});
