import assert from 'node:assert/strict';
import { Throughput, Recent } from '../../ts/train/throughput';

const work = (steps: number, evaluations = 0) => ({ steps, evaluations, checkpoints: evaluations });

describe('the pace of training', () => {
  it('is the mean of the recent steps', () => {
    const pace = new Throughput();
    pace.step(1, 10);
    pace.step(3, 30);
    assert.equal(pace.samplesPerSecond, 10);
    assert.equal(pace.secondsFor(work(5)), 10);
  });

  it('follows a change of speed within 64 steps', () => {
    const pace = new Throughput();
    for (let i = 0; i < 100; i++) pace.step(100, 1);
    for (let i = 0; i < 64; i++) pace.step(1, 1);
    assert.equal(pace.secondsFor(work(10)), 10);
  });

  it('counts evaluations and checkpoints', () => {
    const pace = new Throughput();
    pace.step(1, 1);
    pace.record('evaluations', 20);
    pace.record('checkpoints', 5);
    assert.equal(pace.secondsFor(work(10, 2)), 10 + 2 * 20 + 2 * 5);
  });

  it('guesses the first evaluation from its images', () => {
    const pace = new Throughput(null, 30);
    pace.step(2, 4);
    assert.equal(pace.secondsFor(work(1, 1)), 2 + 30 / 2 / 3);
  });

  it('promises nothing before the first step of a resumed run, and then does not count the steps it skipped', () => {
    const pace = new Throughput({ steps: 0.001, evaluations: 20, checkpoints: 5 });
    assert.equal(pace.secondsFor(work(10, 2)), null);
    pace.step(1, 1);
    assert.equal(pace.secondsFor(work(10, 2)), 10 + 2 * 20 + 2 * 5);
  });
});

describe('recent values', () => {
  it('have a mean over the last ones', () => {
    const recent = new Recent(2);
    assert.ok(Number.isNaN(recent.mean));
    for (const value of [100, 1, 3]) recent.push(value);
    assert.equal(recent.mean, 2);
    assert.equal(recent.sum, 4);
  });
});
