/** Trains on shards in a process that may be killed: `train-program.ts <address> <cache> <run>`; prints a line a step. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataLoader } from '../../../ts/data/loader';
import { ShardedDataset, type ShardSample } from '../../../ts/data/shards/sharded-dataset';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { fit } from '../../../ts/train/fit';

const BATCH = 4;

async function train(source: string, cacheFolder: string, run: string): Promise<void> {
  torch.manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(100, 4), new nn.GELU(), new nn.Dropout(0.2), new nn.Linear(4, 1));
  // Room for a part of the shards, so that some are fetched anew in each epoch.
  const samples = await ShardedDataset.open(source, { split: 'train', cacheFolder, cacheBytes: 60_000 });
  const collate = (batch: ShardSample[]) => ({
    x: torch.tensor(batch.map(({ members }) => [...members['bin']!].map((byte) => byte / 255))),
    y: torch.tensor(batch.map(({ key }) => [Number(key.slice(1)) % 2])),
  });
  const sampler = samples.order({ batchSize: BATCH, shuffleBuffer: 12, streams: 2 });
  await fit({
    run,
    resume: existsSync(join(run, 'checkpoints')),
    model,
    data: new DataLoader(samples, collate, { batchSize: BATCH, sampler, seed: 7 }),
    loss: ({ x, y }) => nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y),
    epochs: 3,
    optimizer: { kind: 'AdamW', lr: 0.01 },
    checkpointSteps: 2,
    tracking: { tensorboard: false, mlflow: false },
    onStep: () => void process.stdout.write('step\n'),
  });
  await samples.close();
}

if (require.main === module) void train(process.argv[2]!, process.argv[3]!, process.argv[4]!);
