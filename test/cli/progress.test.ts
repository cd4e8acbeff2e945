import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { duration, trainingDisplay } from '../../ts/cli/progress';
import type { StepEvent } from '../../ts/train/types';

const step: StepEvent = {
  type: 'step',
  epoch: 2,
  epochs: 8,
  step: 150,
  steps: 1000,
  loss: 0.51234,
  lr: 0.00093,
  samplesPerSecond: 611.7,
  secondsLeft: 125,
};

describe('the display of a training', () => {
  let text: string;
  let clock: number;
  const terminalName = process.env.TERM;
  const output = (given: object = {}) =>
    Object.assign(new Writable({ write: (chunk, _, done) => ((text += String(chunk)), done()) }), given);
  const display = (terminal?: { columns: number }) =>
    trainingDisplay(output({ isTTY: terminal !== undefined, ...terminal }), () => clock);

  beforeEach(() => {
    text = '';
    clock = 0;
    process.env.TERM = 'xterm';
  });
  afterEach(() => {
    if (terminalName === undefined) delete process.env.TERM;
    else process.env.TERM = terminalName;
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
    display().onEvent({
      type: 'evaluated',
      epoch: 3,
      step: 375,
      metrics: { meanAccuracy: 0.81234, meanAveragePrecision: null },
      best: true,
    });
    assert.equal(text, 'epoch 3, step 375: meanAccuracy 0.8123, meanAveragePrecision – (best so far)\n');
  });

  it('says what the listener hears', () => {
    display()
      .listener({ say: () => assert.fail(), bar: () => assert.fail() })
      .say('drawing');
    assert.equal(text, 'drawing\n');
  });

  describe('where somebody watches', () => {
    const end = { type: 'end', step: 1000, outcome: 'completed' } as const;

    it('draws a bar of the epoch, with loss, speed and the time left', () => {
      const { onEvent } = display({ columns: 120 });
      onEvent(step);
      assert.deepEqual(screen(text), [
        'epoch 2/8 [==--------] 20% | loss 0.5123 | 612 images/s | 2 min 05 s left | step 150/1000 | lr 0.00093',
      ]);
      onEvent({ ...step, step: 250, loss: 0.25, secondsLeft: null });
      onEvent(end);
      assert.deepEqual(screen(text), [
        'epoch 2/8 [==========] 100% | loss 0.2500 | 612 images/s | step 250/1000 | lr 0.00093',
        '',
      ]);
    });

    it('cuts off what a narrow terminal has no room for, not the time left', () => {
      const { onEvent } = display({ columns: 80 });
      onEvent({ ...step, epoch: 12, epochs: 300, step: 1400, steps: 37500, secondsLeft: 31_000 });
      onEvent(end);
      const [line] = screen(text);
      assert.equal(line!.length, 80);
      assert.match(line!, /^epoch 12\/300 \[==?-+\] 20% \| loss 0\.5123 \| 612 images\/s \| 8 h 36 min left/);
    });

    it('begins a bar for each epoch, and never shows more than there is', () => {
      const { onEvent } = display({ columns: 120 });
      for (const epoch of [1, 2, 3])
        for (const at of [1, 2, 3, 4])
          onEvent({ ...step, epoch, epochs: 3, step: 4 * (epoch - 1) + at, steps: 12, secondsLeft: 0 });
      onEvent(end);
      const lines = screen(text);
      assert.deepEqual(
        lines.map((line) => line.split(' | ')[0]),
        [1, 2, 3].map((epoch) => `epoch ${epoch}/3 [==========] 100%`).concat(''),
      );
      const shares = [...text.matchAll(/(\d+)%/g)].map(([, share]) => Number(share));
      assert.ok(
        shares.every((share) => share > 0 && share <= 100),
        shares.join(),
      );
      assert.doesNotMatch(text, /NaN|Infinity|undefined/);
    });

    it('goes on in the middle of an epoch after a resume', () => {
      const { onEvent } = display({ columns: 120 });
      onEvent({ ...step, epoch: 8, step: 999 });
      onEvent(end);
      assert.match(screen(text)[0]!, /^epoch 8\/8 \[=+\] 99% /);
    });

    it('keeps what is said in between, by whomever', () => {
      const { onEvent, say, listener } = display({ columns: 120 });
      const bars: string[] = [];
      const inner = {
        say: () => assert.fail(),
        bar: (label: string) => (
          bars.push(label),
          assert.equal(text.at(-1), '\n'),
          { update: () => {}, stop: () => {} }
        ),
      };
      say('training into models/faces, 1000 steps');
      onEvent(step);
      listener(inner).say('a word of the task');
      onEvent({ ...step, step: 200 });
      onEvent({ type: 'evaluated', epoch: 2, step: 200, metrics: { meanAccuracy: 0.81 }, best: true });
      onEvent({ ...step, step: 250 });
      listener(inner).bar('evaluating', 'steps');
      onEvent(end);
      say('stopped');
      assert.deepEqual(
        screen(text).map((line) => line.replace(/ \| .*/, '')),
        [
          'training into models/faces, 1000 steps',
          'epoch 2/8 [==--------] 20%',
          'a word of the task',
          'epoch 2/8 [======----] 60%',
          'epoch 2, step 200: meanAccuracy 0.8100 (best so far)',
          'epoch 2/8 [==========] 100%',
          'stopped',
          '',
        ],
      );
      assert.deepEqual(bars, ['evaluating']);
    });
  });
});

/** The lines that a terminal shows after `text`: what was overwritten is gone. */
function screen(text: string): string[] {
  const lines = [''];
  let column = 0;
  for (const [token] of text.matchAll(/\x1b\[?[\d;?]*[A-Za-z78]|[^]/g)) {
    const line = lines.at(-1)!;
    if (token === '\n') column = lines.push('') && 0;
    else if (token === '\x1b[1G') column = 0;
    else if (token === '\x1b[0K') lines[lines.length - 1] = line.slice(0, column);
    // The cursor is kept at the beginning of the line, and put back there.
    else if (token === '\x1b7') assert.equal(column, 0);
    else if (token === '\x1b8') column = 0;
    else if (token.startsWith('\x1b')) assert.fail(`it changes the terminal: ${JSON.stringify(token)}`);
    else lines[lines.length - 1] = line.slice(0, column) + token + line.slice(++column);
  }
  return lines;
}

describe('a duration', () => {
  const cases: [number, string][] = [
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.9, '1 h 00 min'],
    [3725, '1 h 02 min'],
    [90061, '25 h 01 min'],
  ];
  for (const [seconds, text] of cases)
    it(`of ${seconds} seconds is ${text}`, () => assert.equal(duration(seconds), text));
});
