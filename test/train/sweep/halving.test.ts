import assert from 'node:assert/strict';
import { promotion, type RungResult, rungsOf } from '../../../ts/train/sweep/halving';

describe('the rungs of successive halving', () => {
  it('are min, times the factor, up to max', () => {
    assert.deepEqual(rungsOf({ min: 1, max: 9 }), [1, 3, 9]);
    assert.deepEqual(rungsOf({ min: 2, max: 20, factor: 4 }), [2, 8, 20]);
    assert.deepEqual(rungsOf({ min: 1, max: 2 }), [1, 2]);
  });

  it('are refused where there are none', () => {
    for (const wrong of [
      { min: 3, max: 3 },
      { min: 0, max: 3 },
      { min: 1, max: 9, factor: 1 },
    ])
      assert.throws(() => rungsOf(wrong), /min below max, and a factor from 2 on, for halving, found min/);
  });
});

describe('a promotion', () => {
  const options = { rungs: 3, factor: 3, mode: 'max' } as const;
  const at = (rung: number, values: readonly (number | null)[], from = 0): RungResult[] =>
    values.map((value, i) => ({ trial: from + i, rung, value }));
  const none = new Set<number>();

  it('needs as many trials as the factor', () => {
    assert.equal(promotion(at(0, [0.5, 0.9]), none, options), undefined);
    assert.deepEqual(promotion(at(0, [0.5, 0.9, 0.1]), none, options), { trial: 1, rung: 1 });
  });

  it('is for the best third, each once, the best first', () => {
    const bottom = at(0, [0.5, 0.9, 0.1, 0.7, 0.8, 0.2]); // two of six: 1 and 4
    assert.deepEqual(promotion(bottom, none, options), { trial: 1, rung: 1 });
    const first = [...bottom, { trial: 1, rung: 1, value: 0.91 }];
    assert.deepEqual(promotion(first, none, options), { trial: 4, rung: 1 });
    assert.equal(promotion(first, new Set([4]), options), undefined);
    assert.equal(promotion([...first, { trial: 4, rung: 1, value: 0.85 }], none, options), undefined);
  });

  it('is from the highest rung first', () => {
    const bottom = at(0, [9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 0, 0]); // four of twelve: 9, 0, 1, 2
    const results = [...bottom, ...at(1, [6, 8, 7])]; // one of three: 1
    assert.deepEqual(promotion(results, none, options), { trial: 1, rung: 2 });
    assert.deepEqual(promotion([...results, { trial: 1, rung: 2, value: 8 }], none, options), { trial: 9, rung: 1 });
  });

  it('goes by the smallest where less is better, and by the first of equal ones', () => {
    assert.deepEqual(promotion(at(0, [0.5, 0.9, 0.1]), none, { ...options, mode: 'min' }), { trial: 2, rung: 1 });
    assert.deepEqual(promotion(at(0, [0.5, 0.5, 0.5]), none, options), { trial: 0, rung: 1 });
  });

  it('is for no trial that failed', () => {
    assert.equal(promotion(at(0, [null, null, null]), none, options), undefined);
    const results = [...at(0, [3, 2, 1]), { trial: 0, rung: 1, value: null }];
    assert.equal(promotion(results, none, options), undefined);
  });
});
