import assert from 'node:assert/strict';
import { duration, trainingDisplay } from '../../ts/cli/progress';
import type { StepEvent } from '../../ts/train/events';

const step: StepEvent = {
  type: 'step', epoch: 2, epochs: 8, step: 150, steps: 1000, loss: 0.51234, lr: 0.00093, imagesPerSecond: 611.7, secondsLeft: 125,
};

describe('the display of a training', () => {
  let text: string;
  let clock: number;
  const display = () => trainingDisplay({ write: (line: string) => ((text += line), true) }, () => clock);

  beforeEach(() => {
    text = '';
    clock = 0;
  });

  it('writes a line about every ten seconds into a log', () => {
    const { onEvent } = display();
    onEvent(step);
    clock = 9_999;
    onEvent(step);
    assert.equal(text, '');
    clock = 10_000;
    onEvent(step);
    onEvent({ ...step, step: 151 });
    assert.equal(text, 'epoch 2/8 step 150/1000 | loss 0.5123 | lr 0.00093 | 612 images/s | 2 min 05 s left\n');
  });

  it('does not guess the time left', () => {
    const { onEvent } = display();
    clock = 10_000;
    onEvent({ ...step, secondsLeft: null });
    assert.match(text, /612 images\/s\n$/);
  });

  it('writes a line for each evaluation', () => {
    display().onEvent({ type: 'evaluated', epoch: 3, step: 375, metrics: { meanAccuracy: 0.81234, meanAveragePrecision: null }, best: true });
    assert.equal(text, 'epoch 3, step 375: meanAccuracy 0.8123, meanAveragePrecision – (best so far)\n');
  });

  it('says what the listener hears', () => {
    display().listener({ say: () => assert.fail(), bar: () => assert.fail() }).say('drawing');
    assert.equal(text, 'drawing\n');
  });
});

describe('a duration', () => {
  const cases: [number, string][] = [[0.4, '0 s'], [59.4, '59 s'], [59.6, '1 min 00 s'], [185, '3 min 05 s'], [3599.9, '1 h 00 min'], [3725, '1 h 02 min'], [90061, '25 h 01 min']];
  for (const [seconds, text] of cases) it(`of ${seconds} seconds is ${text}`, () => assert.equal(duration(seconds), text));
});
