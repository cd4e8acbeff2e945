import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterEvaluation,
  afterStep,
  batchSeed,
  emptyWindow,
  epochsBegun,
  evaluationSeed,
  initialState,
  isBest,
  readState,
  requireFinite,
  scoreOf,
  windowMeans,
  type LoopState,
} from '../../ts/train/state';

describe('the state of a training', () => {
  it('sums the values, samples and seconds of steps until they are logged', () => {
    const first = afterStep(initialState, { means: { loss: 3, gradNorm: 1 }, seconds: 0.5, samples: 8 });
    const second = afterStep(first, { means: { loss: 1, gradNorm: 2, extra: 4 }, seconds: 1.5, samples: 4 });
    assert.deepEqual(second, {
      ...initialState,
      step: 2,
      seconds: 2,
      window: { steps: 2, images: 12, seconds: 2, sums: { loss: 4, gradNorm: 3, extra: 4 } },
    });
    assert.deepEqual(initialState.window.sums, {});
    assert.deepEqual(windowMeans(second.window), { loss: 2, gradNorm: 1.5, extra: 2, imagesPerSecond: 6 });
    assert.equal(windowMeans({ ...emptyWindow, steps: 1, images: 1, seconds: 3 })['imagesPerSecond'], 0.3);
    const logged = afterStep({ ...second, window: emptyWindow }, { means: { loss: 7 }, seconds: 1, samples: 1 });
    assert.deepEqual([logged.step, logged.seconds, logged.window.sums], [3, 3, { loss: 7 }]);
  });

  it('keeps a sum that is not finite through JSON, which has null for it', () => {
    const first = afterStep(initialState, { means: { loss: 1, extra: NaN }, seconds: 1, samples: 1 });
    const saved = JSON.parse(JSON.stringify(first)) as LoopState;
    assert.equal(saved.window.sums['extra'], null);
    const second = afterStep(saved, { means: { loss: 1, extra: 2 }, seconds: 1, samples: 1 });
    assert.deepEqual(windowMeans(second.window), { loss: 1, extra: NaN, imagesPerSecond: 1 });
    assert.deepEqual(windowMeans(saved.window), { loss: 1, extra: NaN, imagesPerSecond: 1 });
  });

  it('counts epochs from 1 once a step was made', () => {
    assert.equal(epochsBegun(initialState), 0);
    assert.equal(epochsBegun({ ...initialState, step: 1 }), 1);
    assert.equal(epochsBegun({ ...initialState, step: 9, epoch: 2 }), 3);
  });

  it('keeps the best evaluation, higher or lower as asked; one as good is not better', () => {
    const at = (step: number, state: LoopState): LoopState => ({ ...state, step, epoch: step - 1 });
    const scores = (mode: 'min' | 'max', ...found: number[]) => {
      let state = initialState;
      return found.map((score, i) => {
        state = afterEvaluation(at(i + 1, state), score, mode);
        assert.equal(state.evaluatedStep, i + 1);
        return [state.best, state.stale, isBest(state)];
      });
    };
    const best = (score: number, step: number) => ({ score, epoch: step, step });
    assert.deepEqual(scores('max', 0.5, 0.5, 0.4, 0.6), [
      [best(0.5, 1), 0, true],
      [best(0.5, 1), 1, false],
      [best(0.5, 1), 2, false],
      [best(0.6, 4), 0, true],
    ]);
    assert.deepEqual(scores('min', 0.5, 0.5, 0.6, 0.4), [
      [best(0.5, 1), 0, true],
      [best(0.5, 1), 1, false],
      [best(0.5, 1), 2, false],
      [best(0.4, 4), 0, true],
    ]);
    assert.deepEqual(afterEvaluation(initialState, 1, 'max').best, { score: 1, epoch: 0, step: 0 });
    assert.equal(isBest(initialState), false);
  });

  it('needs a number to tell which evaluation is best', () => {
    assert.equal(scoreOf({ loss: 1, AP: 0 }, 'AP'), 0);
    const advice = 'name another metric by the option score.';
    for (const AP of [null, NaN, Infinity])
      assert.throws(() => scoreOf({ loss: 1, AP }, 'AP'), {
        name: 'InputError',
        message: `Expected a finite number "AP" of the evaluation, found ${AP}; ${advice}`,
      });
    assert.throws(() => scoreOf({ loss: 1, other: 2 }, 'AP'), {
      message: `Expected a finite number "AP" of the evaluation, found loss, other; ${advice}`,
    });
    assert.throws(() => scoreOf({}, 'AP'), /found no metrics; /);
  });

  it('is refused where a loss or a norm of gradients is not finite, with what stands and what may help', () => {
    const state = { ...initialState, epoch: 2, step: 40 };
    requireFinite({ loss: 1, gradNorm: 2, other: NaN }, state);
    requireFinite({ loss: 1 }, state);
    const help = 'try a lower learning rate, a longer warm-up or clipping.';
    assert.throws(() => requireFinite({ loss: NaN, gradNorm: Infinity }, state), {
      code: 'TTS_INPUT',
      message: `Expected a finite loss, found NaN at epoch 3, step 41: no checkpoint was written yet; ${help}`,
    });
    assert.throws(() => requireFinite({ loss: 1, gradNorm: Infinity }, state, { ...state, step: 30 }), {
      code: 'TTS_INPUT',
      message: `Expected a finite gradNorm, found Infinity at epoch 3, step 41: the checkpoint of step 30 stands; ${help}`,
    });
  });

  it('draws a seed of its own for each batch, the same again', () => {
    const seeds = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ].map(([seed, epoch, batch]) => batchSeed(seed!, epoch!, batch!));
    assert.equal(new Set(seeds).size, 4);
    assert.equal(batchSeed(0, 0, 0), seeds[0]);
  });

  it('draws a seed of its own for the evaluation after each step, the same again', () => {
    const seeds = [evaluationSeed(0, 0), evaluationSeed(1, 0), evaluationSeed(0, 1), batchSeed(0, 0, 0)];
    assert.equal(new Set(seeds).size, 4);
    assert.equal(evaluationSeed(0, 0), seeds[0]);
  });

  it('is read from a checkpoint, or is not there to resume from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'torchts-state-'));
    try {
      const path = join(folder, 'state.json');
      assert.throws(() => readState(folder), {
        code: 'TTS_INPUT',
        message: `Cannot resume: ${path} is unreadable (ENOENT: no such file or directory, open '${path}'); start a new run.`,
      });
      writeFileSync(path, '{"loop": {"step": 3}}');
      assert.deepEqual(readState(folder), { loop: { step: 3 } });
      writeFileSync(path, '{"loop"');
      assert.throws(() => readState(folder), /state\.json is unreadable \(.*JSON.*\); start a new run\.$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
