import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../../ts/errors';
import { nn } from '../../../ts';
import * as torch from '../../../ts/tensor';

/** A worker that receives a message, runs `body` on its value, `value`, and answers. */
function inWorker(message: unknown, body: string): Promise<unknown> {
  const code = `
    require('tsx/cjs');
    const { parentPort, workerData } = require('node:worker_threads');
    const torch = require(${JSON.stringify(require.resolve('../../../ts'))});
    torch.setNumThreads(1);
    const value = torch.receive(workerData);
    parentPort.postMessage((() => { ${body} })());`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: message });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('tensors between threads', () => {
  it('see the same memory: what one writes the other reads', async () => {
    const counts = torch.zeros([3]);
    const found = await inWorker(
      torch.share({ counts }),
      `value.counts.index(1).fill_(5); return [value.counts.shape, value.counts.dtype];`,
    );
    assert.deepEqual(found, [[3], 'float32']);
    assert.deepEqual(counts.toArray(), [0, 5, 0]);
  });

  it('a module is shared by several workers, and computes there what it computes here', async () => {
    torch.manualSeed(0);
    const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
    const x = torch.randn([3, 4]);
    const body = `
      const { nn } = torch;
      const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
      model.loadStateDict(value.state, { assign: true });
      return torch.noGrad(() => model.forward(value.x).toArray());`;
    const message = torch.share({ state: model.stateDict(), x }, { receivers: 2 });
    const expected = model.forward(x).toArray();
    for (const found of await Promise.all([inWorker(message, body), inWorker(message, body)]))
      assert.deepEqual(found, expected);
    assert.throws(() => torch.receive(message), /token is unknown/);
  });

  it('a leaf that requires gradients still does, and history stays behind', () => {
    const w = torch.ones([2], { requiresGrad: true });
    const [leaf, result] = torch.receive(torch.share([w, w.mul(2)])) as [torch.Tensor, torch.Tensor];
    assert.deepEqual([leaf.requiresGrad, result.requiresGrad], [true, false]);
    leaf.sum().backward();
    assert.equal(w.grad, null);
  });

  it('copies all parts of a tensor that lie in lent memory', () => {
    const call = (name: string, overload: string, ...args: (torch.Argument | torch.Options)[]): torch.Tensor =>
      torch.ops['aten']![name]![overload]!(...args) as torch.Tensor;
    const lists = {
      indices: [0n, 1n],
      crow: [0n, 1n, 2n],
      values: [3, 4],
      scales: [0.5, 0.25],
      sizes: [2n],
      strides: [1n],
      offsets: [0n],
    };
    const fresh = () => ({
      indices: BigInt64Array.from(lists.indices),
      crow: BigInt64Array.from(lists.crow),
      values: Float32Array.from(lists.values),
      scales: Float64Array.from(lists.scales),
      sizes: BigInt64Array.from(lists.sizes),
      strides: BigInt64Array.from(lists.strides),
      offsets: BigInt64Array.from(lists.offsets),
    });
    const lend = (array: NodeJS.TypedArray, shape = [array.length]): torch.Tensor =>
      torch.fromTypedArray(array, shape, { copy: false });
    const dense = (x: torch.Tensor): unknown => call('to_dense', 'default', x).toArray();
    const kinds: Record<
      string,
      [make: (lent: ReturnType<typeof fresh>) => torch.Tensor, read: (x: torch.Tensor) => unknown]
    > = {
      'a sparse tensor': [
        ({ indices, values }) =>
          call('_sparse_coo_tensor_unsafe', 'default', lend(indices, [1, 2]), lend(values), [2], {
            is_coalesced: true,
          }),
        dense,
      ],
      'a compressed tensor': [
        ({ crow, indices, values }) =>
          call('sparse_csr_tensor', 'crow_col_value_size', lend(crow), lend(indices), lend(values), [2, 2], {
            layout: 'sparse_csr',
          }),
        dense,
      ],
      'a nested tensor': [
        ({ values, sizes, strides, offsets }) =>
          call(
            '_nested_view_from_buffer',
            'default',
            lend(values),
            lend(sizes, [1, 1]),
            lend(strides, [1, 1]),
            lend(offsets),
          ),
        (x) => call('to_padded_tensor', 'default', x, 0).toArray(),
      ],
      'the scales of a quantized tensor': [
        ({ scales }) =>
          call(
            'quantize_per_channel',
            'default',
            torch.tensor([
              [1, 2],
              [3, 4],
            ]),
            lend(scales),
            torch.zeros([2], { dtype: 'int64' }),
            0,
            'qint8',
          ),
        (x) => x.dequantize().toArray(),
      ],
      'a view': [({ values }) => lend(values).reshape([2, 1]).T, (x) => x.toArray()],
    };
    for (const [name, [make, read]] of Object.entries(kinds)) {
      const lent = fresh();
      const tensor = make(lent);
      const expected = read(tensor);
      const message = torch.share(tensor);
      for (const list of Object.values(lent)) {
        if (list instanceof BigInt64Array) list.fill(0n);
        else list.fill(7);
      }
      assert.deepEqual(read(torch.receive(message)), expected, name);
    }
  });

  it('refuses numbers of receivers that do not fit', () => {
    for (const receivers of [2 ** 32, 2 ** 32 + 1, 0, -1, 1.5, NaN])
      assert.throws(() => torch.share(torch.ones([1]), { receivers }), { name: 'DTypeError' }, String(receivers));
    assert.throws(() => torch.share(new Array(2 ** 32 - 1)), { name: 'DTypeError' });
  });

  it('keeps the values around tensors, and copies memory that JavaScript lent', () => {
    const buffer = Float32Array.of(1, 2);
    const message = torch.share({
      name: 'x',
      parts: new Map([['a', [torch.fromTypedArray(buffer, [2], { copy: false })]]]),
    });
    buffer.fill(9);
    const value = torch.receive(structuredClone(message));
    assert.equal(value.name, 'x');
    assert.deepEqual(value.parts.get('a')![0]!.toArray(), [1, 2]);
  });

  it('a message is taken as often as said, or withdrawn', () => {
    const message = torch.share(torch.ones([1]));
    torch.withdraw(message);
    assert.throws(() => torch.receive(message), /every receiver has taken its tensor already, or it was withdrawn/);
    assert.throws(
      () => torch.receive({ token: 1 } as never),
      (error: Error) =>
        error instanceof InputError && /expected a message that torch\.share\(\) made/.test(error.message),
    );
    assert.throws(() => torch.share(torch.ones([1]), { receivers: 0 }), /receivers from 1 to 4294967295, found 0/);
  });
});
