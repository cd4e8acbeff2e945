import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DTypeError, TorchError } from '../../../ts/errors';
import { binding } from '../../../ts/native/binding';
import * as torch from '../../../ts/tensor';
import { autograd, type Tensor } from '../../../ts/tensor';
import { held } from '../../../ts/tensor/autograd/callbacks';
import { assertClose, goldenTensors } from '../../nn/golden';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

type Context = autograd.FunctionContext;

/** As in scripts/golden/autograd_functions.py. */
class Mix extends autograd.Function {
  static forward(ctx: Context, x: Tensor, y: Tensor, alpha: number): [Tensor, Tensor] {
    ctx.saveForBackward(x, y);
    ctx.alpha = alpha;
    return [x.mul(y), x.sin().add(y.mul(alpha))];
  }

  static backward(ctx: Context, product: Tensor, sum: Tensor): (Tensor | null)[] {
    const [x, y] = ctx.savedTensors as [Tensor, Tensor];
    return [product.mul(y).add(sum.mul(x.cos())), product.mul(x).add(sum.mul(ctx.alpha as number)), null];
  }
}

class Exp extends autograd.Function {
  static forward(ctx: Context, x: Tensor): Tensor {
    const y = x.exp();
    ctx.saveForBackward(y);
    return y;
  }

  static backward(ctx: Context, gradient: Tensor): Tensor {
    return gradient.mul(ctx.savedTensors[0]!);
  }
}

/** A function whose parts a test gives. */
function define(
  forward: (ctx: Context, ...tensors: Tensor[]) => Tensor | Tensor[],
  backward: (ctx: Context, ...gradients: Tensor[]) => Tensor | null | (Tensor | null)[],
): (...tensors: Tensor[]) => Tensor[] {
  class Custom extends autograd.Function {
    static forward = forward;
    static backward = backward;
  }
  return (...tensors) => [Custom.apply(...tensors)].flat();
}

const leaf = (...values: number[]): Tensor => torch.tensor(values, { requiresGrad: true });
const values = (tensor: Tensor | null | undefined): unknown => tensor?.toArray() ?? null;

/** What `body` throws. */
function thrown(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

for (const handOver of [false, true]) {
  describe(`a function written in TypeScript, ${handOver ? 'called from a thread of autograd’s' : 'called on its own thread'}`, () => {
    before(() => binding.handOver(handOver));
    after(() => binding.handOver(false));
    const golden = goldenTensors('autograd-functions');

    it('has PyTorch’s values, gradients and second derivatives, with several inputs and outputs', () => {
      const [x, y] = [golden.get('x').clone().requiresGrad_(), golden.get('y').clone().requiresGrad_()];
      const [product, sum] = Mix.apply(x, y, 0.7);
      const value = Exp.apply(product).mul(sum.tanh()).sum();
      const first = autograd.grad(value, [x, y], { createGraph: true }) as [Tensor, Tensor];
      const second = autograd.grad(first[0].pow(2).sum().add(first[1].pow(2).sum()), [x, y]) as [Tensor, Tensor];
      const found = {
        product,
        sum,
        value,
        'x.first': first[0],
        'y.first': first[1],
        'x.second': second[0],
        'y.second': second[1],
      };
      for (const [name, tensor] of Object.entries(found)) assertClose(tensor, golden.get(name), { what: name });
    });

    it('passes gradcheck and gradgradcheck', () => {
      const [x, y] = [golden.get('x').clone().requiresGrad_(), golden.get('y').clone().requiresGrad_()];
      const both = (a: Tensor, b: Tensor): Tensor[] => Mix.apply(a, b, 0.7);
      assert.ok(autograd.gradcheck(both, [x, y]));
      assert.ok(autograd.gradgradcheck(both, [x, y]));
    });

    it('throws the very error of its backward out of backward(), and works again thereafter', () => {
      class Mine extends Error {}
      const error = new Mine('from backward');
      let fails = true;
      const run = define(
        (_, x) => x.mul(2),
        (_, g) => {
          if (fails) throw error;
          return g.mul(2);
        },
      );
      const x = leaf(1);
      assert.equal(
        thrown(() => run(x)[0]!.sum().backward()),
        error,
      );
      assert.equal(
        thrown(() => autograd.grad(run(x)[0]!.sum(), x)),
        error,
      );
      for (const odd of [undefined, null, 'text', 7]) {
        const [y] = define(
          (_, t) => t.mul(2),
          () => {
            throw odd;
          },
        )(x);
        assert.equal(
          thrown(() => y!.backward(torch.ones([1]))),
          odd,
        );
      }
      fails = false;
      run(x)[0]!.sum().backward();
      assert.deepEqual(values(x.grad), [2]);
    });

    it('may run another backward pass inside of its own', () => {
      const run = define(
        (ctx, x) => {
          ctx.saveForBackward(x);
          return x.pow(2);
        },
        (ctx, g) => {
          const x = ctx.savedTensors[0]!.detach().requiresGrad_();
          const [inner] = torch.enableGrad(() => autograd.grad(Mix.apply(x, x, 0)[0].sum(), x)) as [Tensor];
          return inner.mul(g);
        },
      );
      const x = leaf(3, 4);
      run(x)[0]!.sum().backward();
      assert.deepEqual(values(x.grad), [6, 8]);
    });

    it('may fail in a backward pass inside of its own, and catch that', () => {
      const fails = define(
        (_, x) => x.mul(1),
        () => {
          throw new RangeError('inner');
        },
      );
      const run = define(
        (_, x) => x.mul(5),
        (_, g) => {
          const x = leaf(1);
          const inner = torch.enableGrad(() => fails(x)[0]!.sum());
          assert.throws(() => inner.backward(), RangeError);
          return g.mul(5);
        },
      );
      const x = leaf(1);
      run(x)[0]!.sum().backward();
      assert.deepEqual(values(x.grad), [5]);
    });
  });
}

describe('torch.autograd.Function', () => {
  it('forward records nothing, and its output is named after the class', () => {
    let recorded = true;
    class Twice extends autograd.Function {
      static forward(_: Context, x: Tensor): Tensor {
        recorded = x.mul(2).requiresGrad;
        return x.mul(2);
      }
      static backward(_: Context, g: Tensor): Tensor {
        return g.mul(2);
      }
    }
    const y = Twice.apply(leaf(1));
    assert.deepEqual([recorded, y.gradFn, y.requiresGrad], [false, 'TwiceBackward', true]);
    assert.equal(torch.noGrad(() => Twice.apply(leaf(1))).requiresGrad, false);
    assert.equal(Twice.apply(torch.ones([1])).requiresGrad, false);
  });

  it('backward is not recorded, unless createGraph asks for it', () => {
    const seen: boolean[] = [];
    const run = define(
      (ctx, x) => {
        ctx.saveForBackward(x);
        return x.pow(2);
      },
      (ctx, g) => {
        const result = g.mul(ctx.savedTensors[0]!).mul(2);
        seen.push(torch.isGradEnabled(), result.requiresGrad);
        return result;
      },
    );
    const x = leaf(3);
    run(x)[0]!.sum().backward();
    autograd.grad(run(x)[0]!.sum(), x, { createGraph: true });
    assert.deepEqual(seen, [false, false, true, true]);
    assert.equal(torch.isGradEnabled(), true);
  });

  it('with setupContext, forward takes its arguments alone', () => {
    class Power extends autograd.Function {
      static forward(x: Tensor, exponent: number): [Tensor, Tensor] {
        return [x.pow(exponent), x.sign()];
      }
      static setupContext(ctx: Context, [x, exponent]: [Tensor, number], [, sign]: [Tensor, Tensor]): void {
        ctx.saveForBackward(x);
        ctx.exponent = exponent;
        ctx.markNonDifferentiable(sign);
      }
      static backward(ctx: Context, g: Tensor): (Tensor | null)[] {
        const exponent = ctx.exponent as number;
        return [g.mul(ctx.savedTensors[0]!.pow(exponent - 1)).mul(exponent), null];
      }
    }
    const x = leaf(2, -3);
    const [cubes, sign] = Power.apply(x, 3);
    cubes.sum().backward();
    assert.deepEqual(
      [values(cubes), values(sign), values(x.grad), sign.requiresGrad],
      [[8, -27], [1, -1], [12, 27], false],
    );
    assert.ok(
      autograd.gradcheck(
        (t: Tensor) => Power.apply(t, 3)[0],
        [torch.tensor([2, -3], { dtype: 'float64', requiresGrad: true })],
      ),
    );
  });

  it('knows which inputs need a gradient, in forward and in backward', () => {
    const seen: (readonly boolean[])[] = [];
    class Sum extends autograd.Function {
      static forward(ctx: Context, x: Tensor, scale: number, y: Tensor, z: Tensor): Tensor {
        seen.push(ctx.needsInputGrad);
        return x.add(y).add(z).mul(scale);
      }
      static backward(ctx: Context, g: Tensor): (Tensor | null)[] {
        seen.push(ctx.needsInputGrad);
        return [g.mul(2), null, g.mul(2), g.mul(2)];
      }
    }
    const [x, z] = [leaf(1), leaf(1)];
    Sum.apply(x, 2, torch.ones([1]), z).backward(torch.ones([1]), { inputs: [z] });
    assert.deepEqual(seen, [
      [true, false, false, true],
      [false, false, false, true],
    ]);
    assert.deepEqual([values(x.grad), values(z.grad)], [null, [2]]);
  });

  it('null is no gradient, and unused outputs give zeros, or null where that is asked for', () => {
    const x = leaf(2);
    const [y] = define(
      (_, t) => t.mul(2),
      () => null,
    )(x);
    y!.backward(torch.ones([1]));
    assert.equal(x.grad, null);
    const seen: unknown[] = [];
    for (const materialize of [true, false]) {
      const [a] = define(
        (ctx, t) => {
          ctx.setMaterializeGrads(materialize);
          return [t.mul(2), t.mul(3)];
        },
        (_, g, h) => {
          seen.push(values(g), values(h));
          return g;
        },
      )(x);
      a!.backward(torch.ones([1]));
    }
    assert.deepEqual(seen, [[1], [0], [1], null]);
  });

  it('outputs that are marked so are not differentiable', () => {
    const x = leaf(3, 1, 2);
    const seen: unknown[] = [];
    const [sorted, order, shifted] = define(
      (ctx, t) => {
        const [all, indices] = t.sort() as [Tensor, Tensor];
        const other = t.add(1);
        ctx.saveForBackward(indices);
        ctx.markNonDifferentiable(indices, other);
        return [all, indices, other];
      },
      (ctx, g, ofOrder, ofOther) => {
        seen.push(values(ofOrder), values(ofOther));
        return torch.zeros([3]).scatter(0, ctx.savedTensors[0]!, g);
      },
    )(x);
    assert.deepEqual([sorted!.requiresGrad, order!.requiresGrad, shifted!.requiresGrad], [true, false, false]);
    sorted!
      .mul(torch.tensor([1, 10, 100]))
      .sum()
      .backward();
    assert.deepEqual(
      [values(x.grad), seen],
      [
        [100, 1, 10],
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
      ],
    );
  });

  it('an input changed in place is returned as the same tensor', () => {
    const x = leaf(1, 2);
    const y = x.mul(1);
    const [z] = define(
      (ctx, t) => {
        const t2 = t.mul_(3);
        ctx.markDirty(t2);
        return t2;
      },
      (_, g) => g.mul(3),
    )(y);
    assert.equal(z, y);
    z!.sum().backward();
    assert.deepEqual(
      [values(y), values(x.grad)],
      [
        [3, 6],
        [3, 3],
      ],
    );
  });

  it('an input returned as it is becomes another tensor over the same memory', () => {
    const x = leaf(1);
    const [y] = define(
      (_, t) => t,
      (_, g) => g.mul(7),
    )(x);
    assert.notEqual(y, x);
    y!.sum().backward();
    assert.deepEqual(values(x.grad), [7]);
  });

  it('saved tensors that were changed in place, or freed, are noticed', () => {
    const x = leaf(1);
    const y = x.mul(1);
    const [z] = define(
      (ctx, t) => {
        ctx.saveForBackward(t);
        return t.mul(2);
      },
      (ctx, g) => g.mul(ctx.savedTensors[0]!),
    )(y);
    y.add_(1);
    assert.throws(() => z!.sum().backward(), /modified by an inplace operation/);
    const w = Exp.apply(leaf(1)).sum();
    w.backward();
    assert.throws(() => w.backward(), /Trying to backward through the graph a second time/);
  });

  it('onceDifferentiable makes its second derivative an error', () => {
    class Once extends autograd.Function {
      static readonly onceDifferentiable = true;
      static forward(ctx: Context, x: Tensor): Tensor {
        ctx.saveForBackward(x);
        return x.pow(2);
      }
      static backward(ctx: Context, g: Tensor): Tensor {
        return g.mul(ctx.savedTensors[0]!).mul(2);
      }
    }
    const x = leaf(3);
    const [first] = autograd.grad(Once.apply(x).sum(), x, { createGraph: true }) as [Tensor];
    assert.deepEqual(values(first), [6]);
    assert.throws(() => first.sum().backward(), {
      name: 'TorchError',
      message: /Once\.backward is marked onceDifferentiable/,
    });
  });

  it('says what is wrong with a forward or a backward', () => {
    const x = leaf(1, 2);
    const refused: readonly [() => unknown, RegExp][] = [
      [
        () =>
          define(
            () => 1 as never,
            () => null,
          )(x),
        /Custom\.forward: expected it to return a tensor or an array of tensors, found 1/,
      ],
      [
        () =>
          define(
            (_, t) => t.mul(2),
            () => [],
          )(x)[0]!
            .sum()
            .backward(),
        /Custom\.backward: expected 1 gradients, one for each argument of forward \(null where there is none\), found 0/,
      ],
      [
        () =>
          define(
            (_, t) => t.mul(2),
            (_, g) => [g, g],
          )(x)[0]!
            .sum()
            .backward(),
        /expected 1 gradients, one for each argument/,
      ],
      [
        () =>
          define(
            (_, t) => t.mul(2),
            () => 3 as never,
          )(x)[0]!
            .sum()
            .backward(),
        /expected a gradient, a tensor or null, found 3/,
      ],
      [
        () =>
          define(
            (_, t) => t.mul(2),
            (_, g) => g.sum().expand(3),
          )(x)[0]!
            .sum()
            .backward(),
        /CustomBackward returned an invalid gradient at index 0 - got \[3\] but expected shape compatible with \[2\]/,
      ],
      [
        () =>
          define(
            (ctx, t) => {
              ctx.saveForBackward(1 as never);
              return t;
            },
            (_, g) => g,
          )(x),
        /saveForBackward: expected tensors, found 1/,
      ],
      [
        () => define(((_: Context, t: Tensor) => Promise.resolve(t)) as never, (_, g) => g)(x),
        /Custom\.forward: expected it to return a tensor/,
      ],
      [
        () =>
          define(
            (_, t) => t.mul(2),
            (async (_: Context, g: Tensor) => g) as never,
          )(x)[0]!
            .sum()
            .backward(),
        /expected a gradient, a tensor or null, found Promise/,
      ],
    ];
    for (const [body, message] of refused)
      assert.throws(
        body,
        (error: unknown) => error instanceof TorchError && message.test(error.message),
        String(message),
      );
    class Number3 extends autograd.Function {
      static forward(_: Context, t: Tensor, scale: number): Tensor {
        return t.mul(scale);
      }
      static backward(_: Context, g: Tensor): Tensor[] {
        return [g, g];
      }
    }
    assert.throws(
      () => Number3.apply(x, 3).sum().backward(),
      /expected null for argument 2 of forward, which was no tensor/,
    );
    assert.throws(() => Exp.apply(7 as never), TypeError);
    assert.throws(
      () =>
        define(
          (_, t) => {
            t.dispose();
            return t;
          },
          (_, g) => g,
        )(torch.ones([1])),
      TorchError,
    );
    assert.throws(() => autograd.backward([1 as never]), DTypeError);
  });

  it('keeps nothing: tensors, bytes and functions stay level over many passes', () => {
    const x = torch.randn([256, 256], { requiresGrad: true });
    const pass = (i: number): void =>
      torch.scope(() => {
        const y = Mix.apply(Exp.apply(x), x, 0.5)[0];
        if (i % 3 === 0) return; // a graph that is never run
        if (i % 3 === 1) y.sum().backward();
        else autograd.grad(y.sum(), x, { createGraph: true });
      });
    for (let i = 0; i < 6; i++) pass(i);
    collect();
    const before = [torch.memory().tensors, torch.allocatedBytes(), held()];
    for (let i = 0; i < 300; i++) pass(i);
    collect();
    const after = [torch.memory().tensors, torch.allocatedBytes(), held()];
    assert.ok(
      after.every((count, i) => count <= before[i]!),
      `${String(after)} after ${String(before)}`,
    );
  });

  it('frees what backward made as soon as it has returned, without a scope around', () => {
    const x = leaf(1, 2, 3);
    let made: Tensor | undefined;
    const [y] = define(
      (_, t) => t.mul(2),
      (_, g) => {
        made = g.mul(3);
        return made.mul(1);
      },
    )(x);
    y!.sum().backward();
    assert.equal(made!.isDisposed, true);
  });

  it('a backward pass beside the event loop refuses it, and nested passes have an end', async () => {
    await assert.rejects(
      Exp.apply(leaf(1)).sum().backwardAsync(),
      (error: unknown) => error instanceof TorchError && /use backward\(\), not backwardAsync\(\)/.test(error.message),
    );
    let depth = 0;
    const nest = define(
      (_, t) => t.mul(1),
      (_, g) => {
        depth++;
        torch.enableGrad(() => nest(leaf(1))[0]!.sum()).backward();
        return g;
      },
    );
    assert.throws(() => nest(leaf(1))[0]!.sum().backward(), /nested at most 60 deep/);
    assert.equal(depth, 61);
  });

  it('backward belongs to the context of the code that called it, also when that is async', async () => {
    const seen: boolean[] = [];
    const [y] = define(
      (_, t) => t.mul(2),
      (_, g) => {
        seen.push(torch.isGradEnabled());
        return g;
      },
    )(leaf(1));
    await torch.scope(async () => {
      await Promise.resolve();
      y!.sum().backward();
      await Promise.resolve();
      seen.push(torch.isGradEnabled(), torch.ones([1], { requiresGrad: true }).mul(2).requiresGrad);
    });
    assert.deepEqual(seen, [false, true, true]);
  });
});
