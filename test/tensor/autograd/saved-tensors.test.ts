import assert from 'node:assert/strict';
import { DTypeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { autograd, type Tensor } from '../../../ts/tensor';
import { held } from '../../../ts/tensor/autograd/callbacks';
import { assertNumber } from '../../nn/golden';

const { savedTensorsHooks, saveOnCpu } = autograd.graph;
const leaf = (...values: number[]): Tensor => torch.tensor(values, { requiresGrad: true });

describe('hooks on saved tensors', () => {
  it('pack when an operator saves, and unpack when backward asks', () => {
    const log: string[] = [];
    const x = leaf(1, 2);
    const y = savedTensorsHooks(
      (tensor) => {
        log.push(`pack ${String(tensor.toArray())}`);
        return { text: tensor.toArray() };
      },
      ({ text }) => {
        log.push(`unpack ${String(text)}`);
        return torch.tensor(text);
      },
      () => x.mul(2).exp(),
    );
    const z = y.pow(2).sum(); // saved outside
    assert.equal(log.length, 1);
    z.backward();
    assert.deepEqual(log, [log[0], log[0]!.replace('pack', 'unpack')]);
    const [, found] = x.grad!.toArray() as number[];
    assertNumber(found!, 4 * Math.exp(8));
  });

  it('have to give back what was packed: its shape, type, device, and integers, which may be indices', () => {
    const { ops } = torch;
    const through = (unpack: (tensor: Tensor) => Tensor, body: () => Tensor): (() => void) => {
      const loss = savedTensorsHooks((tensor) => tensor, unpack, body);
      return () => loss.backward();
    };
    const x = leaf(1, 2, 3, 4);
    const image = torch.randn([1, 1, 4, 4], { requiresGrad: true });
    const pool = (): Tensor =>
      (ops['aten']!['max_pool2d_with_indices']!['default']!(image, [2, 2]) as Tensor[])[0]!.sum();
    const integers = (tensor: Tensor, change: (tensor: Tensor) => Tensor): Tensor =>
      tensor.dtype === 'int64' ? change(tensor) : tensor;
    const wrong: readonly [RegExp, () => void][] = [
      [
        /the shape that was packed, \[4\], found \[2\]/,
        through(
          (tensor) => tensor.narrow(0, 0, 2),
          () => x.exp().sum(),
        ),
      ],
      [
        /the dtype that was packed, float32, found float64/,
        through(
          (tensor) => tensor.to('float64'),
          () => x.exp().sum(),
        ),
      ],
      [
        /the layout that was packed, strided, found sparse_coo/,
        through(
          (tensor) => ops['aten']!['to_sparse']!['default']!(tensor) as Tensor,
          () => x.exp().sum(),
        ),
      ],
      [
        /the device that was packed, cpu, found meta/,
        through(
          (tensor) => tensor.to({ device: 'meta' }),
          () => x.exp().sum(),
        ),
      ],
      [
        /the same integers that were packed/,
        through((tensor) => integers(tensor, (indices) => indices.add(2 ** 40)), pool),
      ],
      [
        /the same integers that were packed/,
        through(
          (tensor) => integers(tensor, (indices) => indices.neg()),
          () =>
            torch.embedding(torch.ones([4, 2], { requiresGrad: true }), torch.tensor([1, 2], { dtype: 'int64' })).sum(),
        ),
      ],
    ];
    for (const [message, run] of wrong)
      assert.throws(run, (error: Error) => error instanceof TorchError && message.test(error.message), String(message));
    through((tensor) => integers(tensor, (indices) => indices.clone()), pool)();
    assert.equal(image.grad!.sum().item(), 4);
  });

  it('replace what is saved: half the bytes, and gradients as precise as that', () => {
    const x = torch.randn([512, 512], { requiresGrad: true });
    const grow = (body: () => Tensor): number => {
      const before = torch.allocatedBytes();
      const y = torch.scope(body);
      const bytes = torch.allocatedBytes() - before;
      y.backward();
      y.dispose();
      return bytes;
    };
    const compute = (): Tensor => x.sigmoid().tanh().sigmoid().tanh().sum();
    const plain = grow(compute);
    const exact = x.grad!.clone();
    x.grad = null;
    const halved = grow(() =>
      savedTensorsHooks(
        (tensor) => tensor.to('bfloat16'),
        (tensor) => tensor.to('float32'),
        compute,
      ),
    );
    assert.ok(halved < 0.51 * plain, `${halved} bytes, ${plain} without`);
    assert.ok(Number(x.grad!.sub(exact).abs().max().item()) < 0.01);
  });

  it('free what pack made with the graph, and leave alone what it did not make', () => {
    const mine = torch.ones([1]);
    const made: Tensor[] = [];
    const pack = (tensor: Tensor): unknown => {
      made.push(tensor, tensor.add(1), tensor.add(2));
      return { tensor, next: made[1], mine };
    };
    const y = torch.scope(() =>
      savedTensorsHooks(
        pack,
        () => torch.ones([1]),
        () => leaf(1).exp(),
      ),
    );
    assert.deepEqual(
      [...made, mine].map((tensor) => tensor.isDisposed),
      [false, false, true, false],
    );
    y.backward(torch.ones([1]));
    assert.deepEqual(
      [...made, mine].map((tensor) => tensor.isDisposed),
      [true, true, true, false],
    );
  });

  it('nest, the innermost applying, and hold across await', async () => {
    const seen: string[] = [];
    const mark =
      (name: string): ((tensor: Tensor) => Tensor) =>
      (tensor) => {
        seen.push(name);
        return tensor.clone();
      };
    const same = (tensor: Tensor): Tensor => tensor;
    const x = leaf(1);
    const y = await savedTensorsHooks(mark('outer'), same, async () => {
      const a = x.exp();
      await Promise.resolve();
      const b = savedTensorsHooks(mark('inner'), same, () => a.exp());
      return b.exp();
    });
    x.exp();
    assert.deepEqual(seen, ['outer', 'inner', 'outer']);
    y.sum().backward();
    assert.ok(Number(x.grad!.item()) > 0);
  });

  it('apply to what a function written in TypeScript saves', () => {
    class Square extends autograd.Function {
      static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
        ctx.saveForBackward(x);
        return x.pow(2);
      }
      static backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
        return gradient.mul(ctx.savedTensors[0]!).mul(2);
      }
    }
    const x = leaf(3);
    const y = savedTensorsHooks(
      (tensor) => tensor.clone(),
      (tensor) => tensor.mul(10),
      () => Square.apply(x),
    );
    y.sum().backward();
    assert.deepEqual(x.grad!.toArray(), [60]);
  });

  it('throw their own errors, in forward and in backward', () => {
    const fail = (): never => {
      throw new RangeError('mine');
    };
    assert.throws(() => savedTensorsHooks(fail, fail, () => leaf(1).exp()), RangeError);
    const y = savedTensorsHooks(
      (tensor) => tensor.clone(),
      fail,
      () => leaf(1).exp(),
    );
    assert.throws(() => y.sum().backward(), RangeError);
    const z = savedTensorsHooks(
      () => 5,
      (five) => five as never,
      () => leaf(1).exp(),
    );
    assert.throws(
      () => z.sum().backward(),
      (error: unknown) =>
        error instanceof DTypeError && /expected unpack to return a tensor, found 5/.test(error.message),
    );
  });

  it('saveOnCpu gives the same gradients', () => {
    const x = leaf(1, 2);
    saveOnCpu(() => x.exp().mul(x))
      .sum()
      .backward();
    assert.deepEqual(x.grad!.toArray(), x.exp().add(x.exp().mul(x)).toArray());
  });

  it('hold nothing when the graph is gone', () => {
    const before = held();
    torch.scope(
      () =>
        void savedTensorsHooks(
          (tensor) => tensor.clone(),
          (tensor) => tensor,
          () => leaf(1).exp().sin(),
        ),
    );
    assert.equal(held(), before);
  });
});
