/** One rank of comm-hooks.test.ts: trains with each hook as python_hooks.py does, and prints the bits of the weights. */
import { distributed as dist, nn, noGrad, type Tensor } from '../../ts';
import { binding } from '../../ts/native/binding';
import { asRank, bits, numbers } from './program';

const { allreduceHook, bf16CompressHook, DistributedDataParallel, fp16CompressHook, PowerSGDState, powerSgdHook } =
  nn.parallel;

/** Matrices of two shapes, one of them twice, and one that is no matrix. */
function network(rank: number): nn.Sequential {
  const layers = [new nn.Linear(24, 16), new nn.Linear(16, 24), new nn.Linear(24, 16), new nn.Linear(16, 3)];
  const net = new nn.Sequential(...layers);
  noGrad(() => net.parameters().forEach((one, i) => one.copy_(numbers(one.shape, i + 10 * rank).mul(0.2))));
  return net;
}

type Wrapped = nn.parallel.DistributedDataParallel<nn.Sequential>;

/** Six steps; the weights after each, and the last gradients. */
function train(
  rank: number,
  register: (model: Wrapped) => void,
  options = {},
): { steps: string[]; gradients: Tensor[] } {
  const model = new DistributedDataParallel(network(rank), options);
  register(model);
  const steps: string[] = [];
  for (let step = 0; step < 6; step++) {
    model.zeroGrad();
    model
      .forward(numbers([4, 24], 100 * step + rank))
      .square()
      .mean()
      .backward();
    // By hand: an optimizer's kernels round differently from those that Python takes.
    noGrad(() => model.parameters().forEach((one) => one.sub_(one.grad!.mul(0.05))));
    steps.push(bits(model.parameters()));
  }
  return { steps, gradients: model.parameters().map(({ grad }) => grad!) };
}

/** The largest difference between gradients, over the largest of all. */
function distance(one: readonly Tensor[], other: readonly Tensor[]): number {
  const largest = (tensors: readonly Tensor[]): number =>
    Math.max(...tensors.map((tensor) => Number(tensor.abs().max().item())));
  return largest(one.map((tensor, i) => tensor.sub(other[i]!))) / largest(other);
}

function message(body: () => unknown): string {
  try {
    body();
    return 'nothing';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

function powerSgd(options: nn.parallel.PowerSGDOptions): (model: Wrapped) => void {
  return (model) => model.registerCommHook(new PowerSGDState({ startPowerSGDIter: 2, ...options }), powerSgdHook);
}

/** What both languages compute. */
export function trainings(rank: number): Record<string, string[]> {
  const ways: Record<string, (model: Wrapped) => void> = {
    allreduce: (model) => model.registerCommHook(null, allreduceHook),
    fp16: (model) => model.registerCommHook(null, fp16CompressHook),
    bf16: (model) => model.registerCommHook(null, bf16CompressHook),
    powerSgd: powerSgd({}),
    batched: powerSgd({ matrixApproximationRank: 3, batchTensorsWithSameShape: true, randomSeed: 5 }),
    cold: powerSgd({
      matrixApproximationRank: 2,
      warmStart: false,
      useErrorFeedback: false,
      orthogonalizationEpsilon: 1e-8,
    }),
  };
  return Object.fromEntries(Object.entries(ways).map(([name, register]) => [name, train(rank, register).steps]));
}

/** How far gradients are from those that travel as they are, and what is refused. */
function properties(rank: number): object {
  const plain = train(rank, () => {});
  const own = train(
    rank,
    (model) =>
      model.registerCommHook({ calls: 0 }, (state, bucket) => {
        state.calls++;
        const work = dist.startAllReduce(bucket.buffer());
        return () => (work.wait(), bucket.buffer().div_(2));
      }),
    { bucketCapMb: 0.001 },
  );
  // Columns enough for all there is in a matrix: the product is the matrix.
  const whole = new PowerSGDState({ startPowerSGDIter: 2, matrixApproximationRank: 24, minCompressionRate: 0 });
  const exact = train(rank, (model) => model.registerCommHook(whole, powerSgdHook));
  const rough = new PowerSGDState({ startPowerSGDIter: 2 });
  const bf16 = train(rank, (model) => model.registerCommHook(null, bf16CompressHook));
  train(rank, (model) => model.registerCommHook(rough, powerSgdHook));
  // As with a device: the backward pass runs on a thread of its own, and calls this one.
  binding.handOver(true);
  const handedOver = train(rank, powerSgd({})).steps;
  binding.handOver(false);
  return {
    plain: plain.steps,
    handedOver,
    own: own.steps,
    exact: distance(exact.gradients, plain.gradients),
    bf16: distance(bf16.gradients, plain.gradients),
    rate: [rough.iter, rough.compressionRate],
  };
}

/** Each in a model of its own, for a backward pass that failed has left its bucket undone. */
function refusals(rank: number): Record<string, string> {
  const failing = (hook: nn.parallel.CommHook<null>) => {
    const model = new DistributedDataParallel(network(rank));
    model.registerCommHook(null, hook);
    return message(() =>
      model
        .forward(numbers([4, 24], rank))
        .sum()
        .backward(),
    );
  };
  return {
    nothing: failing((() => undefined) as unknown as nn.parallel.CommHook<null>),
    double: failing((_, bucket) => bucket.buffer().to('float64')),
    short: failing((_, bucket) => () => bucket.buffer().narrow(0, 0, 3)),
    thrown: failing(() => {
      throw new RangeError('of my own');
    }),
    later: failing(() => () => {
      throw new RangeError('at the end');
    }),
    twice: message(() => {
      const model = new DistributedDataParallel(network(rank));
      model.registerCommHook(null, allreduceHook);
      model.registerCommHook(null, allreduceHook);
    }).split(':')[0]!,
    itself: callsItself(rank),
  };
}

function callsItself(rank: number): string {
  const model = new DistributedDataParallel(network(rank));
  model.registerCommHook(model, (self, bucket) => (self.bucketSizes.length, bucket.buffer()));
  return message(() =>
    model
      .forward(numbers([4, 24], rank))
      .sum()
      .backward(),
  );
}

if (require.main === module)
  void asRank((rank) => ({ trainings: trainings(rank), properties: properties(rank), refusals: refusals(rank) }));
