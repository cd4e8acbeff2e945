import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../ts/errors';
import { nn } from '../../ts';
import * as torch from '../../ts/tensor';

/** A worker that receives a message, runs `body` on its value, `value`, and answers. */
function inWorker(message: unknown, body: string): Promise<unknown> {
  const code = `
    require('tsx/cjs');
    const { parentPort, workerData } = require('node:worker_threads');
    const torch = require(${JSON.stringify(require.resolve('../../ts'))});
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
    const found = await inWorker(torch.share({ counts }), `value.counts.index(1).fill_(5); return [value.counts.shape, value.counts.dtype];`);
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
    for (const found of await Promise.all([inWorker(message, body), inWorker(message, body)])) assert.deepEqual(found, expected);
    assert.throws(() => torch.receive(message), /token is unknown/);
  });

  it('a leaf that requires gradients still does, and history stays behind', () => {
    const w = torch.ones([2], { requiresGrad: true });
    const [leaf, result] = torch.receive(torch.share([w, w.mul(2)])) as [torch.Tensor, torch.Tensor];
    assert.deepEqual([leaf.requiresGrad, result.requiresGrad], [true, false]);
    leaf.sum().backward();
    assert.equal(w.grad, null);
  });

  it('keeps the values around tensors, and copies memory that JavaScript lent', () => {
    const buffer = Float32Array.of(1, 2);
    const message = torch.share({ name: 'x', parts: new Map([['a', [torch.fromTypedArray(buffer, [2], { copy: false })]]]) });
    buffer.fill(9);
    const value = torch.receive(structuredClone(message));
    assert.equal(value.name, 'x');
    assert.deepEqual(value.parts.get('a')![0]!.toArray(), [1, 2]);
  });

  it('a message is taken as often as said, or withdrawn', () => {
    const message = torch.share(torch.ones([1]));
    torch.withdraw(message);
    assert.throws(() => torch.receive(message), /every receiver has taken its tensor already, or it was withdrawn/);
    assert.throws(() => torch.receive({ token: 1 } as never), (error: Error) => error instanceof InputError && /expected a message that torch\.share\(\) made/.test(error.message));
    assert.throws(() => torch.share(torch.ones([1]), { receivers: 0 }), /receivers from 1, found 0/);
  });
});
