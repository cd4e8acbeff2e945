import assert from 'node:assert/strict';
import { dimensionsOf, type Parameters, randomParameters } from '../../../ts/train/sweep/space';
import { cumulative, type Observation, tpeParameters } from '../../../ts/train/sweep/tpe';

const dimensions = dimensionsOf({
  x: { min: -5, max: 5 },
  lr: { min: 1e-5, max: 1, scale: 'log' },
  kind: ['a', 'b', 'c', 'd'],
});

/** The least, 0, at x = 1, lr = 1e-2 and kind c. */
const distance = ({ x, lr, kind }: Parameters): number =>
  (Number(x) - 1) ** 2 / 10 + (Math.log10(Number(lr)) + 2) ** 2 / 5 + (kind === 'c' ? 0 : 0.5);

/** The best value after so many trials, the first ten of them random. */
function bestAfter(trials: number, seed: number, isRandom: boolean, mode: 'min' | 'max' = 'min'): number {
  const sign = mode === 'min' ? 1 : -1;
  const observations: Observation[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const parameters =
      isRandom || trial < 10
        ? randomParameters(dimensions, seed, trial)
        : tpeParameters(dimensions, observations, { seed, trial, mode });
    observations.push({ parameters, value: sign * distance(parameters) });
  }
  return Math.min(...observations.map(({ value }) => sign * value!));
}

describe('the Parzen estimator', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);

  it('finds better parameters than chance does, on average', () => {
    const [tpe, random] = [false, true].map((isRandom) => mean(seeds.map((seed) => bestAfter(50, seed, isRandom))));
    assert.ok(tpe! < 0.7 * random!, `${tpe} against ${random}`);
  });

  it('finds the same where more is better, the values turned', () => {
    for (const seed of [0, 1]) assert.equal(bestAfter(30, seed, false, 'max'), bestAfter(30, seed, false));
  });

  it('draws the same from the same trials, and other values for another seed', () => {
    const observations = Array.from({ length: 12 }, (_, trial) => {
      const parameters = randomParameters(dimensions, 3, trial);
      return { parameters, value: distance(parameters) };
    });
    const draw = (seed: number) => tpeParameters(dimensions, observations, { seed, trial: 12, mode: 'min' });
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it('keeps away from what failed', () => {
    const [key] = dimensionsOf({ x: { min: 0, max: 1 } });
    const observations: Observation[] = Array.from({ length: 30 }, (_, i) => {
      const x = (i + 0.5) / 30;
      return { parameters: { x }, value: x > 0.5 ? null : 1 };
    });
    const drawn = Array.from({ length: 40 }, (_, trial) =>
      Number(tpeParameters([key!], observations, { seed: 0, trial, mode: 'min' })['x']),
    );
    assert.ok(drawn.filter((x) => x <= 0.5).length >= 36, drawn.join());
  });

  it('stays inside of a range, and among the choices', () => {
    const observations: Observation[] = [{ parameters: { x: 5, lr: 1, kind: 'd' }, value: 0 }];
    for (let trial = 0; trial < 50; trial++) {
      const { x, lr, kind } = tpeParameters(dimensions, observations, { seed: 1, trial, mode: 'min' });
      assert.ok(Number(x) >= -5 && Number(x) <= 5 && Number(lr) >= 1e-5 && Number(lr) <= 1);
      assert.ok(['a', 'b', 'c', 'd'].includes(kind as string));
    }
  });

  it('has the cumulative normal distribution', () => {
    // From tables.
    for (const [x, value] of [
      [0, 0.5],
      [1, 0.8413447],
      [-1.96, 0.0249979],
      [3, 0.9986501],
    ] as const)
      assert.ok(Math.abs(cumulative(x) - value) < 2e-7, String(x));
  });
});
