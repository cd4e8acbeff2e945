import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';
import { held } from '../../ts/tensor/callbacks';
import { pass } from './callbacks-pass';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MiB of the process, and how much torchts holds. */
function usage(): { resident: number; counts: number[] } {
  collect();
  return { resident: process.memoryUsage().rss / 2 ** 20, counts: [torch.memory().tensors, torch.allocatedBytes(), held()] };
}

describe('JavaScript in backward passes, for long', () => {
  for (const handOver of [false, true]) {
    it(`20,000 passes leave nothing behind, ${handOver ? 'on threads of autograd’s' : 'on one thread'}`, () => {
      binding.handOver(handOver);
      const x = torch.randn([16, 16], { requiresGrad: true });
      for (let i = 0; i < 2000; i++) pass(x, i);
      const before = usage();
      for (let i = 0; i < 20_000; i++) pass(x, i);
      const after = usage();
      binding.handOver(false);
      assert.ok(after.counts.every((count, i) => count <= before.counts[i]!), `${String(after.counts)} after ${String(before.counts)}`);
      assert.ok(after.resident < before.resident + 32, `${after.resident} MiB after ${before.resident}`);
    });
  }

  it('50 workers are killed in the middle of such passes', async () => {
    const code = `require('tsx/cjs'); require(${JSON.stringify(path.join(__dirname, 'callbacks-pass.ts'))}).forever();`;
    for (let i = 0; i < 50; i++) {
      const worker = new Worker(code, { eval: true, workerData: { handOver: i % 2 === 0 } });
      worker.on('error', () => undefined); // an error on its way when the thread ended
      await new Promise((resolve) => worker.once('message', resolve));
      await wait((i * 7) % 50);
      await worker.terminate();
    }
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});
