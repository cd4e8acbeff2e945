/** One rank of ddp.test.ts: trains a few steps as python_ddp.py does, and prints the bits of gradients and weights. */
import { data, distributed as dist, nn, noGrad, profile, recordFunction, type Tensor } from '../../ts';
import { asRank, bits, numbers } from './program';

/** Two convolutions with a normalization between them, and two heads of which each step may use one. */
class Net extends nn.Module {
  readonly conv = new nn.Conv2d(3, 8, 3, { padding: 1 });
  readonly norm = new nn.BatchNorm2d(8);
  readonly fc = new nn.Linear(8 * 6 * 6, 32);
  readonly head = new nn.Linear(32, 5);
  readonly other = new nn.Linear(32, 5);

  forward(x: Tensor, useOther = false): Tensor {
    const hidden = this.fc.forward(nn.functional.relu(this.norm.forward(this.conv.forward(x))).flatten(1));
    return useOther ? this.other.forward(hidden) : this.head.forward(hidden).add(this.other.forward(hidden).mul(0.5));
  }
}

async function train(
  rank: number,
  options: nn.parallel.DistributedDataParallelOptions,
  unused: boolean,
): Promise<object> {
  const net = new Net();
  // Rank 1 begins elsewhere, and is made rank 0.
  noGrad(() =>
    net.parameters().forEach((parameter, i) => parameter.copy_(numbers(parameter.shape, i + 10 * rank).mul(0.1))),
  );
  const model = new nn.parallel.DistributedDataParallel(net, options);
  const steps: string[] = [];
  for (let step = 0; step < 4; step++) {
    model.zeroGrad();
    const batch = (part: number): Tensor => numbers([4, 3, 6, 6], 100 * step + 10 * part + rank);
    const loss = (part: number): Tensor =>
      model
        .forward(batch(part), unused && step % 2 === 1)
        .pow(2)
        .mean();
    if (!options.staticGraph) model.noSync(() => loss(0).backward());
    loss(1).backward();
    steps.push(bits(model.parameters().flatMap(({ grad }) => (grad === null ? [] : [grad]))));
    // By hand: an optimizer's kernels round differently from those that Python takes.
    noGrad(() => model.parameters().forEach((one) => one.grad && one.sub_(one.grad.mul(0.05))));
  }
  return {
    steps,
    weights: bits(model.parameters()),
    buffers: bits(model.buffers().filter((one) => one.dtype === 'float32')),
    keys: Object.keys(model.stateDict()),
  };
}

/** A step whose gradients travel in several buckets, as a profile sees it. */
async function trace(rank: number): Promise<object> {
  const net = new nn.Sequential(...Array.from({ length: 6 }, () => new nn.Linear(256, 256)));
  const model = new nn.parallel.DistributedDataParallel(net, { bucketCapMb: 0.2 });
  const step = (): void => {
    const loss = model
      .forward(numbers([64, 256], rank))
      .pow(2)
      .mean();
    recordFunction('backward', () => loss.backward());
  };
  step(); // after the first the buckets are made anew
  const { events } = await profile(async () => {
    step();
    await dist.barrier(); // what was sent before is recorded then
  });
  const backward = events.find(({ name }) => name === 'backward')!;
  const sent = events.filter(({ name }) => name === 'gloo:all_reduce');
  return {
    buckets: model.bucketSizes.length,
    sent: sent.length,
    beganWithin: sent.every(({ start }) => start > backward.start && start < backward.start + backward.duration),
    onOtherThreads: sent.every(({ thread }) => thread !== backward.thread),
  };
}

/** What both languages compute. */
export async function trainings(rank: number): Promise<object> {
  return {
    usual: await train(rank, {}, false),
    buckets: await train(rank, { bucketCapMb: 0.01, gradientAsBucketView: true }, false),
    unused: await train(rank, { findUnusedParameters: true }, true),
    static: await train(rank, { staticGraph: true }, false),
    sampler: samples(),
  };
}

/** What this rank sees in two passes. */
function samples(): number[][] {
  const sampler = new data.DistributedSampler({ length: 7 }, { seed: 3 });
  return [0, 1].map((epoch) => {
    sampler.setEpoch(epoch);
    return [...sampler];
  });
}

if (require.main === module) void asRank(async (rank) => ({ ...(await trainings(rank)), trace: await trace(rank) }));
