import { DataLoader } from '../../ts/data/loader';
import { Rng } from '../../ts/data/rng';
import { shuffled } from '../../ts/data/samplers';
import * as nn from '../../ts/nn';
import { AdamW } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import type { TrainEvent, TrainPlan } from '../../ts/train/types';
import type { FitOptions } from '../../ts/train/fit-options';
import type { ConfigTree } from '../../ts/train/config/keys';
import { RunFolder } from '../../ts/train/run';
import { Trainer } from '../../ts/train/fit';

export const toyPlan: TrainPlan = {
  seed: 5,
  epochs: 3,
  accumulate: 3,
  clipNorm: 1,
  clipValue: 0,
  precision: 'float32',
  ema: 0,
  maxSteps: 0,
  maxMinutes: 0,
  keep: 1,
  logSteps: 3,
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

export interface ToyBatch {
  readonly x: Tensor;
  readonly y: Tensor;
}

export interface ToyOptions {
  readonly plan?: Partial<TrainPlan>;
  readonly signal?: AbortSignal;
  readonly listener?: (event: TrainEvent) => void;
  /** Replaces the loss. */
  readonly loss?: FitOptions<ToyBatch>['loss'];
  /** Replaces the data. */
  readonly data?: FitOptions<ToyBatch>['data'];
  readonly config?: ConfigTree;
  readonly evaluate?: FitOptions<ToyBatch>['evaluate'];
  readonly tracking?: FitOptions<ToyBatch>['tracking'];
  /** Options of the loop, over those of the toy. */
  readonly fit?: Partial<FitOptions<ToyBatch>>;
}

/** Noisy points in the plane; the noise of a point differs from epoch to epoch. 10 batches, 4 steps an epoch. */
const points = {
  length: 38,
  load: (index: number, { seed, epoch }: { seed: number; epoch: number }) => {
    const rng = new Rng(seed, epoch, index);
    return Promise.resolve([index % 7, index % 3].map((value) => value + rng.uniform()));
  },
};

export function loader(): DataLoader<number[], ToyBatch> {
  const collate = (samples: number[][]): ToyBatch => ({
    x: torch.tensor(samples),
    y: torch.tensor(samples.map(([a, b]) => [a! > 3 * b! ? 1 : 0])),
  });
  return new DataLoader(points, collate, { batchSize: 4, sampler: shuffled, seed: 11 });
}

/** A small network with dropout, trained by everything that a real task uses. */
export function toy(run: RunFolder, options: ToyOptions = {}): { model: nn.Sequential; trainer: Trainer<ToyBatch> } {
  const plan = { ...toyPlan, ...options.plan };
  torch.manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.GELU(), new nn.Dropout(0.3), new nn.Linear(8, 1));
  const optimizer = new AdamW(model.parameters(), { lr: 0.05 });
  const trainer = new Trainer({
    ...plan,
    model,
    data: options.data ?? loader(),
    optimizer,
    schedule: { kind: 'oneCycle', warmup: 0.2 },
    loss: options.loss ?? (({ x, y }) => ({ loss: nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y) })),
    evaluationSamples: 49,
    evaluate: options.evaluate ?? (() => Promise.resolve({ accuracy: accuracy(model) })),
    run,
    config: options.config ?? { note: 'toy' },
    tracking: options.tracking,
    signal: options.signal,
    onEvent: options.listener,
    ...options.fit,
  });
  return { model, trainer };
}

/** Goes on from `checkpoints/last`. */
export async function resumeToy(path: string, options: ToyOptions = {}): Promise<nn.Sequential> {
  const run = RunFolder.reopen(path);
  try {
    const { model, trainer } = toy(run, options);
    await trainer.fit();
    return model;
  } finally {
    run.release();
  }
}

export function weights(model: nn.Module): unknown {
  return Object.fromEntries(Object.entries(model.stateDict()).map(([key, tensor]) => [key, tensor.toArray()]));
}

function accuracy(model: nn.Sequential): number {
  return torch.noGrad(() =>
    torch.scope(() => {
      const grid = Array.from({ length: 49 }, (_, i) => [i % 7, Math.floor(i / 7) % 3]);
      const right = model.forward(torch.tensor(grid)).toArray() as number[][];
      return right.filter(([logit], i) => logit! >= 0 === grid[i]![0]! > 3 * grid[i]![1]!).length / grid.length;
    }),
  );
}
