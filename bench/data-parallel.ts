/** Two processes of one thread each: all-reduce, and training steps of ViTs under DistributedDataParallel. This one starts the other. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { distributed, models, nn, optim, torch } from 'torchts';
import type { Settings } from './case';
import { fill } from './vit-weights';
import { takeTurns } from './worker-protocol';

const RANK = Number(process.env['RANK'] ?? 0);
const WIDTHS = { tiny: { hidden_size: 192, num_attention_heads: 3, intermediate_size: 768 }, base: {} };
const BATCHES = { tiny: 8, base: 4 };
type Size = keyof typeof WIDTHS;

/** The other process: the same program, which answers the same lines. */
function startOther(storePath: string): (measure: string) => Promise<unknown> {
  const env = { ...process.env, RANK: '1', STORE_PATH: storePath };
  const other = spawn(process.execPath, process.argv.slice(1), { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const replies = createInterface({ input: other.stdout })[Symbol.asyncIterator]();
  const ready = replies.next();
  return async (measure) => {
    await ready;
    other.stdin.write(`run ${measure}\n`);
    return replies.next();
  };
}

/** A model and its steps: of both processes, and of one alone. */
function trainingOf(size: Size, { checkpoint, smoke }: Settings) {
  const config = JSON.parse(readFileSync(join(checkpoint, 'config.json'), 'utf8')) as {
    image_size: number;
    id2label: object;
  };
  const model = models.ViTForImageClassification.fromConfig({ ...config, ...(smoke ? {} : WIDTHS[size]) }).train();
  fill(model.parameters());
  const wrapped = new nn.parallel.DistributedDataParallel(model);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 5e-5, weightDecay: 0.05 });
  torch.manualSeed(RANK);
  const batch = smoke ? 2 : BATCHES[size];
  const pixelValues = torch.randn([batch, 3, config.image_size, config.image_size]); // (B, C, H, W)
  const labels = torch
    .randn([batch, Object.keys(config.id2label).length])
    .gt(0)
    .to('float32'); // (B, K)
  const step = (trained: typeof model | typeof wrapped): number =>
    torch.scope(() => {
      optimizer.zeroGrad();
      const { loss } = trained.forward({ pixelValues, labels });
      loss!.backward();
      optimizer.step();
      return Number(loss!.item());
    });
  return { together: () => step(wrapped), alone: () => step(model) };
}

function elapsed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

void takeTurns(async (settings) => {
  const { checkpoint, smoke } = settings;
  const storePath = process.env['STORE_PATH'] ?? join(dirname(checkpoint), `processes-${process.pid}`);
  const tellOther = RANK === 0 ? startOther(storePath) : null;
  await distributed.initProcessGroup('gloo', { initMethod: `file://${storePath}`, rank: RANK, worldSize: 2 });
  const groups = [await distributed.newGroup([0]), await distributed.newGroup([1])];
  const trainings = { tiny: trainingOf('tiny', settings), base: trainingOf('base', settings) };

  const together = (measure: string, work: () => number | Promise<number>) => async (): Promise<number> => {
    const other = tellOther?.(measure);
    await distributed.barrier();
    const value = await work();
    await other;
    return value;
  };
  const allReduce = async (bytes: number, calls: number, group: distributed.ProcessGroup | null): Promise<number> => {
    const tensor = torch.zeros([bytes / 4]);
    const [count, start] = [smoke ? 2 : calls, performance.now()];
    for (let i = 0; i < count; i++) await distributed.allReduce(tensor, { group });
    return (performance.now() - start) / 1000 / count;
  };
  const waited = (bytes: number, calls: number): number => {
    const tensor = torch.zeros([bytes / 4]);
    const count = smoke ? 2 : calls;
    return (
      elapsed(() => {
        for (let i = 0; i < count; i++) distributed.startAllReduce(tensor).wait();
      }) / count
    );
  };
  /** Hundredths of a step alone that a step of both takes, the other way round. */
  const efficiency = (size: Size) => async (): Promise<number> => {
    const alone = RANK === 0 ? elapsed(trainings[size].alone) : 0;
    return (100 * alone) / (await together(`${size}-efficiency`, () => elapsed(trainings[size].together))());
  };

  const losses = [
    trainings.tiny.together(),
    trainings.tiny.together(),
    trainings.base.together(),
    trainings.base.together(),
  ];
  return {
    check: losses,
    measures: {
      'all-reduce-1k': together('all-reduce-1k', () => allReduce(1024, 2000, null)),
      'all-reduce-1k-waited': together('all-reduce-1k-waited', () => waited(1024, 2000)),
      'all-reduce-1m': together('all-reduce-1m', () => allReduce(2 ** 20, 100, null)),
      'all-reduce-100m': together('all-reduce-100m', () => allReduce(100 * 2 ** 20, 3, null)),
      overhead: together('overhead', () => allReduce(1024, 5000, groups[RANK]!)),
      tiny: together('tiny', () => elapsed(trainings.tiny.together)),
      'tiny-efficiency': efficiency('tiny'),
      base: together('base', () => elapsed(trainings.base.together)),
      'base-efficiency': efficiency('base'),
    },
  };
});
