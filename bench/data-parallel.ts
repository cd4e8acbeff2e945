/** Two processes of one thread each: all-reduce, and training steps of ViTs and DETR under DistributedDataParallel. This one starts the other. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { distributed, models, nn, optim, torch, type Tensor } from 'torchts';
import type { Settings } from './case';
import { fill } from './vit-weights';
import { takeTurns } from './worker-protocol';

const RANK = Number(process.env['RANK'] ?? 0);
const WIDTHS = { tiny: { hidden_size: 192, num_attention_heads: 3, intermediate_size: 768 }, base: {} };
const BATCHES = { tiny: 8, base: 4 };
/** Objects in the image of each process. */
const OBJECTS = [7, 3];

/** The other process: the same program, which answers the same lines. */
function startOther(storePath: string, { otherHost }: Settings): (measure: string) => Promise<unknown> {
  const env = { ...process.env, RANK: '1', STORE_PATH: storePath };
  const [program, ...args] = [...otherHost, process.execPath, ...process.argv.slice(1)];
  const other = spawn(program!, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const replies = createInterface({ input: other.stdout })[Symbol.asyncIterator]();
  const ready = replies.next();
  return async (measure) => {
    await ready;
    other.stdin.write(`run ${measure}\n`);
    return replies.next();
  };
}

/** The steps of a model: of both processes, and of one alone. */
interface Training {
  together(): number;
  alone(): number;
}

/** @param clip what happens to the gradients before the update */
function trainingOf<Input extends object>(
  model: nn.Module & { forward(input: Input): { readonly loss?: Tensor } },
  optimizer: optim.Optimizer,
  input: Input,
  clip: () => void = () => {},
): Training {
  const wrapped = new nn.parallel.DistributedDataParallel<nn.Module & { forward(input: Input): { loss?: Tensor } }>(
    model,
  );
  const step = (trained: { forward(input: Input): { readonly loss?: Tensor } }): number =>
    torch.scope(() => {
      optimizer.zeroGrad();
      const { loss } = trained.forward(input);
      loss!.backward();
      clip();
      optimizer.step();
      return Number(loss!.item());
    });
  return { together: () => step(wrapped), alone: () => step(model) };
}

function vitTraining(size: keyof typeof WIDTHS, { checkpoint, smoke }: Settings): Training {
  const config = JSON.parse(readFileSync(join(checkpoint, 'config.json'), 'utf8')) as {
    image_size: number;
    id2label: object;
  };
  const model = models.ViTForImageClassification.fromConfig({ ...config, ...(smoke ? {} : WIDTHS[size]) }).train();
  fill(model.parameters());
  const optimizer = new optim.AdamW(model.parameters(), { lr: 5e-5, weightDecay: 0.05 });
  torch.manualSeed(RANK);
  const batch = smoke ? 2 : BATCHES[size];
  const pixelValues = torch.randn([batch, 3, config.image_size, config.image_size]); // (B, C, H, W)
  const labels = torch
    .randn([batch, Object.keys(config.id2label).length])
    .gt(0)
    .to('float32'); // (B, K)
  return trainingOf(model, optimizer, { pixelValues, labels });
}

/** As detr-train-step has it, with one image in each process. */
async function detrTraining({ detector, smoke }: Settings): Promise<Training> {
  const model = (await models.DetrForObjectDetection.fromPretrained(detector, { auxiliaryLoss: true })).train();
  model.model.backbone.trainStages([2, 3, 4]);
  const trained = model.namedParameters().filter(([, { requiresGrad }]) => requiresGrad);
  const [backbone, others] = [true, false].map((isBackbone) =>
    trained.filter(([name]) => name.includes('.backbone.') === isBackbone).map(([, parameter]) => parameter),
  ) as [nn.Parameter[], nn.Parameter[]];
  const groups = [{ params: backbone, lr: 1e-5 }, { params: others }];
  const optimizer = new optim.AdamW(groups, { lr: 1e-4, weightDecay: 1e-4 });
  torch.manualSeed(RANK);
  const pixelValues = torch.randn([1, 3, ...(smoke ? [96, 128] : [480, 640])]); // (B, C, H, W)
  const count = OBJECTS[RANK]!;
  const labels = [
    {
      classLabels: torch.randint(0, model.config.numLabels, [count]).to('int64'),
      boxes: torch.rand([count, 4]).mul_(0.5).add_(0.1), // (M, 4), centre and size
    },
  ];
  const clip = () => void nn.utils.clipGradNorm([...backbone, ...others], 0.1);
  return trainingOf(model, optimizer, { pixelValues, labels }, clip);
}

function elapsed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Of a second time: while others had their turn, memory and caches went cold. */
function warm(work: () => void): number {
  work();
  return elapsed(work);
}

void takeTurns(async (settings) => {
  const { checkpoint, smoke } = settings;
  const storePath = process.env['STORE_PATH'] ?? join(dirname(checkpoint), `processes-${process.pid}`);
  const tellOther = RANK === 0 ? startOther(storePath, settings) : null;
  await distributed.initProcessGroup('gloo', { initMethod: `file://${storePath}`, rank: RANK, worldSize: 2 });
  const groups = [await distributed.newGroup([0]), await distributed.newGroup([1])];
  const trainings = {
    tiny: vitTraining('tiny', settings),
    base: vitTraining('base', settings),
    detr: await detrTraining(settings),
  };

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
  const efficiency = (size: keyof typeof trainings) => async (): Promise<number> => {
    const alone = RANK === 0 ? warm(trainings[size].alone) : 0;
    return (100 * alone) / (await together(`${size}-efficiency`, () => warm(trainings[size].together))());
  };

  const losses = Object.values(trainings).flatMap(({ together }) => [together(), together()]);
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
      detr: together('detr', () => elapsed(trainings.detr.together)),
      'detr-efficiency': efficiency('detr'),
    },
  };
});
