/** Twenty operators on small and on large input; operators.py computes the same. */
import { torch, type Device, type Tensor } from 'torchts';
import { seconds } from './clock';
import { takeTurns } from './worker-protocol';

interface Operator {
  readonly name: string;
  /** Shapes of the input. */
  readonly small: readonly (readonly number[])[];
  readonly large: readonly (readonly number[])[];
  readonly call: (...inputs: Tensor[]) => Tensor;
}

const square = [[8, 8]];
const plane = [[1024, 1024]];

const OPERATORS: readonly Operator[] = [
  {
    name: 'add',
    small: [
      [8, 8],
      [8, 8],
    ],
    large: [
      [1024, 1024],
      [1024, 1024],
    ],
    call: (x, y) => x!.add(y!),
  },
  {
    name: 'mul',
    small: [
      [8, 8],
      [8, 8],
    ],
    large: [
      [1024, 1024],
      [1024, 1024],
    ],
    call: (x, y) => x!.mul(y!),
  },
  {
    name: 'div',
    small: [
      [8, 8],
      [8, 8],
    ],
    large: [
      [1024, 1024],
      [1024, 1024],
    ],
    call: (x, y) => x!.div(y!),
  },
  { name: 'exp', small: square, large: plane, call: (x) => x!.exp() },
  { name: 'relu', small: square, large: plane, call: (x) => x!.relu() },
  { name: 'gelu', small: square, large: plane, call: (x) => torch.gelu(x!) },
  { name: 'sigmoid', small: square, large: plane, call: (x) => x!.sigmoid() },
  { name: 'softmax', small: square, large: plane, call: (x) => x!.softmax(1) },
  { name: 'sum', small: square, large: plane, call: (x) => x!.sum(1) },
  { name: 'amax', small: square, large: plane, call: (x) => x!.amax(1) },
  {
    name: 'layer_norm',
    small: [[8, 64], [64], [64]],
    large: [[1576, 768], [768], [768]],
    call: (x, w, b) => torch.layerNorm(x!, [x!.shape[1]!], w!, b!),
  },
  {
    name: 'mm',
    small: [
      [8, 8],
      [8, 8],
    ],
    large: [
      [768, 768],
      [768, 768],
    ],
    call: (x, y) => x!.mm(y!),
  },
  {
    name: 'bmm',
    small: [
      [4, 8, 8],
      [4, 8, 8],
    ],
    large: [
      [96, 197, 64],
      [96, 64, 197],
    ],
    call: (x, y) => x!.bmm(y!),
  },
  {
    name: 'linear',
    small: [[8, 64], [64, 64], [64]],
    large: [[788, 768], [3072, 768], [3072]],
    call: (x, w, b) => torch.linear(x!, w!, b!),
  },
  {
    name: 'conv2d',
    small: [
      [1, 4, 8, 8],
      [4, 4, 3, 3],
    ],
    large: [
      [2, 64, 56, 56],
      [64, 64, 3, 3],
    ],
    call: (x, w) => torch.conv2d(x!, w!, null, 1, 1),
  },
  {
    name: 'batch_norm',
    small: [[1, 8, 8, 8], [8], [8], [8]],
    large: [[8, 64, 56, 56], [64], [64], [64]],
    call: (x, w, mean, variance) => torch.batchNorm(x!, w!, mean!, mean!, variance!, false, 0.1, 1e-5, false),
  },
  { name: 'max_pool2d', small: [[1, 4, 8, 8]], large: [[4, 64, 112, 112]], call: (x) => torch.maxPool2d(x!, 2) },
  {
    name: 'cat',
    small: [
      [8, 8],
      [8, 8],
    ],
    large: [
      [1024, 1024],
      [1024, 1024],
    ],
    call: (x, y) => torch.cat([x!, y!], 1),
  },
  { name: 'transpose', small: [[8, 8, 8]], large: [[32, 197, 768]], call: (x) => x!.transpose(0, 1).contiguous() },
  { name: 'gather rows', small: [[64, 8], [8]], large: [[30_000, 768], [4096]], call: (x, y) => x!.indexSelect(0, y!) },
];

/** Random input; row numbers of `gather rows`, and a variance of at least 1. */
function draw({ name }: Operator, shapes: readonly (readonly number[])[], device: Device): Tensor[] {
  return shapes.map((shape, i) => {
    const drawn = torch.randn(shape);
    if (name === 'gather rows' && i === 1) return drawn.abs().mul(10).to({ dtype: 'int64', device });
    return (name === 'batch_norm' && i === 3 ? drawn.abs().add(1) : drawn).to(device);
  });
}

/** How many calls take about a twentieth of a second, once warm; `operators.py` counts in the same way. */
function callsOf(call: () => unknown, smoke: boolean): number {
  for (let count = 1; ; count *= 2) {
    const start = performance.now();
    for (let i = 0; i < count; i++) call();
    const elapsed = performance.now() - start;
    if (smoke || elapsed >= 25) return Math.max(1, Math.round((count * 50) / elapsed));
  }
}

void takeTurns(({ smoke, device }) => {
  torch.manualSeed(0);
  const measures: Record<string, () => number> = {};
  const check: number[] = [];
  for (const operator of OPERATORS) {
    for (const [size, shapes, calls] of [
      ['small', operator.small, 100],
      ['large', operator.large, 1],
    ] as const) {
      const inputs = draw(operator, shapes, device);
      const call = (): Tensor => operator.call(...inputs);
      const scoped = (): void =>
        torch.scope(() => {
          for (let i = 0; i < calls; i++) call();
        });
      if (size === 'small') check.push(Number(torch.noGrad(call).abs().sum().item()));
      let rounds = 0;
      const time = (): number =>
        torch.noGrad(() => {
          rounds ||= callsOf(scoped, smoke);
          return (
            seconds(device, () => {
              for (let i = 0; i < rounds; i++) scoped();
            }) /
            (rounds * calls)
          );
        });
      measures[`${operator.name}, ${size}`] = time;
      measures[`${operator.name}, ${size}, onnx`] = time;
    }
  }
  return { check, measures };
});
