import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';
import { held } from '../../ts/tensor/autograd/callbacks';
import { pass } from './callbacks-pass';
import { turns } from './minutes';

const PASSES = turns(20_000);
const WORKERS = turns(50);

/**
 * MiB of V8's heap, and how much torchts holds. Resident memory says nothing in a process of many tests: it follows the heap,
 * and how far V8 lets that grow between two collections depends on all that ran before. test/leak watches it.
 */
function usage(): { heap: number; counts: number[] } {
  const functions = held(); // first: it lets go of functions, and of the tensors that they hold
  torch.collectGarbage();
  return {
    heap: getHeapStatistics().used_heap_size / 2 ** 20,
    counts: [functions, torch.memory().tensors, torch.allocatedBytes()],
  };
}

describe('JavaScript in backward passes, for long', function () {
  this.timeout(0);

  for (const handOver of [false, true]) {
    it(`${PASSES} passes leave nothing behind, ${handOver ? 'on threads of autograd’s' : 'on one thread'}`, () => {
      binding.handOver(handOver);
      const x = torch.randn([16, 16], { requiresGrad: true });
      for (let i = 0; i < 2000; i++) pass(x, i);
      const before = usage();
      for (let i = 0; i < PASSES; i++) pass(x, i);
      const after = usage();
      binding.handOver(false);
      assert.ok(
        after.counts.every((count, i) => count <= before.counts[i]!),
        `${String(after.counts)} after ${String(before.counts)}`,
      );
      assert.ok(after.heap < before.heap + 4, `${after.heap} MiB after ${before.heap}`);
    });
  }

  it(`${WORKERS} workers are killed in the middle of such passes`, async () => {
    const code = `require('tsx/cjs'); require(${JSON.stringify(path.join(__dirname, 'callbacks-pass.ts'))}).forever();`;
    for (let i = 0; i < WORKERS; i++) {
      const worker = new Worker(code, { eval: true, workerData: { handOver: i % 2 === 0 } });
      worker.on('error', () => undefined); // an error on its way when the thread ended
      await new Promise((resolve) => worker.once('message', resolve));
      await wait((i * 7) % 50);
      await worker.terminate();
    }
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});
