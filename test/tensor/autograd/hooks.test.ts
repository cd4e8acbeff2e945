import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DTypeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { held } from '../../../ts/tensor/autograd/callbacks';
import { goldenJson } from '../../nn/golden';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const leaf = (...values: number[]): Tensor => torch.tensor(values, { requiresGrad: true });
const values = (tensor: Tensor | null | undefined): unknown => tensor?.toArray() ?? null;

describe('hooks on gradients', () => {
  it('run in PyTorch’s order, with its values', () => {
    const log: unknown[] = [];
    const note = (what: string, tensor: Tensor | null): void => void log.push([what, values(tensor)]);
    const x = leaf(1, 2);
    const y = x.mul(3);
    y.retainGrad();
    y.registerHook((g) => {
      note('y first', g);
      return g.mul(2);
    });
    y.registerHook((g) => note('y second', g));
    x.registerHook((g) => note('x', g));
    x.registerPostAccumulateGradHook((t) => note('x accumulated', t.grad));
    x.registerPostAccumulateGradHook((t) => note('x accumulated again', t.grad));
    y.pow(2).sum().backward({ retainGraph: true });
    note('y.grad', y.grad);
    y.sum().backward();
    note('x.grad', x.grad);
    assert.deepEqual(log, goldenJson<{ tensors: unknown[] }>('autograd-hooks').tensors);
  });

  it('of a tensor disposed long since still run with its graph', () => {
    const x = leaf(1, 2);
    let seen: unknown;
    const loss = torch.scope(() => {
      const y = x.mul(3);
      y.registerHook((g) => {
        seen = values(g);
      });
      return y.pow(2).sum();
    });
    loss.backward();
    assert.deepEqual(seen, [6, 12]);
  });

  it('may keep the gradient', () => {
    const x = leaf(1, 2);
    const kept: Tensor[] = [];
    x.registerHook((g) => void kept.push(g));
    x.mul(2).sum().backward();
    assert.deepEqual(kept.map(values), [[2, 2]]);
  });

  it('run no more once removed, of a leaf or of what was disposed', () => {
    const x = leaf(1);
    let calls = 0;
    const handle = x.registerHook(() => void calls++);
    x.sum().backward();
    handle.remove();
    handle.remove();
    x.sum().backward();
    const y = x.mul(2);
    const other = y.registerHook(() => void calls++);
    const loss = y.sum();
    y.dispose();
    other.remove();
    loss.backward();
    const after = x.registerPostAccumulateGradHook(() => void calls++);
    after[Symbol.dispose]();
    x.sum().backward();
    assert.equal(calls, 1);
  });

  it('after accumulation get the very tensor, and may drop its gradient', () => {
    const x = leaf(1, 2);
    const seen: unknown[] = [];
    x.registerPostAccumulateGradHook((t) => {
      seen.push(t === x, values(t.grad));
      t.grad = null;
    });
    x.pow(2).sum().backward();
    x.pow(2).sum().backward();
    assert.deepEqual([seen, x.grad], [[true, [2, 4], true, [2, 4]], null]);
  });

  it('take part in second derivatives', () => {
    const x = leaf(2);
    x.registerHook((g) => g.pow(2));
    const [first] = torch.autograd.grad(x.pow(3), x, { gradOutputs: torch.ones([1]), createGraph: true }) as [Tensor];
    const [second] = torch.autograd.grad(first.sum(), x) as [Tensor];
    // g = (3x²)² = 9x⁴; its derivative 36x³ passes the hook again
    assert.deepEqual([values(first), values(second)], [[144], [288 ** 2]]);
  });

  it('throw their own error out of backward()', () => {
    const x = leaf(1);
    const error = new RangeError('mine');
    x.registerHook(() => {
      throw error;
    });
    assert.throws(
      () => x.sum().backward(),
      (found) => found === error,
    );
  });

  it('refuse what does not fit', () => {
    const refused: readonly [() => unknown, RegExp][] = [
      [
        () => torch.ones([1]).registerHook(() => undefined),
        /cannot register a hook on a (tensor|variable) that doesn't require grad/,
      ],
      [
        () => torch.ones([1]).registerPostAccumulateGradHook(() => undefined),
        /cannot register a hook on a tensor that doesn't require gradient/,
      ],
      [
        () =>
          leaf(1)
            .mul(2)
            .registerPostAccumulateGradHook(() => undefined),
        /post accumulate grad hooks cannot be registered on non-leaf tensors/,
      ],
      [() => leaf(1).registerHook(3 as never), /registerHook: expected a function, found 3/],
      [
        () => {
          const x = leaf(1, 2);
          x.registerHook(() => torch.ones([3]));
          x.sum().backward();
        },
        /hook '0' has changed the size of value/,
      ],
      [
        () => {
          const x = leaf(1);
          x.registerHook(() => 5 as never);
          x.sum().backward();
        },
        /expected a gradient, a tensor or null, found 5/,
      ],
    ];
    for (const [body, message] of refused)
      assert.throws(
        body,
        (error: unknown) => error instanceof TorchError && message.test(error.message),
        String(message),
      );
    assert.throws(() => leaf(1).registerHook(null as never), DTypeError);
  });

  it('are let go of with the graph, or when they are removed', () => {
    const w = torch.randn([64, 64], { requiresGrad: true });
    const pass = (): void =>
      torch.scope(() => {
        const y = w.mul(2);
        y.registerHook((g) => g.mul(0.5));
        const handle = w.registerHook(() => undefined);
        y.sum().backward();
        handle.remove();
      });
    pass();
    collect();
    const before = [torch.memory().tensors, torch.allocatedBytes(), held()];
    for (let i = 0; i < 200; i++) pass();
    collect();
    const after = [torch.memory().tensors, torch.allocatedBytes(), held()];
    assert.ok(
      after.every((count, i) => count <= before[i]!),
      `${String(after)} after ${String(before)}`,
    );
  });
});
