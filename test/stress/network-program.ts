/**
 * One rank of network.test.ts: trains by DDP with a checkpoint every few steps, from the last one that is there, and writes the
 * weights. In the middle of the first round it waits until the test has done what it does to the network or to a rank.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { data, distributed as dist, loadPth, manualSeed, nn, optim, randn, savePth, type Tensor } from '../../ts';

const [FOLDER, TIMEOUT] = [process.argv[2]!, Number(process.argv[3])];
const [EPOCHS, STEPS, SAVED_EACH, MIDDLE] = [4, 8, 5, 12];
const CHECKPOINT = join(FOLDER, 'checkpoint.pth');

interface Saved {
  readonly step: number;
  readonly model: Record<string, Tensor>;
  readonly optimizer: object;
}

async function train(): Promise<void> {
  manualSeed(0);
  const net = new nn.Sequential(new nn.Linear(16, 64), new nn.ReLU(), new nn.Linear(64, 4));
  const dataset = new data.TensorDataset(randn([STEPS * 8, 16]), randn([STEPS * 8, 4]));
  const optimizer = new optim.AdamW(net.parameters(), { lr: 0.01 });
  let step = 0;
  if (existsSync(CHECKPOINT)) {
    const saved = loadPth(CHECKPOINT) as unknown as Saved;
    net.loadStateDict(saved.model);
    optimizer.loadStateDict(saved.optimizer as ReturnType<typeof optimizer.stateDict>);
    step = saved.step;
  }
  const model = new nn.parallel.DistributedDataParallel(net);
  const loader = new data.DataLoader(dataset, { batchSize: 4, seed: 1, sampler: data.sharded() });
  while (step < EPOCHS * STEPS)
    for await (const [x, y] of loader.epoch(Math.floor(step / STEPS), { startBatch: step % STEPS })) {
      if (step === MIDDLE) await middle();
      optimizer.zeroGrad();
      nn.functional.mseLoss(model.forward(x!), y!).backward();
      optimizer.step();
      step++;
      if (step % SAVED_EACH === 0 && dist.getRank() === 0)
        savePth({ step, model: net.stateDict(), optimizer: optimizer.stateDict() } as never, CHECKPOINT);
    }
  if (dist.getRank() === 0) savePth(net.stateDict() as never, join(FOLDER, 'weights.pth'));
}

async function middle(): Promise<void> {
  if (process.env.TORCHELASTIC_RESTART_COUNT !== '0') return;
  await dist.barrier();
  console.log(`waits ${process.pid}`);
  while (!existsSync(join(FOLDER, 'go'))) await sleep(50);
}

async function main(): Promise<void> {
  await dist.initProcessGroup({ timeout: TIMEOUT });
  const from = performance.now();
  try {
    await train();
    await dist.destroyProcessGroup();
  } catch (error) {
    const { name, message } = error as Error;
    console.log(JSON.stringify({ name, message, ms: performance.now() - from }));
    process.exit(1);
  }
}

void main();
