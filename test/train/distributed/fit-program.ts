/** One of several processes that train a small network, in one scenario after the other; prints what each came to, as JSON. */
import { DataLoader } from '../../../ts/data/loader';
import { shuffled } from '../../../ts/data/samplers';
import * as distributed from '../../../ts/distributed';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
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

/** 37 in batches of 4: in the last one there is one sample, so that the second of two processes has none. */
const SAMPLES: readonly Sample[] = Array.from({ length: 37 }, (_, i) => ({
  x: [(i % 7) / 7, (i % 5) / 5],
  y: Number(i % 7 > i % 5),
}));

/** What a scenario may change. */
export interface Scenario extends Partial<Pick<FitOptions<Batch>, 'resume' | 'epochs' | 'maxSteps' | 'precision'>> {
  readonly run: string;
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
  /** Rank 1 cannot load this sample. */
  readonly damaged?: number;
}

export interface Outcome {
  readonly outcome?: string;
  readonly best?: number | undefined;
  readonly weights?: unknown;
  readonly losses?: readonly number[];
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
  const {
    run,
    resume,
    epochs = 2,
    maxSteps,
    precision,
    batchSize = 4,
    killAt,
    abortAt,
    damaged,
    usesTotals,
  } = scenario;
  const rank = distributed.isInitialized() ? distributed.getRank() : 0;
  torch.manualSeed(rank); // those of rank 0 are taken
  const model = new Network(scenario);
  const dataset = {
    length: SAMPLES.length,
    get: (index: number) => {
      if (index === damaged && rank === 1) throw new Error('it is damaged');
      return SAMPLES[index]!;
    },
  };
  const data = new DataLoader(dataset, (samples: Sample[]) => collate(samples), {
    batchSize,
    sampler: shuffled,
    seed: 3,
  });
  const stop = new AbortController();
  const losses: number[] = [];
  const weighted = (batch: Batch, totals?: LossTotals) => {
    const weights = weightsIn(batch);
    const weight = torch.tensor(weights).unsqueeze(1);
    const options = { weight, reduction: 'sum' } as const;
    const sum = nn.functional.binaryCrossEntropyWithLogits(model.forward(batch.x), batch.y, options);
    return sum.div(totals?.['weight'] ?? total(weights));
  };
  const mean = ({ x, y }: Batch) => nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y);
  try {
    const { outcome, best } = await fit<Batch>({
      run,
      ...(resume && { resume }),
      model,
      data,
      loss: usesTotals ? weighted : mean,
      ...(usesTotals && { totals: (batch) => ({ weight: total(weightsIn(batch)) }) }),
      epochs,
      ...(maxSteps && { maxSteps }),
      ...(precision && { precision }),
      optimizer: { kind: 'AdamW', lr: 0.05 },
      schedule: { kind: 'cosine', warmup: 2 },
      accumulate: 3,
      clipNorm: 1,
      ema: 0.9,
      logSteps: 2,
      checkpointSteps: 3,
      evaluate: () => ({ loss: Number(torch.noGrad(() => mean(collate(SAMPLES))).item()) + rank }),
      config: { note: 'toy' },
      tracking: { tensorboard: false, mlflow: false },
      signal: stop.signal,
      onEvent: (event) => void (event.type === 'step' && losses.push(event.loss)),
      onStep: ({ step }) => {
        if (rank === 1 && step === killAt) process.kill(process.pid, 'SIGKILL');
        if (rank === 1 && step === abortAt) stop.abort(new Error('stopped'));
      },
    });
    return { outcome, best: best?.score, weights: weightsOf(model), losses };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
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
