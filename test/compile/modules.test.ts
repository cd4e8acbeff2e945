import assert from 'node:assert/strict';
import { compile } from '../../ts/compile';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertNear, assertSame, listener, STRICT } from './near';

/** A module of one function. */
class Lambda<F extends (...args: never[]) => unknown> extends nn.Module {
  readonly #body: F;
  constructor(body: F) {
    super();
    this.#body = body;
    this.eval();
  }
  forward(...args: Parameters<F>): ReturnType<F> {
    return this.#body(...args) as ReturnType<F>;
  }
}

describe('torch.compile of small modules', () => {
  before(() => torch.manualSeed(0));
  const x = torch.randn([3, 5]);

  /** What a compiled function gives, twice, equals what it gives itself; and it must have been compiled. */
  const holds = <F extends (...args: never[]) => unknown>(title: string, body: F, ...args: Parameters<F>): void => {
    it(title, () => {
      using compiled = compile(new Lambda(body), STRICT);
      assertSame(compiled as never, ...(args as never[]));
    });
  };

  holds('computes what it does not know how to make faster', (a: Tensor) => a.cos().cumsum(1), x);
  holds('keeps operators that write in place', (a: Tensor) => a.mul(2).relu_().add_(1).mul_(3), x);
  holds(
    'keeps a write that a view made before it sees',
    (a: Tensor) => {
      const base = a.mul(1);
      const row = base.select(0, 1);
      base.add_(10);
      return row.mul(2);
    },
    x,
  );
  holds(
    'keeps a write through a view that the base sees',
    (a: Tensor) => {
      const base = a.mul(1);
      base.select(0, 1).add_(10).relu_();
      return [base, base.sum()];
    },
    x,
  );
  holds(
    'keeps a write into a tensor of zeros',
    (a: Tensor) => {
      const padded = torch.zeros([4, 6]);
      padded.narrow(0, 0, 3).narrow(1, 0, 5).copy_(a);
      return padded;
    },
    x,
  );
  holds('gives two results', (a: Tensor) => ({ sum: a.sum(), parts: [a.relu(), a.neg()] }), x);
  holds(
    'gives the same tensor twice',
    (a: Tensor) => {
      const b = a.exp();
      return [b, b];
    },
    x,
  );
  holds('takes an input twice', (a: Tensor, b: Tensor) => a.matmul(b.t()), x, x);
  holds(
    'takes nested inputs and null',
    (input: { a: Tensor; list: (Tensor | null)[] }) => (input.list[1] === null ? input.a.add(input.list[0]!) : input.a),
    { a: x, list: [x, null] },
  );
  holds('computes without inputs', () => torch.arange(4).mul(2));
  holds('chooses by shapes', (a: Tensor) => (a.shape[0]! > 2 ? a.relu() : a.neg()), x);
  holds(
    'uses numbers and flags among the arguments',
    (a: Tensor, factor: number, negative: boolean) => (negative ? a.mul(-factor) : a.mul(factor)),
    x,
    2.5,
    true,
  );
  holds('splits and stacks', (a: Tensor) => torch.stack(torch.cat([a, a], 1).split(5, 1), 0), x);
  holds('makes tensors of JavaScript numbers', (a: Tensor) => a.add(torch.tensor([1, 2, 3, 4, 5])), x);
  holds('writes into a tensor of JavaScript numbers', (a: Tensor) => torch.tensor([1, 2, 3, 4, 5]).add_(1).mul(a), x);
  holds('multiplies integers as integers', (a: Tensor) => a.mul(2), torch.tensor([1, 2, 3], { dtype: 'int64' }));
  holds('reads what is not contiguous', (a: Tensor) => a.t().add(1).reshape([-1]), x);
  holds('takes an input that is not contiguous', (a: Tensor) => a.matmul(x), torch.randn([5, 4]).t().narrow(1, 0, 3));
  holds(
    'indexes by integers',
    (a: Tensor) => torch.ops.aten.index!.Tensor!(a, [torch.tensor([2, 0], { dtype: 'int64' })]) as Tensor,
    x,
  );

  it('gives an input as the same tensor', () => {
    using compiled = compile(new Lambda((a: Tensor) => [a, a.add(1)]), STRICT);
    for (let run = 0; run < 3; run++) assert.equal(compiled.forward(x)[0], x);
  });

  it('gives a view of an input as one', () => {
    using compiled = compile(new Lambda((a: Tensor) => a.select(0, 1)), STRICT);
    const input = torch.zeros([2, 3]);
    for (let run = 0; run < 3; run++) compiled.forward(input).add_(1);
    assert.deepEqual(input.toArray(), [
      [0, 0, 0],
      [3, 3, 3],
    ]);
  });

  it('gives a constant anew each time, so that a caller may write to it', () => {
    using compiled = compile(new Lambda((a: Tensor) => [a.neg(), torch.zeros([2])]), STRICT);
    for (let run = 0; run < 3; run++) assert.deepEqual(compiled.forward(x)[1]!.add_(1).toArray(), [1, 1]);
  });

  it('gives a parameter as the same tensor', () => {
    class Own extends nn.Module {
      readonly weight = new nn.Parameter(torch.ones([2]));
      forward(a: Tensor): Tensor[] {
        return [this.weight, a.mul(2), this.weight.view([2, 1])];
      }
    }
    using compiled = compile(new Own().eval(), STRICT);
    for (let run = 0; run < 3; run++) {
      const [weight, , view] = compiled.forward(x);
      assert.equal(weight, compiled.module.weight);
      torch.noGrad(() => view!.add_(1));
      assert.deepEqual(weight!.toArray(), [2 + run, 2 + run]);
    }
  });

  it('computes an LSTM', () => {
    const lstm = new nn.LSTM(5, 7, { numLayers: 2, bidirectional: true }).eval();
    using compiled = compile(lstm, STRICT);
    assertSame(compiled, torch.randn([4, 3, 5]));
  });

  it('drops nothing in evaluation', () => {
    const net = new nn.Sequential(new nn.Linear(5, 8), new nn.ReLU(), new nn.Dropout(0.5), new nn.Linear(8, 2)).eval();
    using compiled = compile(net, STRICT);
    assertSame(compiled, x);
  });

  it('gives results without gradient', () => {
    using compiled = compile(new nn.Linear(5, 2).eval(), STRICT);
    for (let run = 0; run < 2; run++) assert.equal(compiled.forward(x).requiresGrad, false);
  });

  it('chooses again where JavaScript has looked at a condition', () => {
    const choose = (a: Tensor): Tensor => (a.sum().gt(0).item() ? a.relu() : a.neg());
    using compiled = compile(new Lambda(choose), STRICT);
    for (const input of [torch.ones([3]), torch.full([3], -1), torch.full([3], 2), torch.full([3], -3)])
      assertSame(compiled, input);
    assert.equal(compiled.toString().match(/guard/g)!.length, 2);
  });
});

describe('torch.compile of what cannot be recorded', () => {
  const x = torch.tensor([
    [1, -2],
    [3, 4],
  ]);

  /** The module runs eagerly, and says once why. */
  const refuses = (title: string, body: (a: Tensor) => unknown, reason: RegExp): void => {
    it(`runs eagerly: ${title}`, () => {
      const { messages, onWarning } = listener();
      using compiled = compile(new Lambda(body), { onWarning });
      for (let run = 0; run < 3; run++) assertNear(compiled.forward(x), body(x));
      assert.equal(messages.length, 1, messages.join('\n'));
      assert.match(messages[0]!, reason);
      using strict = compile(new Lambda(body), STRICT);
      assert.throws(() => strict.forward(x), reason);
    });
  };

  refuses('an element is read', (a) => a.mul(a.sum().item() as number), /aten::item gives JavaScript a number/);
  refuses('the elements are read', (a) => a.add((a.toArray() as number[][])[0]![0]!), /JavaScript reads the elements/);
  refuses('a shape depends on elements', (a) => a.nonzero(), /the shape of what aten::nonzero gives/);
  refuses('a mask selects', (a) => torch.ops.aten.index!.Tensor!(a, [a.gt(0)]), /aten::index/);
  refuses('an outer tensor is written to', (a) => outer.copy_(a).mul(1), /aten::copy_ writes to/);
  const outer = torch.zeros([2, 2]);

  it('runs eagerly: elements are read beside the event loop', async () => {
    const { messages, onWarning } = listener();
    const read: Promise<torch.DataArray>[] = [];
    const body = (a: Tensor): Tensor => {
      const doubled = a.mul(2);
      read.push(doubled.dataAsync());
      return doubled;
    };
    using compiled = compile(new Lambda(body), { onWarning });
    for (let run = 0; run < 3; run++) compiled.forward(x);
    assert.deepEqual(
      (await Promise.all(read)).map((values) => [...values]),
      Array.from({ length: 3 }, () => [2, -4, 6, 8]),
    );
    assert.match(messages.join(), /work goes on in the background/);
  });

  it('runs eagerly: a gradient is computed', () => {
    const { messages, onWarning } = listener();
    const body = (a: Tensor): Tensor =>
      torch.enableGrad(() => {
        const weight = torch.ones([2, 2], { requiresGrad: true });
        return torch.autograd.grad(weight.mul(a).sum(), weight)[0]!;
      });
    using compiled = compile(new Lambda(body), { onWarning });
    for (let run = 0; run < 2; run++) assert.deepEqual(compiled.forward(x).toArray(), x.toArray());
    assert.match(messages.join(), /a backward pass runs/);
  });

  it('runs eagerly: a result is no plain object', () => {
    const { messages, onWarning } = listener();
    using compiled = compile(new Lambda((a: Tensor) => new Map([['a', a.mul(2)]])), { onWarning });
    for (let run = 0; run < 3; run++) assertNear(compiled.forward(x).get('a'), x.mul(2));
    assert.match(messages.join(), /an instance of Map, and not a tensor/);
  });

  it('runs eagerly: random numbers', () => {
    const { messages, onWarning } = listener();
    using compiled = compile(new Lambda((a: Tensor) => a.add(torch.rand([2, 2]))), { onWarning });
    const [first, second] = [compiled.forward(x), compiled.forward(x)];
    assert.notDeepEqual(first.toArray(), second.toArray());
    assert.match(messages.join(), /draws random numbers/);
  });

  it('runs eagerly: an input is written to', () => {
    const { messages, onWarning } = listener();
    using compiled = compile(new Lambda((a: Tensor) => a.add_(1)), { onWarning });
    const input = torch.zeros([2]);
    for (let run = 0; run < 3; run++) compiled.forward(input);
    assert.deepEqual(input.toArray(), [3, 3]);
    assert.match(messages.join(), /writes to an input/);
  });

  it('names the module in which it is', () => {
    const reads = new Lambda((a: Tensor) => a.mul(a.sum().item() as number));
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Sequential(new nn.ReLU(), reads)).eval();
    const { messages, onWarning } = listener();
    using compiled = compile(net, { onWarning });
    compiled.forward(x);
    assert.match(messages.join(), /\(in 1\.1\)/);
  });

  it('runs eagerly in training mode, and compiles afterwards', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));
    const { messages, onWarning } = listener();
    using compiled = compile(net, { onWarning });
    compiled.forward(x);
    assert.match(messages.join(), /is in training mode/);
    net.eval();
    assertSame(compiled, x);
    assert.match(compiled.toString(), /outputs/);
    assert.equal(messages.length, 1);
  });

  it('runs hooks', () => {
    const net = new nn.Linear(2, 2).eval();
    let count = 0;
    const { onWarning } = listener();
    using compiled = compile(net, { onWarning });
    assertSame(compiled, x);
    const hook = net.registerForwardHook(() => void count++);
    for (let run = 0; run < 3; run++) compiled.forward(x);
    assert.equal(count, 3);
    hook.remove();
    assertSame(compiled, x);
    assert.equal(count, 3);
  });

  it('notices a forward that keeps what it made of its inputs', () => {
    class Remembers extends nn.Module {
      #last: Tensor | null = null;
      forward(a: Tensor): Tensor {
        const result = this.#last ? a.add(this.#last) : a.add(0);
        this.#last = torch.keep(a.mul(2));
        return result;
      }
    }
    const { messages, onWarning } = listener();
    using compiled = compile(new Remembers().eval(), { onWarning });
    const results = Array.from({ length: 3 }, () => compiled.forward(torch.ones([1])).item());
    assert.deepEqual(results, [1, 3, 3]);
    assert.match(messages.join(), /keeps a tensor/);
  });
});
