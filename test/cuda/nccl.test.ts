import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { distributed as dist, nn, optim } from '../../ts';
import * as torch from '../../ts/tensor';
import { distance, onGpu } from './gpu';

/** Why NCCL cannot be tried here. */
const lacking = dist.isNcclAvailable() ? '' : ' (skipped: NCCL is not compiled in)';
const onNccl = (title: string, body: () => void): void => {
  if (lacking === '') onGpu(title, body);
  else describe.skip(title + lacking, body);
};

for (const backend of ['nccl', 'cpu:gloo,cuda:nccl'])
  onNccl(`a group of one process with ${backend}`, () => {
    before(async () => {
      await dist.initProcessGroup(backend, { store: await dist.HashStore.open(), rank: 0, worldSize: 1 });
    });
    after(() => dist.destroyProcessGroup());

    it('has its name', () => assert.equal(dist.getBackend(), backend));

    it('makes the calls on the GPU', async () => {
      const wanted = torch.arange(1000).to('float32');
      const tensor = wanted.to('cuda');
      await dist.allReduce(tensor);
      await dist.allReduce(tensor, { op: dist.ReduceOp.AVG });
      dist.startAllReduce(tensor).wait();
      await dist.broadcast(tensor, 0);
      const all = [torch.empty([1000], { device: 'cuda' })];
      await dist.allGather(all, tensor);
      const output = torch.empty([1000], { device: 'cuda' });
      await dist.reduceScatterTensor(output, tensor);
      await dist.barrier();
      for (const found of [tensor, all[0]!, output]) assert.equal(distance(found, wanted), 0);
    });

    it('carries values', async () => {
      assert.deepEqual(await dist.allGatherObject({ a: [1, 'é'] }), [{ a: [1, 'é'] }]);
      const list: unknown[] = ['x', 2];
      await dist.broadcastObjectList(list);
      assert.deepEqual(list, ['x', 2]);
      assert.deepEqual(await dist.gatherObject(7), [7]);
      assert.deepEqual(await dist.scatterObjectList([new Map([[1, 2]])]), new Map([[1, 2]]));
    });

    it('refuses what NCCL has not', async () => {
      const tensor = torch.ones([2], { device: 'cuda', dtype: 'int32' });
      await assert.rejects(dist.allReduce(tensor, { op: dist.ReduceOp.BAND }), /NCCL/);
    });

    it('trains', () => {
      torch.manualSeed(0);
      const plain = new nn.Linear(8, 4).to('cuda');
      const model = new nn.parallel.DistributedDataParallel(plain.clone());
      const optimizers = [plain, model].map((net) => new optim.SGD(net.parameters(), { lr: 0.1 }));
      const x = torch.randn([3, 8], { device: 'cuda' });
      for (let step = 0; step < 3; step++)
        for (const [i, net] of [plain, model].entries()) {
          optimizers[i]!.zeroGrad();
          (net.forward(x) as torch.Tensor).square().mean().backward();
          optimizers[i]!.step();
        }
      assert.equal(distance(model.module.weight, plain.weight), 0);
    });
  });

onNccl('two processes with a GPU each', () => {
  let folder: string;
  before(function () {
    if (torch.cuda.deviceCount() < 2) this.skip();
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-nccl-'));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('sum, and train one model', async () => {
    const program = path.join(__dirname, 'nccl-program.ts');
    const ranks = [0, 1].map((rank) =>
      spawn(process.execPath, ['--import', 'tsx', program, String(rank), path.join(folder, 'store')], {
        stdio: 'inherit',
      }),
    );
    const codes = await Promise.all(ranks.map(async (rank) => (await once(rank, 'exit'))[0] as number));
    assert.deepEqual(codes, [0, 0]);
  });
});
