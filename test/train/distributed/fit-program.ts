/** One of several processes that train a small network, in one scenario after the other; prints what each came to, as JSON. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DataLoader } from '../../../ts/data/loader';
import { shuffled } from '../../../ts/data/samplers';
import * as distributed from '../../../ts/distributed';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { TrainControls } from '../../../ts/train/controls';
import { fit } from '../../../ts/train/fit';
import type { FitOptions } from '../../../ts/train/fit-options';
import type { LossTotals } from '../../../ts/train/types';

interface Sample {
  readonly x: readonly number[];
  readonly y: number;
}

interface Batch {
  readonly x: torch.Tensor;
  readonly y: torch.Tensor;
}

/** 37 in batches of 4: in the last one there is one sample, so that of several processes all but the first have none. */
const SAMPLES: readonly Sample[] = Array.from({ length: 37 }, (_, i) => ({
  x: [(i % 7) / 7, (i % 5) / 5],
  y: Number(i % 7 > i % 5),
}));

type Fit = FitOptions<Batch>;

/** What a scenario may change. */
export interface Scenario {
  readonly run: string;
  /** In place of the usual ones. */
  readonly options?: Partial<Pick<Fit, 'resume' | 'accumulate' | 'logSteps' | 'maxMinutes' | 'precision' | 'unfreeze'>>;
  readonly dropout?: number;
  readonly batchSize?: number;
  /** Divides the loss by a total of the batch. */
  readonly usesTotals?: boolean;
  /** Batch normalisation, whose statistics are buffers. */
  readonly normalizes?: boolean;
  /** After the step of this number rank 1 kills itself. */
  readonly killAt?: number;
  /** After the step of this number rank 1 alone aborts. */
  readonly abortAt?: number;
  /** After the step of this number all are asked to pause; rank 0, the only one that listens, to save and go on then. */
  readonly pauseAt?: number;
  /** In the step of this number gradients of rank 1 alone are infinite. */
  readonly overflowAt?: number;
  /** On the clock of this rank a millisecond takes a quarter of an hour. */
  readonly hastyRank?: number;
  /** Rank 1 cannot load this sample. */
  readonly damaged?: number;
  /** The second time that rank 0 saves the model, the disk is full. */
  readonly fillsDisk?: boolean;
}

export interface Outcome {
  readonly outcome?: string;
  readonly best?: number | undefined;
  readonly weights?: unknown;
  readonly losses?: readonly number[];
  /** What was said of controls. */
  readonly controls?: readonly string[];
  readonly error?: { readonly name: string; readonly message: string };
}

function collate(samples: readonly Sample[]): Batch {
  return { x: torch.tensor(samples.map(({ x }) => [...x])), y: torch.tensor(samples.map(({ y }) => [y])) };
}

class Network extends nn.Module {
  readonly layers: nn.Sequential;
  /** What no loss uses. */
  readonly unused = new nn.Linear(1, 1);

  constructor({ dropout = 0, normalizes = false }: Scenario) {
    super();
    const between = normalizes ? new nn.BatchNorm1d(8) : new nn.Identity();
    const last = new nn.Linear(8, 1);
    this.layers = new nn.Sequential(new nn.Linear(2, 8), between, new nn.GELU(), new nn.Dropout(dropout), last);
  }

  override forward(x: torch.Tensor): torch.Tensor {
    return this.layers.forward(x);
  }
}

/** The weight of each sample in a loss that is no mean over the samples. */
function weightsIn({ y }: Batch): number[] {
  return (y.flatten().toArray() as number[]).map((label) => (label === 1 ? 3 : 0.5));
}

/** Trains as a scenario says, and gives what a test compares. */
export async function train(scenario: Scenario): Promise<Outcome> {
  const rank = distributed.isInitialized() ? distributed.getRank() : 0;
  const now = performance.now.bind(performance);
  if (scenario.hastyRank === rank) performance.now = () => now() * 1e6;
  try {
    return await trainOn(rank, scenario);
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  } finally {
    performance.now = now;
  }
}

async function trainOn(rank: number, scenario: Scenario): Promise<Outcome> {
  const {
    run,
    options,
    batchSize = 4,
    usesTotals,
    killAt,
    abortAt,
    pauseAt,
    overflowAt,
    damaged,
    fillsDisk,
  } = scenario;
  torch.manualSeed(rank); // those of rank 0 are taken
  const model = new Network(scenario);
  const [stop, controls] = [new AbortController(), new TrainControls()];
  const [losses, said]: [number[], string[]] = [[], []];
  let steps = 0;
  const loss = usesTotals ? weightedLoss : meanLoss;
  const { outcome, best } = await fit<Batch>({
    run,
    model,
    data: loader(batchSize, (index) => {
      if (index === damaged && rank === 1) throw new Error('it is damaged');
    }),
    loss: (batch, totals) => {
      const value = loss(model, batch, totals);
      return rank === 1 && steps + 1 === overflowAt ? value.add(steepZero(model)) : value;
    },
    ...(usesTotals && { totals: (batch) => ({ weight: total(weightsIn(batch)) }) }),
    epochs: 2,
    optimizer: { kind: 'AdamW', lr: 0.05 },
    schedule: { kind: 'cosine', warmup: 2 },
    accumulate: 3,
    clipNorm: 1,
    ema: 0.9,
    logSteps: 2,
    checkpointSteps: 3,
    evaluate: () => ({ loss: Number(torch.noGrad(() => meanLoss(model, collate(SAMPLES))).item()) + rank }),
    ...(fillsDisk && savingOnFullDisk(model)),
    config: { note: 'toy' },
    tracking: { tensorboard: false, mlflow: false },
    controls,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step') losses.push(event.loss);
      if (event.type === 'step' && event.step === pauseAt) controls.pause();
      if (event.type !== 'control') return;
      said.push(event.message);
      if (!event.paused) return;
      controls.checkpoint();
      controls.resume();
    },
    onStep: ({ step }) => {
      steps = step;
      if (rank === 1 && step === killAt) process.kill(process.pid, 'SIGKILL');
      if (rank === 1 && step === abortAt) stop.abort(new Error('stopped'));
    },
    ...options,
  });
  return { outcome, best: best?.score, weights: weightsOf(model), losses, controls: said };
}

function loader(batchSize: number, onLoad: (index: number) => void): DataLoader<Sample, Batch> {
  const get = (index: number): Sample => {
    onLoad(index);
    return SAMPLES[index]!;
  };
  const options = { batchSize, sampler: shuffled, seed: 3 };
  return new DataLoader({ length: SAMPLES.length, get }, (samples: Sample[]) => collate(samples), options);
}

function meanLoss(model: Network, { x, y }: Batch): torch.Tensor {
  return nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y);
}

/** Divides by the weights of the samples, not their number. */
function weightedLoss(model: Network, batch: Batch, totals?: LossTotals): torch.Tensor {
  const weights = weightsIn(batch);
  const weight = torch.tensor(weights).unsqueeze(1);
  const options = { weight, reduction: 'sum' } as const;
  const sum = nn.functional.binaryCrossEntropyWithLogits(model.forward(batch.x), batch.y, options);
  return sum.div(totals?.['weight'] ?? total(weights));
}

/** A term that is 0, and whose slope is infinite. */
function steepZero(model: Network): torch.Tensor {
  const [weight] = model.layers.parameters();
  return weight!.sub(weight!.detach()).sqrt().sum();
}

/** Saves the weights, the second time on a disk that is full. */
function savingOnFullDisk(model: Network): Pick<Fit, 'save' | 'load'> {
  let times = 0;
  return {
    save: (folder) => {
      const file = join(folder, 'model.safetensors');
      if (++times === 2) symlinkSync('/dev/full', file);
      torch.safetensors.save(model.stateDict(), file);
    },
    load: () => {},
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function weightsOf(model: nn.Module): unknown {
  return Object.fromEntries(Object.entries(model.stateDict()).map(([key, tensor]) => [key, tensor.toArray()]));
}

async function main(): Promise<void> {
  const [rank, worldSize] = [Number(process.env['RANK']), Number(process.env['WORLD_SIZE'])];
  await distributed.initProcessGroup({ initMethod: process.env['INIT_METHOD']!, rank, worldSize });
  const outcomes: Outcome[] = [];
  for (const scenario of JSON.parse(process.argv[2]!) as Scenario[]) outcomes.push(await train(scenario));
  console.log(JSON.stringify(outcomes));
}

if (require.main === module) void main();
