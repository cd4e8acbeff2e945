import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from '../../bench/case';
import { Fresh, Resident } from '../../bench/bench-process';
import { interleave } from '../../bench/interleave';
import { fakeSide, tickingSide, type FakeSide } from './fake-side';

const bench: Case = {
  name: 'fake',
  title: 'Fake',
  about: 'Nothing.',
  kind: 'resident',
  rounds: 3,
  warmUp: true,
  threads: 1,
  needs: [],
  tolerance: 0.01,
  measures: [
    { name: 'quick', title: 'quick', unit: 'seconds', target: { atMost: 0.75 } },
    { name: 'slow', peer: 'other', title: 'slow', unit: 'seconds' },
  ],
};

describe('a duel', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-duel-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const resident = (name: string, side: FakeSide): Resident => new Resident(fakeSide(folder, name, side));

  it('lets both sides take turns, measure by measure, and changes who goes first', async () => {
    const log = join(folder, 'log');
    const sides = { ours: resident('ours', { values: [1], log }), peer: resident('peer', { values: [1], log }) };
    await interleave(bench, sides, { rounds: 1, settleMs: 0 });
    const [warmUp, round] = [
      ['ours quick', 'peer quick', 'ours slow', 'peer other'],
      ['peer quick', 'ours quick', 'peer other', 'ours slow'],
    ];
    const turns = readFileSync(log, 'utf8').trim().split('\n');
    assert.deepEqual(
      turns.map((turn) => turn.replace('run ', '')),
      [...warmUp, ...round],
    );
  });

  it('takes medians without the warm-up, and compares the turns that were next to each other', async () => {
    // quick, slow of the warm-up, then of three rounds
    const ours = resident('ours', { values: [100, 100, 1, 5, 2, 5, 9, 5] });
    const peer = resident('peer', { values: [900, 900, 2, 5, 8, 5, 9, 5] });
    const { statistics, facts } = await interleave(bench, { ours, peer }, { rounds: 3, settleMs: 0 });
    const [quick, slow] = statistics;
    assert.deepEqual(quick!.ours, { low: 1.5, middle: 2, high: 5.5 });
    assert.deepEqual(quick!.peer, { low: 5, middle: 8, high: 8.5 });
    assert.deepEqual(quick!.comparison, { low: 0.375, middle: 0.5, high: 0.75 });
    assert.equal(quick!.reached, true);
    assert.equal(slow!.comparison!.middle, 1);
    assert.equal(slow!.reached, null, 'there is no target');
    assert.deepEqual(facts, { ours: { fake: 'ours' }, peer: { fake: 'peer' } });
  });

  it('misses a target that the comparison does not reach', async () => {
    const sides = { ours: resident('ours', { values: [0.8] }), peer: resident('peer', { values: [1] }) };
    const { statistics } = await interleave(bench, sides, { rounds: 3, settleMs: 0 });
    assert.equal(statistics[0]!.reached, false);
  });

  it('judges nothing where the peer is absent', async () => {
    const { statistics, facts } = await interleave(
      bench,
      { ours: resident('ours', { values: [0.1] }), peer: null },
      { rounds: 2, settleMs: 0 },
    );
    assert.deepEqual(statistics[0], {
      title: 'quick',
      unit: 'seconds',
      ours: { low: 0.1, middle: 0.1, high: 0.1 },
      peer: null,
      comparison: null,
      target: { atMost: 0.75 },
      reached: null,
    });
    assert.equal(facts.peer, null);
  });

  it('of sides that compute different things is refused', async () => {
    const sides = {
      ours: resident('ours', { check: [1, 2], values: [1] }),
      peer: resident('peer', { check: [1, 2.1], values: [1] }),
    };
    await assert.rejects(
      interleave(bench, sides, { rounds: 1, settleMs: 0 }),
      /^Error: fake: the two sides compute different things: ours \[1\.000000, 2\.000000\], the peer \[1\.000000, 2\.100000\]/,
    );
  });

  it('ends with the last words of a side that dies', async () => {
    const peer = resident('peer', { values: [1], dies: { turn: 1, words: 'No module named torch' } });
    await assert.rejects(
      interleave(bench, { ours: resident('ours', { values: [1] }), peer }, { rounds: 1, settleMs: 0 }),
      /peer\.cjs failed: it ended with code 3:\nNo module named torch$/,
    );
  });

  it('in slices stops one side while the other runs, with what it has started, and counts only the time it runs', async () => {
    const ticks = (name: string): string => join(folder, `${name}.ticks`);
    const ticking = (name: string): Resident =>
      new Resident(tickingSide(folder, name, { file: ticks(name), ticks: 30 }));
    const long: Case = {
      ...bench,
      slice: 0.1,
      warmUp: false,
      measures: [{ name: 'quick', title: 'quick', unit: 'seconds' }],
    };
    const start = performance.now();
    const { statistics } = await interleave(
      long,
      { ours: ticking('ours'), peer: ticking('peer') },
      { rounds: 1, settleMs: 0 },
    );
    const whole = (performance.now() - start) / 1000;
    const { ours, peer } = statistics[0]!;
    assert.ok(ours.middle + peer!.middle <= whole, `${ours.middle} + ${peer!.middle} s of ${whole} s`);
    const all = ['ours', 'peer'].flatMap((side) =>
      readFileSync(ticks(side), 'utf8')
        .trim()
        .split('\n')
        .map((at) => ({ side, at: Number(at) })),
    );
    assert.equal(all.length, 60);
    const sides = all.toSorted((a, b) => a.at - b.at).map(({ side }) => side);
    const changes = sides.filter((side, i) => i > 0 && side !== sides[i - 1]).length;
    // One side at a time: each slice of 0.1 s changes the side once at most, however slow the machine is.
    assert.ok(
      changes >= 2 && changes <= whole / 0.1 + 1,
      `${changes} changes among 60 ticks in ${whole} s: ${sides.join(' ')}`,
    );
  });

  it('of fresh processes takes the time from start to answer', async () => {
    const ours = new Fresh(fakeSide(folder, 'ours', { values: [] }));
    const once: Case = { ...bench, kind: 'fresh', measures: [bench.measures[0]!] };
    const { statistics } = await interleave(once, { ours, peer: null }, { rounds: 1, settleMs: 0 });
    const { middle } = statistics[0]!.ours;
    assert.ok(middle > 0.01 && middle < 30, `a Node process answers in ${middle} s`);
  });
});
