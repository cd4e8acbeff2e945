import assert from 'node:assert/strict';
import { Triggers } from '../../ts/train/triggers';
import type { TrainPlan } from '../../ts/train/types';
import { initialState, type LoopState } from '../../ts/train/state';

const plan: TrainPlan = {
  seed: 0,
  epochs: 4,
  accumulate: 1,
  clipNorm: 0,
  clipValue: 0,
  precision: 'float32',
  ema: 0,
  maxSteps: 0,
  maxMinutes: 0,
  keep: 1,
  logSteps: 10,
  evaluateStart: false,
  evaluateEpochs: 1,
  evaluateSteps: 0,
  checkpointMinutes: 0,
  checkpointSteps: 0,
  asyncCheckpoint: true,
  patience: 0,
  score: 'accuracy',
  mode: 'max',
};
const course = (change: Partial<TrainPlan>, batches = 10) => new Triggers({ ...plan, ...change }, batches);
const at = (change: Partial<LoopState>): LoopState => ({ ...initialState, ...change });

describe('the triggers of a training', () => {
  it('rounds the steps of an epoch up', () => {
    assert.equal(course({}).steps, 40);
    assert.equal(course({ accumulate: 4 }).steps, 12);
  });

  it('lets the last step of an epoch average the batches that are left', () => {
    const batches = Array.from({ length: 10 }, (_, batch) => batch);
    assert.deepEqual(
      batches.map((batch) => course({ accumulate: 4 }).microBatches(at({ batch }))),
      [4, 4, 4, 4, 4, 4, 4, 4, 2, 2],
    );
    assert.deepEqual(
      batches.filter((batch) => course({ accumulate: 4 }).stepDue(at({ batch: batch + 1 }))),
      [3, 7, 9],
    );
  });

  it('ends after the last epoch, or when patience runs out', () => {
    assert.equal(course({}).outcome(at({ epoch: 3 })), undefined);
    assert.equal(course({}).outcome(at({ epoch: 4 })), 'completed');
    assert.equal(course({ patience: 2 }).outcome(at({ stale: 1 })), undefined);
    assert.equal(course({ patience: 2 }).outcome(at({ stale: 2 })), 'stopped early');
  });

  it('evaluates at the end of every n-th epoch and of the last one', () => {
    const due = (epoch: number) =>
      course({ evaluateEpochs: 3 }).evaluationDue(at({ epoch, batch: 10, step: 10 * (epoch + 1) }));
    assert.deepEqual([0, 1, 2, 3].map(due), [false, false, true, true]);
    assert.ok(!course({}).evaluationDue(at({ batch: 9, step: 9 })));
  });

  it('evaluates after every n steps when asked to', () => {
    const due = (step: number) => course({ evaluateSteps: 4 }).evaluationDue(at({ batch: step, step }));
    assert.deepEqual([3, 4, 5, 8].map(due), [false, true, false, true]);
  });

  it('does not evaluate the same step twice', () => {
    assert.ok(!course({}).evaluationDue(at({ batch: 10, step: 10, evaluatedStep: 10 })));
  });

  it('evaluates before the first step when asked to, once', () => {
    assert.ok(!course({}).evaluationDue(initialState));
    assert.ok(course({ evaluateStart: true }).evaluationDue(initialState));
    assert.ok(!course({ evaluateStart: true }).evaluationDue(at({ evaluatedStep: 0 })));
  });

  it('checkpoints after steps or minutes, each only when asked to', () => {
    assert.ok(!course({}).checkpointDue(at({ step: 10 }), 1e9));
    assert.ok(course({ checkpointSteps: 5 }).checkpointDue(at({ step: 10 }), 0));
    assert.ok(!course({ checkpointSteps: 5 }).checkpointDue(at({ step: 0 }), 0));
    assert.ok(!course({ checkpointSteps: 5 }).checkpointDue(at({ step: 11 }), 1e9));
    assert.ok(course({ checkpointMinutes: 2 }).checkpointDue(at({ step: 11 }), 120_001));
    assert.ok(!course({ checkpointMinutes: 2 }).checkpointDue(at({ step: 11 }), 119_999));
  });

  it('checkpoints before an evaluation, but not before the first step', () => {
    const due = (batch: number) => course({}).checkpointDue(at({ batch, step: batch }), 0);
    assert.deepEqual([9, 10].map(due), [false, true]);
    assert.ok(!course({ evaluateStart: true }).checkpointDue(at({}), 0));
  });

  it('knows what is left', () => {
    assert.deepEqual(course({}).remaining(at({ epoch: 1, batch: 5, step: 15 })), {
      steps: 25,
      evaluations: 3,
      checkpoints: 6,
    });
    assert.deepEqual(course({ evaluateEpochs: 0 }).remaining(at({ epoch: 1, step: 10 })), {
      steps: 30,
      evaluations: 0,
      checkpoints: 0,
    });
  });

  it('logs the steps before an end within an epoch', () => {
    const due = (change: Partial<TrainPlan>, state: Partial<LoopState>) => course(change).logDue(at(state));
    assert.deepEqual(
      [12, 13].map((step) => due({ maxSteps: 13 }, { epoch: 1, batch: step - 10, step })),
      [false, true],
    );
    assert.deepEqual(
      [59, 60].map((seconds) => due({ maxMinutes: 1 }, { batch: 3, step: 3, seconds })),
      [false, true],
    );
  });

  it('counts the evaluations left as they will come, each once', () => {
    const counted = (change: Partial<TrainPlan>, state: Partial<LoopState>) =>
      course(change).remaining(at(state)).evaluations;
    /** The same by asking after each step that is left. */
    const asked = (change: Partial<TrainPlan>, from: number) => {
      const { steps } = course(change);
      const evaluations = Array.from({ length: steps + 1 - from }, (_, i) => from + i).filter((step) => {
        const epoch = Math.max(0, Math.ceil(step / 10) - 1);
        return course(change).evaluationDue(at({ epoch, batch: step - 10 * epoch, step }));
      });
      return evaluations.length;
    };
    for (const change of [
      {},
      { evaluateEpochs: 3 },
      { evaluateEpochs: 0, evaluateSteps: 4 },
      { evaluateSteps: 4 },
      { evaluateSteps: 10, evaluateEpochs: 4 },
      { evaluateStart: true, evaluateSteps: 7, evaluateEpochs: 2 },
      { maxSteps: 27, evaluateEpochs: 2 },
      { maxSteps: 20, evaluateSteps: 5 },
    ])
      for (const step of [0, 5, 10, 11, 20, 27, 39, 40].filter((step) => step <= course(change).steps)) {
        const epoch = Math.max(0, Math.ceil(step / 10) - 1);
        const state = { epoch, batch: step - 10 * epoch, step };
        assert.equal(counted(change, state), asked(change, step), `${JSON.stringify(change)} at step ${step}`);
      }
    assert.equal(counted({ evaluateEpochs: 3 }, { epoch: 1, batch: 1, step: 11 }), 2);
    assert.equal(counted({}, { epoch: 3, batch: 10, step: 40, evaluatedStep: 40 }), 0);
  });
});
