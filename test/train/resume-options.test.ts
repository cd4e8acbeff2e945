import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from '../../ts/tensor';
import type { FitOptions, TrainEvent } from '../../ts/train';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import { RunFolder } from '../../ts/train/run';
import { readState } from '../../ts/train/state';
import { resumeToy, toy, type ToyBatch, type ToyOptions, weights } from './toy';

/** Options of the loop that a checkpoint has to know of; several at a time, for most of the time goes into saving. */
const CASES: Readonly<Record<string, Partial<FitOptions<ToyBatch>>>> = {
  'in bfloat16, clipped by value, with averages of the weights and more checkpoints kept': {
    epochs: 2,
    precision: 'bfloat16',
    clipNorm: 0,
    clipValue: 0.01,
    ema: 0.9,
    keep: 2,
  },
  'in float16, with another optimizer, groups, rates by layer and fewer steps than the epochs have': {
    precision: 'float16',
    optimizer: { kind: 'SGD', lr: 0.05, momentum: 0.9 },
    groups: [{ pattern: /bias$/, weightDecay: 0.1, lrScale: 2 }],
    layerDecay: 0.5,
    schedule: { kind: 'ExponentialLR', gamma: 0.9 },
    maxSteps: 8,
  },
  'with layers that unfreeze, and a rate that falls on a plateau': {
    epochs: 2,
    optimizer: { kind: 'AdamW', lr: 0.05 },
    unfreeze: [{ epoch: 2, pattern: /^0\./ }],
    schedule: { kind: 'ReduceLROnPlateau', patience: 0, factor: 0.1 },
  },
};

describe('interrupted and resumed ends with the same bits', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'resume-options-'))));
  after(() => rmSync(root, { recursive: true }));

  const newRun = () => RunFolder.create(join(root, String(count++)), {});
  const train = async (options: ToyOptions) => {
    const run = newRun();
    const { model, trainer } = toy(run, options);
    await trainer.fit();
    run.release();
    return { run, model };
  };
  const log = (run: RunFolder) =>
    readMetricsLog(run.file('metrics.jsonl')).map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);

  /** What the checkpoints of a run hold, but for the clock; the one before the last may be that of the interruption. */
  const checkpoints = (run: RunFolder) =>
    readdirSync(run.file('checkpoints'))
      .filter((name) => name !== 'previous')
      .sort()
      .map((name) => {
        const folder = run.file(join('checkpoints', name));
        const { loop, scheduler, scaler, averages } = readState(folder);
        const { seconds: _, window: __, ...state } = loop;
        const files = ['model.safetensors', 'optimizer.safetensors', 'ema.safetensors'];
        const contents = files.map((file) => {
          const path = join(folder, file);
          return existsSync(path) ? readFileSync(path).toString('base64') : null;
        });
        return { name, state, scheduler, scaler, averages, contents };
      });

  for (const [name, fit] of Object.entries(CASES)) {
    it(name, async () => {
      const whole = await train({ fit });
      const controller = new AbortController();
      const run = newRun();
      const listener = (event: TrainEvent) => event.type === 'step' && event.step === 5 && controller.abort();
      await toy(run, { fit, signal: controller.signal, listener }).trainer.fit();
      run.release();
      assert.equal(readState(run.checkpoint('last')).loop.step, 5);
      const model = await resumeToy(run.path, { fit });
      assert.deepEqual(weights(model), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
      assert.deepEqual(checkpoints(run), checkpoints(whole.run));
    });
  }

  it('with callbacks that draw, compute and change the mode, as without any', async () => {
    const seen: string[] = [];
    const run = newRun();
    const callback = async ({ type }: { readonly type: string }) => {
      seen.push(type);
      await Promise.resolve();
      torch.manualSeed(1);
      torch.rand([3]);
      model.eval();
      assert.equal(model.parameters()[0]!.mul(2).requiresGrad, false);
    };
    const fit = { epochs: 2, onStep: callback, onEvaluate: callback, onCheckpoint: callback, onEpoch: callback };
    const { model, trainer } = toy(run, { fit });
    await trainer.fit();
    run.release();
    const whole = await train({ fit: { epochs: 2 } });
    assert.deepEqual(weights(model), weights(whole.model));
    const times = (type: string) => seen.filter((other) => other === type).length;
    assert.deepEqual(['step', 'evaluated', 'checkpoint', 'epoch'].map(times), [8, 2, 4, 2]);
  });

  it('but a callback that fails ends the training, and its name is in the error', async () => {
    const fit = { epochs: 1, onEvaluate: () => Promise.reject(new RangeError('out of ink')) };
    await assert.rejects(train({ fit }), (error: Error) => {
      assert.equal(error.message, 'onEvaluate: out of ink');
      return error.cause instanceof RangeError;
    });
  });
});
