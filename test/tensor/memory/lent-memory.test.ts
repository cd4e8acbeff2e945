/** Memory that JavaScript lends to tensors: `fromTypedArray(…, { copy: false })`. */
import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { DTypeError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

const lent = <T extends NodeJS.TypedArray>(array: T, shape: readonly number[] = [array.length]): torch.Tensor =>
  torch.fromTypedArray(array, shape, { copy: false });
const aten = (name: string, overload = 'default') => torch.ops['aten']![name]![overload]!;

describe('memory that JavaScript lends', () => {
  it('keeps its shape when it cannot grow', () => {
    const attempts: readonly [string, (x: torch.Tensor) => unknown][] = [
      ['resize_', (x) => aten('resize_')(x, [1000])],
      ['resize_as_', (x) => aten('resize_as_')(x, torch.zeros([1000]))],
      ['out', (x) => aten('add', 'out')(torch.ones([1000]), torch.ones([1000]), { out: x })],
      ['cat out', (x) => aten('cat', 'out')([torch.ones([600]), torch.ones([400])], { out: x })],
      ['arange out', (x) => aten('arange', 'out')(1000, { out: x })],
    ];
    for (const [name, attempt] of attempts) {
      const x = lent(Float32Array.of(1, 2, 3, 4), [2, 2]);
      assert.throws(() => attempt(x), TorchError, name);
      assert.deepEqual(
        [x.shape, x.strides, x.toArray()],
        [
          [2, 2],
          [2, 1],
          [
            [1, 2],
            [3, 4],
          ],
        ],
        name,
      );
    }
  });

  it('is not taken over by a tensor that is larger', () => {
    const small = lent(Float32Array.of(1, 2, 3, 4));
    const large = torch.arange(1000, { dtype: 'float32' });
    assert.throws(() => aten('set_', 'source_Tensor_storage_offset')(large, small, 0, [1000], [1]), TorchError);
    assert.deepEqual([large.shape, large.sum().item()], [[1000], 499500]);
  });

  it('leaves the shape of any tensor as it was when there is no memory for another', () => {
    const x = torch.arange(6, { dtype: 'float32' }).reshape([2, 3]);
    assert.throws(() => aten('resize_')(x, [2 ** 45]), TorchError);
    assert.deepEqual(x.toArray(), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it('is copied where it holds indices, for a backward pass trusts those that its forward has checked', () => {
    for (const [name, make] of [
      ['embedding', (w, i) => torch.embedding(w, i)],
      ['indexSelect', (w, i) => w.indexSelect(0, i)],
      ['gather', (w, i) => w.gather(0, i.reshape([-1, 1]))],
      ['index', (w, i) => w.index(i)],
    ] as const satisfies readonly [string, (w: torch.Tensor, i: torch.Tensor) => torch.Tensor][]) {
      const numbers = BigInt64Array.of(0n, 1n);
      const weight = torch.ones([4, 3], { requiresGrad: true });
      const loss = make(weight, lent(numbers)).sum();
      numbers.fill(2n ** 40n);
      loss.backward();
      assert.equal(weight.grad!.index(torch.slice(2, 4)).sum().item(), 0, name);
      assert.ok(Number(weight.grad!.sum().item()) > 0, name);
    }
  });

  it('still shares integers that are looked at or written to', () => {
    const numbers = Int32Array.of(1, 2, 3);
    const x = lent(numbers);
    x.add_(1);
    assert.deepEqual([...numbers], [2, 3, 4]);
    const row = x.narrow(0, 0, 2);
    numbers[0] = 9;
    assert.deepEqual(row.toArray(), [9, 3]);
  });

  it('of a SharedArrayBuffer may change in another thread while it indexes', async function () {
    this.timeout(60_000);
    const shared = new SharedArrayBuffer(8 * 4096);
    const code =
      'const a = new BigInt64Array(require("node:worker_threads").workerData); for (;;) { a.fill(1n << 40n); a.fill(0n); }';
    const worker = new Worker(code, { eval: true, workerData: shared });
    const weight = torch.ones([4, 2], { requiresGrad: true });
    const indices = lent(new BigInt64Array(shared));
    for (let i = 0; i < 300; i++) {
      try {
        torch.scope(() => torch.embedding(weight, indices).sum().backward());
      } catch (error) {
        assert.ok(error instanceof ShapeError || error instanceof TorchError, String(error));
      }
    }
    await worker.terminate();
  });

  it('stays where it is: its buffer can be neither transferred nor resized', () => {
    const buffer = new Float32Array(4).fill(3).buffer;
    const x = lent(new Float32Array(buffer));
    try {
      structuredClone(buffer, { transfer: [buffer] });
    } catch {
      // Node 22 throws, Node 20 copies
    }
    const { transfer } = buffer as unknown as { transfer?: (this: ArrayBuffer) => ArrayBuffer };
    if (transfer) {
      assert.throws(() => transfer.call(buffer), TypeError);
      assert.throws(() => (buffer as unknown as { transferToFixedLength(): void }).transferToFixedLength(), TypeError);
      // The prototype's own function, past the buffer's: V8 of Node 22 can only pass the memory on, which the tensor shares.
      const borrowed = (): unknown =>
        Reflect.apply(
          ArrayBuffer.prototype['transferToFixedLength' as keyof ArrayBuffer] as unknown as () => void,
          buffer,
          [],
        );
      if (process.version.startsWith('v22.')) borrowed();
      else assert.throws(borrowed, TypeError);
    }
    assert.equal(x.sum().item(), 12);
    const resizable = new (ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer)(16, {
      maxByteLength: 64,
    });
    assert.throws(() => lent(new Float32Array(resizable)), DTypeError);
    assert.deepEqual(torch.fromTypedArray(new Float32Array(resizable)).toArray(), [0, 0, 0, 0]);
  });
});
