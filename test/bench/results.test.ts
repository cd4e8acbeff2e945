import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measure } from '../../bench/case';
import { cases } from '../../bench/cases';
import { statisticsOf, spread } from '../../bench/statistics';
import { findPeer } from '../../bench/python';
import { record, type Entry } from '../../bench/results';

const step: Measure = { name: 'step', title: 'one step', unit: 'seconds', target: { atMost: 1 } };

function entry(name: string, changes: Partial<Entry> = {}): Entry {
  return {
    name,
    title: `Case ${name}`,
    about: 'What it does.',
    device: 'cpu',
    threads: 2,
    rounds: 3,
    date: '2026-01-02T03:04:05Z',
    command: 'node build/bench/run.js',
    machine: { cpu: 'A CPU', cores: 2, memoryGiB: 8, system: 'Linux 6', gpus: [] },
    load: 0.1,
    commit: 'abc1234',
    absent: null,
    facts: { ours: { Node: '20' }, peer: { torch: '2.13' } },
    statistics: [statisticsOf(step, { ours: [0.002, 0.002], peer: [0.001, 0.001] })],
    ...changes,
  };
}

describe('the results of the benches', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-results-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const markdown = (): string => readFileSync(join(folder, 'results.md'), 'utf8');

  it('tell figures, ratio, target, machine, versions, date and command, and name what falls short', () => {
    record(folder, cases, [entry('operator-call')]);
    assert.match(markdown(), /\| one step \| 2\.00 ms \| 1\.00 ms \| 2\.000 \| at most 1 \| \*\*short\*\* \|/);
    assert.match(markdown(), /A CPU, 2 cores, 8 GiB, Linux 6; load before the case 0\.1/);
    assert.match(markdown(), /Ours: Node 20, commit abc1234\. Peer: torch 2\.13/);
    assert.match(markdown(), /2 threads each, 3 rounds; 2026-01-02T03:04:05Z: `node build\/bench\/run\.js`/);
    assert.match(
      markdown(),
      /## What falls short\n\n- Case operator-call, one step: 2\.000, at most 1 wanted \(A CPU\)/,
    );
  });

  it('compare seconds by their difference, where that is what the target is', () => {
    const measure: Measure = { ...step, byDifference: true, target: { atMost: 0.15e-3 } };
    const statistics = [statisticsOf(measure, { ours: [1.2e-3, 1.3e-3], peer: [1e-3, 1.1e-3] })];
    record(folder, cases, [entry('operator-call', { statistics })]);
    assert.match(markdown(), /\| one step \| 1\.25 ms .+ \| \+200 µs \| at most 150 µs more \| \*\*short\*\* \|/);
  });

  it('say that a peer was absent and why', () => {
    const alone = entry('operator-call', {
      absent: 'python3: it cannot be run (ENOENT)',
      facts: { ours: { Node: '20' }, peer: null },
      statistics: [statisticsOf(step, { ours: [0.002], peer: [] })],
    });
    record(folder, cases, [alone]);
    assert.match(markdown(), /\| one step \| 2\.00 ms \| absent \| – \| at most 1 \| – \|/);
    assert.match(markdown(), /Peer: absent \(python3: it cannot be run \(ENOENT\)\)/);
  });

  it('keep what other processors gave, the newest first', () => {
    const on = (cpu: string, date: string) =>
      entry('operator-call', { date, machine: { cpu, cores: 2, memoryGiB: 8, system: 'Linux 6', gpus: [] } });
    record(folder, cases, [
      on('A CPU', '2026-01-01T00:00:00Z'),
      on('B CPU (family 1, model 2)', '2026-01-02T00:00:00Z'),
    ]);
    record(folder, cases, [on('A CPU (family 3, model 4)', '2026-01-03T00:00:00Z')]);
    const found = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Entry[];
    assert.deepEqual(
      found.map(({ machine }) => machine.cpu),
      ['A CPU (family 3, model 4)', 'B CPU (family 1, model 2)'],
    );
  });

  it('keep the newest run of each case on each device, in the order of the cases', () => {
    record(folder, cases, [entry('vit-inference'), entry('operator-call', { date: '2026-01-01T00:00:00Z' })]);
    record(folder, cases, [entry('operator-call', { device: 'cuda' }), entry('operator-call')]);
    const kept = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Entry[];
    assert.deepEqual(
      kept.map(({ name, device, date }) => [name, device, date.slice(0, 10)]),
      [
        ['operator-call', 'cpu', '2026-01-02'],
        ['operator-call', 'cuda', '2026-01-02'],
        ['vit-inference', 'cpu', '2026-01-02'],
      ],
    );
  });
});

describe('a figure', () => {
  it('has the quartiles that NumPy gives', () => {
    assert.deepEqual(spread([4, 1, 3, 2]), { low: 1.75, middle: 2.5, high: 3.25 });
  });

  it('of memory is the highest of all turns', () => {
    const peak = statisticsOf({ name: 'peak', title: 'peak', unit: 'bytes' }, { ours: [1, 3, 3], peer: [2, 4, 4] });
    assert.deepEqual([peak.ours.middle, peak.peer!.middle, peak.comparison!.middle], [3, 4, 0.75]);
  });

  it('in points is compared by difference', () => {
    const accuracy: Measure = { name: 'accuracy', title: 'accuracy', unit: 'points', target: { atLeast: -0.5 } };
    assert.equal(statisticsOf(accuracy, { ours: [85.6], peer: [86] }).reached, true);
    assert.equal(statisticsOf(accuracy, { ours: [85.4], peer: [86] }).reached, false);
  });
});

describe('the search for the peer', () => {
  it('says why the Python that was named is of no use', () => {
    assert.deepEqual(findPeer({ TORCHTS_PYTHON: '/nonexistent/python' }), {
      absent: '/nonexistent/python: it cannot be run (ENOENT)',
    });
    assert.deepEqual(findPeer({ TORCHTS_PYTHON: 'false', PATH: process.env.PATH }), {
      absent: 'false: it ended with code 1',
    });
  });
});
