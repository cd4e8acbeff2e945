/** Random small networks, compiled and compared with themselves over random shapes; TORCHTS_FUZZ_SEED repeats one run of them. */
import { compile } from '../../ts/compile';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { Rng } from '../../ts/data';
import { assertSame, STRICT } from './near';

type Step = (values: Tensor[]) => Tensor;

const ACTIVATIONS: readonly ((a: Tensor) => Tensor)[] = [
  (a) => a.relu(),
  (a) => torch.gelu(a),
  (a) => torch.silu(a),
  (a) => a.sigmoid(),
  (a) => a.tanh(),
  (a) => torch.leakyRelu(a, 0.1),
  (a) => a.mul(0.5).relu_(),
  (a) => a.clone().add_(1).mul_(0.5),
];

/** Some earlier value of the shape of `like`, or itself. */
function alike(values: readonly Tensor[], like: Tensor, choice: number): Tensor {
  const found = values.filter(({ shape }) => shape.join() === like.shape.join());
  return found[choice % found.length]!;
}

/** Steps on maps (B, C, H, W): each reads the last value, some an earlier one, too. */
function mapStep(random: Rng, channels: number, add: (module: nn.Layer) => nn.Layer): Step {
  const choice = random.integer(1000);
  const kernel = random.pick([1, 3]);
  const groups = random.pick([1, 1, 2]);
  const layers: readonly (() => Step)[] = [
    () => {
      const bias = random.integer(2) > 0;
      const conv = add(new nn.Conv2d(channels, channels, kernel, { padding: (kernel - 1) / 2, groups, bias }));
      return (values) => conv.forward(values.at(-1)!);
    },
    () => {
      const norm = add(new nn.BatchNorm2d(channels));
      return (values) => norm.forward(values.at(-1)!);
    },
    () => {
      const activate = random.pick(ACTIVATIONS);
      return (values) => activate(values.at(-1)!);
    },
    () => (values) => values.at(-1)!.add(alike(values, values.at(-1)!, choice)),
    () => (values) => torch.maxPool2d(values.at(-1)!, [3, 3], { stride: [1, 1], padding: [1, 1] }),
    () => (values) => values.at(-1)!.transpose(2, 3).contiguous().transpose(2, 3),
    () => (values) =>
      torch.cat([values.at(-1)!.narrow(1, channels / 2, channels / 2), values.at(-1)!.narrow(1, 0, channels / 2)], 1),
  ];
  return random.pick([...layers, layers[0]!, layers[0]!, layers[1]!, layers[2]!])();
}

/** Steps on tokens (B, N, D). */
function tokenStep(random: Rng, width: number, add: (module: nn.Layer) => nn.Layer): Step {
  const choice = random.integer(1000);
  const layers: readonly (() => Step)[] = [
    () => {
      const linear = add(new nn.Linear(width, width, { bias: random.integer(3) > 0 }));
      return (values) => linear.forward(values.at(-1)!);
    },
    () => {
      const linear = add(new nn.Linear(width, width));
      return (values) => linear.forward(alike(values, values.at(-1)!, choice));
    },
    () => {
      const activate = random.pick(ACTIVATIONS);
      return (values) => activate(values.at(-1)!);
    },
    () => {
      const norm = add(new nn.LayerNorm(width));
      return (values) => norm.forward(values.at(-1)!);
    },
    () => (values) => values.at(-1)!.add(alike(values, values.at(-1)!, choice)),
    () => {
      const heads = (a: Tensor): Tensor => a.unflatten(-1, [2, -1]).transpose(1, 2);
      return (values) => {
        const [q, k] = [heads(values.at(-1)!), heads(alike(values, values.at(-1)!, choice))];
        return torch.scaledDotProductAttention(q, k, k).transpose(1, 2).flatten(2);
      };
    },
    () => (values) => values.at(-1)!.flatten(0, 1).view(values.at(-1)!.shape),
  ];
  return random.pick([...layers, layers[0]!, layers[1]!, layers[2]!])();
}

class RandomNet extends nn.Module {
  readonly layers = new nn.ModuleList<nn.Layer>([]);
  readonly #steps: readonly Step[];
  readonly #outputs: number;

  constructor(random: Rng, kind: 'maps' | 'tokens', width: number) {
    super();
    const add = (layer: nn.Layer): nn.Layer => {
      this.layers.append(layer);
      return layer;
    };
    const step = kind === 'maps' ? mapStep : tokenStep;
    this.#steps = Array.from({ length: 2 + random.integer(9) }, () => step(random, width, add));
    this.#outputs = 1 + random.integer(3);
    this.eval();
  }

  forward(input: Tensor): Tensor[] {
    const values = [input];
    for (const step of this.#steps) values.push(step(values));
    return values.slice(-this.#outputs);
  }
}

describe('torch.compile of random networks', () => {
  const first = Number(process.env['TORCHTS_FUZZ_SEED'] ?? 1);
  const count = process.env['TORCHTS_FUZZ_SEED'] === undefined ? 60 : 1;
  for (const kind of ['maps', 'tokens'] as const)
    it(`computes the same on ${kind}, from seed ${first} on`, () => {
      for (let seed = first; seed < first + count; seed++) {
        const random = new Rng(seed);
        torch.manualSeed(seed);
        const width = random.pick([2, 4, 6, 16]);
        torch.scope(() => {
          const net = new RandomNet(random, kind, width);
          using compiled = compile(net, STRICT);
          for (let shape = 0; shape < 2; shape++) {
            const sizes =
              kind === 'maps'
                ? [1 + random.integer(3), width, 1 + random.integer(9), 1 + random.integer(9)]
                : [1 + random.integer(3), 1 + random.integer(9), width];
            try {
              assertSame(compiled, torch.randn(sizes));
            } catch (error) {
              throw new Error(`TORCHTS_FUZZ_SEED=${seed}, ${sizes.join('x')}\n${compiled.toString()}`, {
                cause: error,
              });
            }
          }
        });
      }
    });
});
