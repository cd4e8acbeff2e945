import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

/** A product that takes a while, so that there is something to wait for. */
const large = torch.keep(torch.ones([700, 700]));
const slow = (): torch.Tensor => {
  const w = torch.ones([700, 700], { requiresGrad: true });
  return Array.from({ length: 6 })
    .reduce<torch.Tensor>((product) => large.mm(product).div(700), w)
    .sum();
};

describe('work beside the event loop', () => {
  it('dataAsync gives what data gives, for every kind of element', async () => {
    for (const dtype of ['float32', 'float64', 'int64', 'uint8', 'bool', 'bfloat16', 'float16', 'complex64'] as const) {
      const tensor = torch
        .tensor([
          [0, 1, 2],
          [3, 4, 5],
        ])
        .to(dtype);
      assert.deepEqual(await tensor.dataAsync(), tensor.data(), dtype);
      assert.deepEqual(await tensor.t().dataAsync(), tensor.t().data(), dtype);
    }
    assert.deepEqual(await torch.empty([0, 3]).dataAsync(), new Float32Array());
  });

  it('the array that comes back is its own, and outlives the tensor', async () => {
    const tensor = torch.tensor([1, 2]);
    const found = await tensor.dataAsync();
    tensor.fill_(7);
    tensor.dispose();
    assert.deepEqual(found, Float32Array.of(1, 2));
  });

  it('backwardAsync leaves the gradients that backward leaves, while the event loop turns', async () => {
    const w = torch.tensor([1, 2, 3], { requiresGrad: true });
    await w.pow(2).sum().backwardAsync();
    assert.deepEqual(w.grad!.toArray(), [2, 4, 6]);
    await w.mul(2).backwardAsync(torch.tensor([1, 0, 1]));
    assert.deepEqual(w.grad!.toArray(), [4, 4, 8]);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const loss = slow();
    await loss.backwardAsync();
    clearInterval(timer);
    assert.ok(turns > 0, 'the event loop stood still');
  });

  it('toAsync gives a tensor', async () => {
    assert.deepEqual((await torch.tensor([1, 2]).toAsync('cpu')).toArray(), [1, 2]);
  });

  it('errors are typed, and say what failed', async () => {
    await assert.rejects(
      torch.ones([2], { requiresGrad: true }).mul(2).backwardAsync(),
      (error: Error) =>
        error instanceof TorchError &&
        /backwardAsync: grad can be implicitly created only for scalar/.test(error.message),
    );
    await assert.rejects(
      torch
        .ones([2], { requiresGrad: true })
        .mul(2)
        .backwardAsync(torch.ones([3])),
      ShapeError,
    );
    const gone = torch.ones([2]);
    gone.dispose();
    await assert.rejects(gone.dataAsync(), { name: 'DisposedTensorError' });
  });

  it('a graph with a hook is refused in words, and can still run on its own thread', async () => {
    const w = torch.ones([2], { requiresGrad: true });
    const hook = w.registerHook((gradient) => gradient.mul(2));
    const loss = w.sum();
    await assert.rejects(
      loss.backwardAsync(null, { retainGraph: true }),
      (error: Error) => error instanceof TorchError && /JavaScript/.test(error.message),
    );
    loss.backward();
    assert.deepEqual(w.grad!.toArray(), [2, 2]);
    hook.remove();
  });

  it('an aborted signal rejects at once, and work that has not begun never does', async () => {
    const controller = new AbortController();
    const w = torch.ones([2], { requiresGrad: true });
    const first = slow().backwardAsync();
    const second = w.sum().backwardAsync(null, { signal: controller.signal });
    controller.abort();
    await assert.rejects(second, { name: 'AbortError' });
    await first;
    await sleep(5);
    assert.equal(w.grad, null);
    await assert.rejects(w.dataAsync({ signal: AbortSignal.abort(new Error('no more')) }), { message: 'no more' });
  });

  it('a signal that is never aborted changes nothing', async () => {
    assert.deepEqual(await torch.tensor([3]).dataAsync({ signal: new AbortController().signal }), Float32Array.of(3));
  });

  it('the modes of the caller hold in the other thread', async () => {
    const w = torch.ones([2], { requiresGrad: true });
    const moved = await torch.noGrad(() => w.mul(1).toAsync('cpu'));
    assert.equal(moved.requiresGrad, false);
  });
});
