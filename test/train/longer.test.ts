import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FitOptions, TrainEvent } from '../../ts/train';
import type { ConfigTree } from '../../ts/train/config/keys';
import { isLengthened } from '../../ts/train/longer';
import { RunFolder } from '../../ts/train/run';
import { type SavedState, readState } from '../../ts/train/state';
import { resumeToy, toy, type ToyBatch, type ToyOptions, weights } from './toy';

type Length = { epochs: number; maxSteps?: number };

/** Schedules whose rates do not depend on how long a run is. */
const SCHEDULES: Readonly<Record<string, FitOptions<ToyBatch>['schedule']>> = {
  'a constant rate after a warm-up of steps': { kind: 'constant', warmup: 3 },
  'drops after epochs': { kind: 'step', dropEpochs: 1, gamma: 0.5 },
  'a schedule of optim': { kind: 'ExponentialLR', gamma: 0.9 },
};

describe('a run that goes on for longer than it was begun for', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'longer-'))));
  after(() => rmSync(root, { recursive: true }));

  const options = (length: Length, schedule: FitOptions<ToyBatch>['schedule'], more: ToyOptions = {}): ToyOptions => ({
    config: { note: 'toy', maxSteps: 0, ...length },
    ...more,
    fit: { ...length, schedule, ...more.fit },
  });

  /** A run to its end, and what its folder is called. */
  async function train(toyOptions: ToyOptions): Promise<{ path: string; weights: unknown }> {
    const run = RunFolder.create(join(root, String(count++)), toyOptions.config as ConfigTree);
    const { model, trainer } = toy(run, toyOptions);
    await trainer.fit();
    run.write('metrics.json', '{}');
    run.release();
    return { path: run.path, weights: weights(model) };
  }

  const optimizerOf = (path: string) => readFileSync(join(path, 'checkpoints/last/optimizer.safetensors'));

  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    it(`ends with the bits of one that was begun so, with ${name}`, async () => {
      const whole = await train(options({ epochs: 4 }, schedule));
      const { path } = await train(options({ epochs: 2 }, schedule));
      const model = await resumeToy(path, options({ epochs: 4 }, schedule));
      assert.deepEqual(weights(model), whole.weights);
      assert.ok(optimizerOf(path).equals(optimizerOf(whole.path)));
      assert.ok(!existsSync(join(path, 'metrics.json')), 'it is no longer finished');
      assert.match(readFileSync(join(path, 'config.yaml'), 'utf8'), /^epochs: 4$/m);
    });
  }

  it('goes on in the middle of an epoch, where steps were counted', async () => {
    const { path } = await train(options({ epochs: 3, maxSteps: 5 }, {}));
    const model = await resumeToy(path, options({ epochs: 3, maxSteps: 10 }, {}));
    assert.deepEqual(weights(model), (await train(options({ epochs: 3, maxSteps: 10 }, {}))).weights);
  });

  it('goes on from a checkpoint of a version that did not write how long it was', async () => {
    const { path } = await train(options({ epochs: 1 }, {}));
    const file = join(path, 'checkpoints/last/state.json');
    const { span, ...state } = readState(join(path, 'checkpoints/last')) as SavedState;
    assert.deepEqual(span, { steps: 4, epochs: 1 });
    writeFileSync(file, JSON.stringify(state));
    rmSync(join(path, 'checkpoints/last/SHA256SUMS'));
    await assert.rejects(resumeToy(path, options({ epochs: 2 }, { kind: 'cosine' })), /laid out over 4,/);
    const model = await resumeToy(path, options({ epochs: 2 }, {}));
    assert.deepEqual(weights(model), (await train(options({ epochs: 2 }, {}))).weights);
  });

  it('goes on after it was out of patience, with more of it', async () => {
    const config = (patience: number): ToyOptions =>
      options(
        { epochs: 4 },
        {},
        { config: { epochs: 4, patience }, plan: { patience }, evaluate: () => ({ accuracy: 0 }) },
      );
    const steps: number[] = [];
    const { path } = await train({ ...config(1), listener: (event) => note(event, steps) });
    assert.deepEqual(steps, [8]);
    await resumeToy(path, { ...config(2), listener: (event) => note(event, steps) });
    assert.deepEqual(steps, [8, 12]);
  });

  describe('is refused, and left as it was,', () => {
    const refused = async (begun: ToyOptions, resumed: ToyOptions, sentence: RegExp) => {
      const { path } = await train(begun);
      const files = ['config.yaml', 'metrics.json', 'checkpoints/last/state.json'].map((name) => join(path, name));
      const before = files.map((file) => readFileSync(file, 'utf8'));
      await assert.rejects(resumeToy(path, resumed), (error: Error) => {
        assert.equal(error.name, 'InputError');
        assert.match(error.message, sentence);
        return true;
      });
      assert.deepEqual(
        files.map((file) => readFileSync(file, 'utf8')),
        before,
      );
    };

    for (const kind of ['cosine', 'oneCycle'] as const) {
      it(`where the schedule was laid out over its steps: ${kind}`, () =>
        refused(
          options({ epochs: 1 }, { kind }),
          options({ epochs: 2 }, { kind }),
          /^Cannot resume \S+ for 8 steps: its schedule was laid out over 4, and would have given other learning rates until now\. More epochs are for a schedule that does not depend on their number, such as constant or step with a warm-up that is a number of steps; else start a new run from the weights of this one\.$/,
        ));
    }

    it('where the warm-up is a share of all steps', () =>
      refused(options({ epochs: 1 }, { warmup: 0.5 }), options({ epochs: 2 }, { warmup: 0.5 }), /laid out over 4,/));

    it('where the schedule ends before', () =>
      refused(
        options({ epochs: 1 }, { kind: 'OneCycleLR', maxLr: 0.1, totalSteps: 6 }),
        options({ epochs: 2 }, { kind: 'OneCycleLR', maxLr: 0.1, totalSteps: 6 }),
        /^Cannot resume \S+ for 8 steps: its schedule does not go so far \(.+\)\.$/,
      ));

    it('where more epochs are done than are asked for', () =>
      refused(
        options({ epochs: 2 }, {}),
        options({ epochs: 1 }, {}),
        /^Cannot resume \S+: expected at least 2 epochs, which are begun, found 1\.$/,
      ));

    it('where more steps are done than are asked for', () =>
      refused(
        options({ epochs: 2, maxSteps: 6 }, {}),
        options({ epochs: 2, maxSteps: 5 }, {}),
        /^Cannot resume \S+: expected at least 6 steps, which are done, found 5\.$/,
      ));

    it('where another key changes too', () => {
      const begun = options({ epochs: 1 }, {});
      return refused(
        begun,
        { ...options({ epochs: 2 }, {}), config: { note: 'other', epochs: 2, maxSteps: 0 } },
        /its configuration \(note\) is no longer what/,
      );
    });
  });

  it('is one that is given another length; a key that did not exist when it was begun was 0', () => {
    assert.ok(isLengthened({ epochs: 1 }, { epochs: 2 }));
    assert.ok(isLengthened({ epochs: 1, evaluate: { patience: 1 } }, { epochs: 1, evaluate: { patience: 0 } }));
    assert.ok(isLengthened({ epochs: 1, maxMinutes: 5 }, { epochs: 1, maxMinutes: 0 }));
    assert.ok(!isLengthened({ epochs: 1 }, { epochs: 1, maxSteps: 0, maxMinutes: 0, evaluate: { patience: 0 } }));
    assert.ok(!isLengthened({ epochs: 1, log: 1 }, { epochs: 1, log: 2 }));
  });
});

function note(event: TrainEvent, steps: number[]): void {
  if (event.type === 'end') steps.push(event.step);
}
