/** What the training engine costs: a step in `fit` beside the same step written by hand, and a resume far into an epoch beside one at its begin. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { data, models, nn, optim, torch } from 'torchts';
import { fit, type FitOptions } from 'torchts/train';
import { pauseBetweenSteps } from './checkpoint-pause';
import { takeTurns } from './worker-protocol';

interface Batch {
  readonly x: torch.Tensor;
  readonly y: torch.Tensor;
}

type Loss = (batch: Batch) => torch.Tensor;

/** A model that sees one batch again and again. */
interface Setup {
  readonly model: nn.Module;
  readonly optimizer: optim.Optimizer;
  readonly batch: Batch;
  readonly loss: Loss;
  /** Steps that are timed. */
  readonly steps: number;
}

/** Ends a training at once, without a checkpoint. */
class Enough extends Error {}

async function untilEnough<T>(options: FitOptions<T>): Promise<void> {
  try {
    await fit(options);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-engine-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Steps before those that are timed: in the second, memory for the first checkpoint is made ready beside the training. */
const WARM_UP = 2;

/** Seconds of a step in `fit`, with its log, its event files and its clipping. */
function stepInFit({ model, optimizer, batch, loss, steps }: Setup): Promise<number> {
  const batches = {
    batches: steps + WARM_UP,
    epoch: async function* () {
      for (let i = 0; i < steps + WARM_UP; i++) yield batch;
    },
  };
  return inFolder(async (folder) => {
    const times: number[] = [];
    await untilEnough({
      ...{
        run: join(folder, 'run'),
        model,
        optimizer,
        data: batches,
        loss,
        epochs: 1,
        clipNorm: 1,
        checkpointMinutes: 0,
      },
      release: () => {},
      onEvent: ({ type }) => {
        if (type !== 'step') return;
        times.push(performance.now());
        if (times.length === steps + WARM_UP) throw new Enough();
      },
    });
    return (times.at(-1)! - times[WARM_UP - 1]!) / 1000 / steps;
  });
}

/** Seconds of the same step, as one writes it without an engine. */
function stepByHand({ model, optimizer, batch, loss, steps }: Setup): number {
  const step = () =>
    torch.scope(() => {
      optimizer.zeroGrad();
      const value = loss(batch);
      value.backward();
      nn.utils.clipGradNorm(model.parameters(), 1);
      optimizer.step();
      return Number(value.item());
    });
  model.train();
  step();
  const start = performance.now();
  for (let i = 0; i < steps; i++) step();
  return (performance.now() - start) / 1000 / steps;
}

async function vit(checkpoint: string, smoke: boolean): Promise<Setup> {
  const model = await models.ViTForImageClassification.fromPretrained(checkpoint);
  const { imageSize, numLabels } = model.config;
  const [batch, size] = [smoke ? 2 : 8, Number(imageSize)];
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-6 }),
    batch: { x: torch.randn([batch, 3, size, size]), y: torch.rand([batch, numLabels]).round() },
    loss: ({ x, y }) => nn.functional.binaryCrossEntropyWithLogits(model.forward({ pixelValues: x }).logits, y),
    steps: smoke ? 1 : 4,
  };
}

function perceptron(smoke: boolean): Setup {
  const model = new nn.Sequential(new nn.Linear(64, 128), new nn.ReLU(), new nn.Linear(128, 10));
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-6 }),
    batch: { x: torch.randn([32, 64]), y: torch.randint(0, 10, [32]) },
    loss: ({ x, y }) => nn.functional.crossEntropy(model.forward(x), y),
    steps: smoke ? 2 : 2000,
  };
}

/** A training of the perceptron over an epoch of many steps, that is stopped after `step` of them and taken up again. */
function longEpoch(steps: number) {
  const points = Array.from({ length: steps }, (_, i) => i);
  const collate = (samples: number[]): Batch => ({
    x: torch.tensor([samples.map((value) => value / steps)]), // (1, 1)
    y: torch.zeros([1, 1]),
  });
  const options = (run: string) => {
    torch.manualSeed(0);
    const model = new nn.Sequential(new nn.Linear(1, 8), new nn.ReLU(), new nn.Linear(8, 1));
    const loss: Loss = ({ x, y }) => nn.functional.mseLoss(model.forward(x), y);
    const loader = new data.DataLoader(points, collate, { batchSize: 1, shuffle: true, seed: 0 });
    return { run, model, data: loader, loss, epochs: 1, logSteps: 1000, checkpointMinutes: 0 };
  };
  return {
    async stopAfter(run: string, step: number): Promise<void> {
      const controller = new AbortController();
      const onEvent: FitOptions<Batch>['onEvent'] = (event) => {
        if (event.type === 'step' && event.step === step) controller.abort();
      };
      await fit({ ...options(run), signal: controller.signal, onEvent });
    },
    /** Seconds from the call to the end of the first step. */
    resume: (run: string): Promise<number> =>
      inFolder(async (folder) => {
        const copy = join(folder, 'run');
        cpSync(run, copy, { recursive: true });
        const start = performance.now();
        let seconds = 0;
        const onEvent: FitOptions<Batch>['onEvent'] = ({ type }) => {
          if (type !== 'step') return;
          seconds = (performance.now() - start) / 1000;
          throw new Enough();
        };
        await untilEnough({ ...options(copy), resume: true, onEvent });
        return seconds;
      }),
  };
}

void takeTurns(async ({ checkpoint, smoke }) => {
  const setups = { vit: await vit(checkpoint, smoke), perceptron: perceptron(smoke) };
  const folder = mkdtempSync(join(tmpdir(), 'torchts-engine-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const steps = smoke ? 20 : 100_000;
  const epoch = longEpoch(steps);
  const runs = { early: join(folder, 'early'), late: join(folder, 'late') };
  await epoch.stopAfter(runs.early, 10);
  await epoch.stopAfter(runs.late, steps - 5);
  const paused = { model: setups.vit.model, loss: () => setups.vit.loss(setups.vit.batch) };
  return {
    measures: {
      'vit-fit': () => stepInFit(setups.vit),
      'vit-by-hand': () => stepByHand(setups.vit),
      checkpoint: () => pauseBetweenSteps(paused, { isSaved: true }),
      'no-checkpoint': () => pauseBetweenSteps(paused, { isSaved: false }),
      'perceptron-fit': () => stepInFit(setups.perceptron),
      'perceptron-by-hand': () => stepByHand(setups.perceptron),
      'resume-late': () => epoch.resume(runs.late),
      'resume-early': () => epoch.resume(runs.early),
    },
  };
});
