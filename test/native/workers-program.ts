/** Run by workers.test.ts in a process of its own: the main thread and two workers use the addon at once. */
import assert from 'node:assert/strict';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';

/** Calls JavaScript from a backward pass. */
class Scale extends torch.autograd.Function {
  static forward(ctx: torch.autograd.FunctionContext, x: torch.Tensor): torch.Tensor {
    ctx.saveForBackward(x);
    return x.mul(2);
  }

  static backward(ctx: torch.autograd.FunctionContext, gradient: torch.Tensor): torch.Tensor {
    return gradient.mul(ctx.savedTensors[0]!.isnan().logicalNot()).mul(2);
  }
}

/** Everything that an environment keeps for itself: tensors, graphs, modes, generators, borrowed buffers, callbacks, errors. */
function work(seed: number): number {
  torch.setNumThreads(1);
  const generator = new torch.Generator().manualSeed(seed);
  const w = torch.randn([8, 8], { generator, requiresGrad: true });
  binding.handOver(seed % 2 === 1); // backward on a thread of its own, as with a device
  for (let i = 0; i < 150; i++) {
    torch.scope(() => {
      const borrowed = torch.fromTypedArray(new Float32Array(64).fill(i), [8, 8], { copy: false });
      torch.utils
        .checkpoint((x: torch.Tensor) => Scale.apply(x).relu(), borrowed.mm(w))
        .mean()
        .backward();
      torch.noGrad(() => w.sub_(w.grad!, { alpha: 1e-6 }));
      assert.throws(() => borrowed.mm(torch.ones([3, 3])), { name: 'ShapeError' });
      assert.equal(
        torch.inferenceMode(() => torch.isGradEnabled()),
        false,
      );
    });
    torch.ones([64]).add(i); // left to the collector
  }
  return torch.scope(() => Number(w.detach().sum().item()));
}

function start(seed: number): Worker {
  const code = `require('tsx/cjs'); require(${JSON.stringify(__filename)});`;
  return new Worker(code, { eval: true, workerData: { seed } });
}

async function reply(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const programs: Record<string, () => Promise<void>> = {
  /** Two workers beside the main thread give what each gives alone. */
  async together() {
    const workers = [start(1), start(2)];
    const others = workers.map(reply);
    const own = work(3);
    const found = [...(await Promise.all(others)), own];
    assert.deepEqual(found, [1, 2, 3].map(work));
    await Promise.all(workers.map((worker) => worker.terminate()));
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  },
  /** Workers that come and go, killed in the middle of their work. */
  async killed() {
    for (let i = 0; i < 3; i++) {
      const worker = start(i);
      worker.once('error', () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 400 * i));
      await worker.terminate();
    }
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  },
  /** The process ends while tensors, graphs and borrowed buffers live. */
  async leaving() {
    const kept = [
      torch.fromTypedArray(new Float32Array(1000), [1000], { copy: false }),
      torch.ones([2], { requiresGrad: true }).exp(),
    ];
    process.on('exit', () => kept[0]!.add(1));
    process.exit(0);
  },
};

if (isMainThread) void programs[process.argv[2] ?? '']!().then(() => console.log('done'));
else parentPort!.postMessage(work((workerData as { seed: number }).seed));
