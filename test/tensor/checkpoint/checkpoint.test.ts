import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DTypeError, InputError, TorchError } from '../../../ts/errors';
import { binding } from '../../../ts/native/binding';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { held } from '../../../ts/tensor/autograd/callbacks';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const { checkpoint, checkpointSequential } = torch.utils;

const block = (): nn.Sequential =>
  new nn.Sequential(new nn.Linear(64, 64), new nn.Tanh(), new nn.Linear(64, 64), new nn.Dropout(0.5), new nn.Sigmoid());

/** Gradients of all parameters and of the input, after a pass with the same random numbers each time. */
function gradients(net: nn.Module, input: Tensor, forward: (x: Tensor) => Tensor): unknown[] {
  net.zeroGrad();
  input.grad = null;
  torch.manualSeed(3);
  forward(input).pow(2).sum().backward();
  return [...net.parameters(), input].map((tensor) => tensor.grad?.toArray() ?? null);
}

for (const handOver of [false, true]) {
  describe(`checkpoint, with backward ${handOver ? 'on a thread of autograd’s' : 'on its own thread'}`, () => {
    before(() => binding.handOver(handOver));
    after(() => binding.handOver(false));
    const net = new nn.Sequential(block(), block(), block());
    const input = torch.randn([4, 64], { requiresGrad: true });
    const whole = (x: Tensor): Tensor => net.forward(x);
    const parts = (x: Tensor): Tensor =>
      [...net].reduce((value, layer) => checkpoint((y: Tensor) => layer.forward(y), value), x);

    it('gives the same gradients to the last bit, dropout included', () => {
      assert.deepEqual(gradients(net, input, parts), gradients(net, input, whole));
      assert.deepEqual(
        gradients(net, input, (x) => checkpoint(whole, x)),
        gradients(net, input, whole),
      );
    });

    it('nests', () => {
      const nested = (x: Tensor): Tensor =>
        checkpoint((y: Tensor) => checkpoint((z: Tensor) => net.at(1).forward(z), net.at(0).forward(y)).mul(2), x);
      const flat = (x: Tensor): Tensor => net.at(1).forward(net.at(0).forward(x)).mul(2);
      assert.deepEqual(gradients(net, input, nested), gradients(net, input, flat));
    });

    it('lets the graph be kept, and derivatives be derived', () => {
      const x = torch.tensor([0.5, 1.5], { dtype: 'float64', requiresGrad: true });
      const cubed = checkpoint((t: Tensor) => t.pow(2).mul(t), x);
      cubed.sum().backward(null, { retainGraph: true });
      cubed.sum().backward();
      assert.deepEqual(x.grad!.toArray(), [1.5, 13.5]);
      const [first] = torch.autograd.grad(checkpoint((t: Tensor) => t.pow(2).mul(t), x).sum(), x, {
        createGraph: true,
      }) as [Tensor];
      const [second] = torch.autograd.grad(first.sum(), x) as [Tensor];
      assert.deepEqual(second.toArray(), [3, 9]);
    });
  });
}

describe('checkpoint', () => {
  it('takes memory for inputs, not for what lies between: 7 MiB instead of 47', () => {
    const layers = Array.from(
      { length: 8 },
      () =>
        (x: Tensor): Tensor =>
          x.sin().cos().tanh().exp().neg().exp().sigmoid().sin(),
    );
    const x = torch.randn([256, 1024], { requiresGrad: true }); // 1 MiB
    const held = (run: (input: Tensor) => Tensor): number => {
      collect();
      const before = torch.allocatedBytes();
      const y = torch.scope(() => run(x).sum());
      const bytes = torch.allocatedBytes() - before;
      y.backward();
      y.dispose();
      return bytes / 2 ** 20;
    };
    const plain = held((input) => layers.reduce((value, layer) => layer(value), input));
    const saved = held((input) => layers.reduce((value, layer) => checkpoint(layer, value), input));
    assert.ok(plain > 46, `${plain} MiB without`);
    assert.ok(saved < 7.2, `${saved} MiB with checkpoints`);
  });

  it('runs the function again up to the last tensor that is needed', () => {
    let calls = 0;
    let ends = 0;
    const x = torch.ones([2], { requiresGrad: true });
    const fn = (t: Tensor): Tensor => {
      calls++;
      const y = t.exp().mul(2); // saves exp's output last
      ends++;
      return y;
    };
    checkpoint(fn, x).sum().backward();
    assert.deepEqual([calls, ends], [2, 1]);
    checkpoint({ earlyStop: false }, fn, x).sum().backward();
    assert.deepEqual([calls, ends], [4, 3]);
  });

  it('passes on what is no tensor, and gives back what the function gives', () => {
    const x = torch.ones([2], { requiresGrad: true });
    const result = checkpoint(
      (t: Tensor, { scale }: { scale: number }, name: string) => ({ name, values: [t.mul(scale), 5] as const }),
      x,
      { scale: 3 },
      'n',
    );
    result.values[0].exp().sum().backward();
    assert.deepEqual([result.name, result.values[1], x.grad!.toArray()], ['n', 5, x.mul(3).exp().mul(3).toArray()]);
  });

  it('frees what the function makes when it returns', () => {
    const made: Tensor[] = [];
    const x = torch.ones([2], { requiresGrad: true });
    const y = checkpoint((t: Tensor) => {
      made.push(t.exp());
      return made.at(-1)!.sin();
    }, x);
    y.sum().backward();
    assert.deepEqual([made.map((tensor) => tensor.isDisposed), y.isDisposed], [[true, true], false]);
  });

  it('only calls the function where nothing is recorded', () => {
    const before = held();
    const y = torch.noGrad(() => checkpoint((t: Tensor) => t.exp(), torch.ones([1], { requiresGrad: true })));
    assert.deepEqual([y.requiresGrad, held()], [false, before]);
  });

  it('recomputes under the autocast of the first call', () => {
    const w = torch.randn([8, 8], { requiresGrad: true });
    const seen: string[] = [];
    const loss = torch.autocast('cpu', {}, () =>
      checkpoint(
        (t: Tensor) => {
          const y = t.mm(w);
          seen.push(y.dtype);
          return y.sin().sum();
        },
        torch.ones([8, 8]),
      ),
    );
    loss.backward();
    assert.deepEqual(seen, ['bfloat16', 'bfloat16']);
  });

  it('leaves the random numbers that follow alone, and draws others without preserveRngState', () => {
    const x = torch.ones([64], { requiresGrad: true });
    const drop = (t: Tensor): Tensor => t.mul(torch.rand([64])).exp();
    const follow = (backward: boolean): unknown => {
      torch.manualSeed(1);
      const y = checkpoint(drop, x).sum();
      if (backward) y.backward();
      return torch.rand([2]).toArray();
    };
    assert.deepEqual(follow(true), follow(false));
    const gradient = (preserveRngState: boolean): unknown => {
      x.grad = null;
      torch.manualSeed(1);
      checkpoint({ preserveRngState }, drop, x).sum().backward();
      return x.grad!.toArray();
    };
    assert.deepEqual(gradient(true), gradient(true));
    assert.notDeepEqual(gradient(false), gradient(true));
  });

  it('notices a function that does not do the same again', () => {
    const x = torch.ones([2], { requiresGrad: true });
    let first = true;
    const changes =
      (then: (t: Tensor) => Tensor) =>
      (t: Tensor): Tensor => {
        const result = first ? t.exp().sin() : then(t);
        first = !first;
        return result;
      };
    const run = (then: (t: Tensor) => Tensor): void => {
      first = true;
      checkpoint(changes(then), x).sum().backward();
    };
    assert.throws(
      () => run((t) => t.exp()),
      (error: unknown) =>
        error instanceof TorchError &&
        /saved 2 tensors for backward, this one 1; it must do the same each time/.test(error.message),
    );
    assert.throws(
      () => run((t) => t.double().exp().sin()),
      /was float32\[2\] on cpu at first and is float64\[2\] on cpu now/,
    );
  });

  it('notices an argument changed in place', () => {
    const x = torch.ones([2], { requiresGrad: true }).mul(1);
    const y = checkpoint((t: Tensor) => t.exp(), x);
    x.add_(1);
    assert.throws(() => y.sum().backward(), /modified by an inplace operation/);
  });

  it('an error of the function comes out of it, at first or when it runs again', () => {
    const x = torch.ones([2], { requiresGrad: true });
    let fails = false;
    const fn = (t: Tensor): Tensor => {
      if (fails) throw new RangeError('mine');
      return t.exp();
    };
    const y = checkpoint(fn, x);
    fails = true;
    assert.throws(() => y.sum().backward(), RangeError);
    assert.throws(() => checkpoint(fn, x), RangeError);
    assert.throws(
      () => checkpoint(async (t: Tensor) => t.exp(), x),
      (error: unknown) => error instanceof DTypeError && /not async/.test(error.message),
    );
    assert.throws(() => checkpoint({ preserve_rng_state: false } as object, fn, x), InputError);
    assert.throws(() => checkpoint({}, 5 as never), DTypeError);
  });

  it('keeps nothing: tensors, bytes and functions stay level', () => {
    const x = torch.randn([64, 64], { requiresGrad: true });
    const pass = (i: number): void =>
      torch.scope(() => {
        const y = checkpoint((t: Tensor) => checkpoint((u: Tensor) => u.exp().sin(), t.cos()).tanh(), x);
        if (i % 2 === 0) y.sum().backward();
      });
    for (let i = 0; i < 4; i++) pass(i);
    held();
    collect();
    const before = [torch.memory().tensors, torch.allocatedBytes(), held()];
    for (let i = 0; i < 100; i++) pass(i);
    held();
    collect();
    const after = [torch.memory().tensors, torch.allocatedBytes(), held()];
    assert.ok(
      after.every((count, i) => count <= before[i]!),
      `${String(after)} after ${String(before)}`,
    );
  });
});

describe('checkpointSequential', () => {
  const net = new nn.Sequential(block(), block(), block(), block(), block());
  const input = torch.randn([4, 64], { requiresGrad: true });

  it('gives the same gradients in any number of segments', () => {
    const whole = gradients(net, input, (x) => net.forward(x));
    for (const segments of [1, 2, 3, 5])
      assert.deepEqual(
        gradients(net, input, (x) => checkpointSequential(net, segments, x)),
        whole,
        String(segments),
      );
  });

  it('checkpoints all segments but the last, and takes functions too', () => {
    const calls = [0, 0, 0, 0];
    const stages = calls.map((_, i) => (x: Tensor) => {
      calls[i]!++;
      return x.exp().mul(0.1);
    });
    checkpointSequential(stages, 2, torch.ones([1], { requiresGrad: true }))
      .sum()
      .backward();
    assert.deepEqual(calls, [2, 2, 1, 1]);
  });

  it('refuses a number of segments that does not fit', () => {
    for (const segments of [0, 6, 1.5])
      assert.throws(() => checkpointSequential(net, segments, input), /expected from 1 to 5 segments/);
  });
});
