import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { AdamW } from '../../ts/optim';
import { makeSchedule, type ScheduleRules } from '../../ts/train/schedule';

describe('a schedule', () => {
  const rates = (rules: Partial<ScheduleRules>, steps: number, epochs = 1): number[] => {
    const optimizer = new AdamW(new nn.Linear(1, 1).parameters(), { lr: 1 });
    const schedule = makeSchedule(
      optimizer,
      { kind: 'constant', warmup: 0, dropEpochs: 1, gamma: 0.1, ...rules },
      { steps, epochs },
    );
    return Array.from({ length: steps }, () => {
      const { lr } = optimizer.paramGroups[0]!;
      schedule.step();
      return Math.round(1e4 * lr) / 1e4;
    });
  };

  it('can stay constant', () => assert.deepEqual(rates({}, 3), [1, 1, 1]));
  it('warms up over a number of steps', () => assert.deepEqual(rates({ warmup: 3 }, 5), [0.25, 0.5, 0.75, 1, 1]));
  it('warms up over a share of the steps', () => assert.deepEqual(rates({ warmup: 0.2 }, 5), [0.5, 1, 1, 1, 1]));
  it('falls along half a cosine', () => assert.deepEqual(rates({ kind: 'cosine' }, 4), [1, 0.8536, 0.5, 0.1464]));
  it('drops after every few epochs', () =>
    assert.deepEqual(rates({ kind: 'step', dropEpochs: 2 }, 6, 6), [1, 1, 0.1, 0.1, 0.01, 0.01]));

  it('rises to its peak at the end of the warm-up of one cycle, and falls to nearly zero', () => {
    const cycle = rates({ kind: 'oneCycle', warmup: 0.3 }, 10);
    assert.deepEqual([cycle[0], cycle[2], cycle[9]], [0.04, 1, 0]);
    assert.deepEqual(
      cycle.slice(2),
      [...cycle.slice(2)].sort((a, b) => b - a),
    );
  });

  it('copes with a cycle whose warm-up is one step', () => {
    const cycle = rates({ kind: 'oneCycle', warmup: 0.25 }, 4);
    assert.deepEqual([cycle[0], cycle[3]], [1, 0]);
  });

  for (const [rules, message] of [
    [{ kind: 'linear' }, /^schedule: expected one of 'constant', .* for kind, found "linear"$/],
    [{ warmup: -1 }, /^schedule: expected a number from 0 on for warmup, found -1$/],
    [{ kind: 'step', dropEpochs: 0 }, /^schedule: expected a number above 0 for dropEpochs, found 0$/],
    [{ gamma: NaN }, /^schedule: expected a number from 0 on for gamma, found NaN$/],
  ] as const)
    it(`is refused with ${JSON.stringify(rules)}`, () =>
      assert.throws(() => rates(rules as Partial<ScheduleRules>, 3), { name: 'InputError', message }));
});
