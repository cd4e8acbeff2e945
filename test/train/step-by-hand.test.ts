import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { trainPlan } from '../../ts/train/config/schema';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import type { TrainPlan } from '../../ts/train/types';
import { RunFolder } from '../../ts/train/run';
import { Trainer } from '../../ts/train/fit';
import { toyPlan } from './toy';

/** One weight, which starts at 1. */
class Slope extends nn.Module {
  readonly weight = new nn.Parameter(torch.tensor([1]));

  forward(x: Tensor): Tensor {
    return this.weight.mul(x).sum();
  }
}

/** Two weights, of which the optimizer knows the first. */
class Slopes extends Slope {
  readonly other = new nn.Parameter(torch.tensor([1]));

  override forward(x: Tensor): Tensor {
    return this.weight.mul(x).add(this.other.mul(10)).sum();
  }
}

/** What the loss and the evaluation saw of the model, in their order. */
interface Seen {
  readonly kind: 'loss' | 'evaluate';
  readonly training: boolean;
  readonly gradient: number | null;
}

const RATE = 0.5;

/** The loss is `weight * x`, so the gradient is x, and a step takes the weight down by half of what is left of it. */
describe('a step of the training loop, worked by hand', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'by-hand-'))));
  after(() => rmSync(root, { recursive: true }));

  const train = async (batches: readonly number[], plan: Partial<TrainPlan>, model = new Slope()) => {
    const run = RunFolder.create(join(root, String(count++)), {});
    const optimizer = new SGD([model.weight], { lr: RATE });
    const seen: Seen[] = [];
    const draws: number[] = [];
    const see = (kind: Seen['kind']) =>
      seen.push({
        kind,
        training: model.training,
        gradient: model.weight.grad === null ? null : Number(model.weight.grad.item()),
      });
    await new Trainer<number>({
      ...toyPlan,
      epochs: 1,
      accumulate: 1,
      clipNorm: 0,
      logSteps: 1,
      ...plan,
      model,
      data: {
        batches: batches.length,
        async *epoch(_epoch, { startBatch = 0 } = {}) {
          yield* batches.slice(startBatch);
        },
      },
      optimizer,
      loss: (x) => {
        see('loss');
        draws.push(Number(torch.rand([]).item()));
        return model.forward(torch.tensor([x]));
      },
      evaluate: () => (see('evaluate'), Promise.resolve({ accuracy: 1 })),
      run,
    }).fit();
    run.release();
    const log = readMetricsLog(run.file('metrics.jsonl')).filter(({ kind }) => kind === 'train');
    return { weight: Number(model.weight.item()), seen, draws, log };
  };
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-5, `expected ${expected}, found ${found}`);

  it('goes down the gradient', async () => near((await train([4], {})).weight, 1 - RATE * 4));

  it('clips the gradient to the norm of the plan, and logs the norm that it had', async () => {
    const { weight, log } = await train([4], { clipNorm: 1 });
    near(weight, 1 - RATE * 1);
    near(log[0]!['gradNorm'] as number, 4);
  });

  it('leaves a gradient alone that is below that norm', async () =>
    near((await train([0.5], { clipNorm: 1 })).weight, 1 - RATE * 0.5));

  it('leaves the weights as they were where the loss or a gradient is not finite', async () => {
    const model = new Slope();
    await assert.rejects(train([4, NaN], {}, model), /Expected a finite loss, found NaN at epoch 1, step 2/);
    near(Number(model.weight.item()), 1 - RATE * 4);
  });

  it('measures and clips the gradients of those parameters alone that the optimizer moves', async () => {
    const model = new Slopes();
    const { log } = await train([1, 1], { clipNorm: 1 }, model);
    near(Number(model.weight.item()), 1 - RATE * 2);
    assert.deepEqual([model.other.item(), log.map(({ gradNorm }) => gradNorm)], [1, [1, 1]]);
  });

  it('averages the batches that it accumulates, in gradient, loss and log', async () => {
    const { weight, log } = await train([2, 4], { accumulate: 2 });
    near(weight, 1 - RATE * 3);
    near(log[0]!['loss'] as number, 3);
  });

  it('averages what there is where the last step of an epoch has fewer', async () => {
    const { weight, log } = await train([2, 4, 6], { accumulate: 2 });
    const first = 1 - RATE * 3;
    near(weight, first - RATE * 6);
    near(log[1]!['loss'] as number, first * 6);
  });

  it('begins each step without a gradient of the one before', async () => {
    const { seen } = await train([2, 4, 6], {});
    assert.deepEqual(
      seen.filter(({ kind }) => kind === 'loss').map(({ gradient }) => gradient ?? 0),
      [0, 0, 0],
    );
  });

  it('shows the model to the loss in training mode, to the evaluation in evaluation mode, and goes back to training', async () => {
    const { seen } = await train([1, 1, 1, 1], { epochs: 2, evaluateStart: true, evaluateSteps: 2 });
    assert.deepEqual(
      seen.map(({ kind, training }) => `${kind} ${training ? 'training' : 'evaluating'}`),
      [
        'evaluate evaluating',
        'loss training',
        'loss training',
        'evaluate evaluating',
        'loss training',
        'loss training',
        'evaluate evaluating',
        'loss training',
        'loss training',
        'evaluate evaluating',
        'loss training',
        'loss training',
        'evaluate evaluating',
      ],
    );
  });

  it('draws other random numbers for each batch of each epoch, and the same for the same seed', async () => {
    const { draws } = await train([1, 1, 1], { epochs: 2 });
    assert.equal(new Set(draws).size, 6);
    assert.deepEqual((await train([1, 1, 1], { epochs: 2 })).draws, draws);
    assert.notDeepEqual((await train([1, 1, 1], { epochs: 2, seed: 6 })).draws, draws);
  });

  it('takes every number of the configuration into its plan', () => {
    const config = {
      seed: 1,
      epochs: 2,
      batchSize: 3,
      accumulate: 4,
      device: 'cpu',
      precision: 'float32',
      schedule: { kind: 'constant', warmup: 5, dropEpochs: 6, gamma: 0.7 },
      clipNorm: 8,
      clipValue: 16,
      ema: 0.17,
      maxSteps: 18,
      maxMinutes: 19,
      evaluate: { everyEpochs: 9, everySteps: 10, batchSize: 11, patience: 12 },
      checkpoint: { everyMinutes: 13, everySteps: 14, async: false, keep: 20 },
      log: { everySteps: 15 },
    } as const;
    assert.deepEqual(trainPlan(config, 'score', true), {
      seed: 1,
      epochs: 2,
      accumulate: 4,
      clipNorm: 8,
      clipValue: 16,
      ema: 0.17,
      maxSteps: 18,
      maxMinutes: 19,
      keep: 20,
      logSteps: 15,
      evaluateStart: true,
      evaluateEpochs: 9,
      evaluateSteps: 10,
      checkpointMinutes: 13,
      checkpointSteps: 14,
      asyncCheckpoint: false,
      patience: 12,
      score: 'score',
      mode: 'max',
    });
  });
});
