/** One rank of zero-redundancy-optimizer.test.ts: trains with the state spread over two processes, and with the plain optimizer. */
import { nn, noGrad, optim, Tensor } from '../../ts';
import { asRank, bits, numbers } from './program';

/** Layers of different sizes, so that the parts are not simply halves. */
function network(): nn.Sequential {
  const net = new nn.Sequential(new nn.Linear(7, 16), new nn.ReLU(), new nn.Linear(16, 5), new nn.Linear(5, 3));
  noGrad(() => net.parameters().forEach((one, i) => one.copy_(numbers(one.shape, i).mul(0.3))));
  return net;
}

/** A state dict with the bits of its tensors in their place. */
function readable(saved: optim.OptimizerStateDict): unknown {
  const plain = (value: unknown): unknown => {
    if (value instanceof Tensor) return { shape: value.shape, dtype: value.dtype, bits: bits([value]) };
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  return plain(saved);
}

interface Training {
  readonly net: nn.Sequential;
  readonly optimizer: optim.Optimizer;
  readonly scheduler: optim.StepLR;
}

function train({ net, optimizer, scheduler }: Training, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    optimizer.zeroGrad();
    net
      .forward(numbers([6, 7], 10 * step))
      .square()
      .mean()
      .backward();
    optimizer.step();
    scheduler.step();
  }
}

type Make = (params: { params: Tensor[]; lr?: number }[]) => optim.Optimizer;

/** A layer that is frozen at first joins later, with a learning rate of its own. */
function begin(make: Make): Training {
  const net = network();
  const [first, ...others]: Tensor[][] = [net.at(0), net.at(2), net.at(3)].map((layer) => layer.parameters());
  const optimizer = make([{ params: others[0]! }, { params: others[1]!, lr: 0.03 }]);
  optimizer.addParamGroup({ params: first!, lr: 0.01 });
  return { net, optimizer, scheduler: new optim.StepLR(optimizer, 2, { gamma: 0.5 }) };
}

async function compare(rank: number, plainly: Make, spread: Make): Promise<object> {
  const [plain, zero] = [begin(plainly), begin(spread)];
  train(plain, 0, 3);
  train(zero, 0, 3);
  const optimizer = zero.optimizer as optim.ZeroRedundancyOptimizer;
  const held = optimizer.state.size;
  await optimizer.consolidateStateDict({ to: 1 });
  const refusal = rank === 1 ? null : message(() => optimizer.stateDict());
  const states = [plain.optimizer, optimizer].map((one) => (rank === 1 ? readable(one.stateDict()) : null));
  const halfway = bits(zero.net.parameters());
  // A resume takes the plain optimizer's state; its scheduler goes on where the other is.
  const resumed = begin(spread);
  resumed.net.loadStateDict(zero.net.stateDict());
  resumed.optimizer.loadStateDict(plain.optimizer.stateDict());
  resumed.scheduler.loadStateDict(zero.scheduler.stateDict());
  const half = bits(plain.net.parameters());
  for (const one of [plain, zero, resumed]) train(one, 3, 6);
  return {
    held,
    refusal,
    stale: message(() => optimizer.stateDict()),
    states,
    halfway: halfway === half,
    weights: [plain, zero, resumed].map(({ net }) => bits(net.parameters())),
  };
}

function message(body: () => unknown): string {
  try {
    body();
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

async function measure(rank: number): Promise<object> {
  const sgd = { lr: 0.1, momentum: 0.9, weightDecay: 0.01 };
  const adamw = { lr: 0.02, amsgrad: true };
  const found = {
    sgd: await compare(
      rank,
      (params) => new optim.SGD(params, sgd),
      (params) => new optim.ZeroRedundancyOptimizer(params, optim.SGD, sgd),
    ),
    adamw: await compare(
      rank,
      (params) => new optim.AdamW(params, adamw),
      (params) => new optim.ZeroRedundancyOptimizer(params, optim.AdamW, adamw),
    ),
  };
  return found;
}

void asRank(measure);
