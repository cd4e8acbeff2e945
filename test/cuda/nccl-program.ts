/** One of two processes that train one model on two GPUs through NCCL; what it finds wrong ends it with a code of 1. */
import assert from 'node:assert/strict';
import { distributed as dist, nn, optim } from '../../ts';
import * as torch from '../../ts/tensor';
import { distance } from './gpu';

const [rank, store] = [Number(process.argv[2]), process.argv[3]!];

async function main(): Promise<void> {
  torch.cuda.setDevice(rank);
  await dist.initProcessGroup({ initMethod: `file://${store}`, rank, worldSize: 2, timeout: 60_000 });
  assert.equal(dist.getBackend(), 'cpu:gloo,cuda:nccl');

  const tensor = torch.full([5], rank + 1, { device: 'cuda' });
  await dist.allReduce(tensor);
  assert.equal(distance(tensor, torch.full([5], 3)), 0);
  assert.deepEqual(await dist.allGatherObject(rank), [0, 1]);

  torch.manualSeed(0);
  const plain = new nn.Linear(8, 4).to('cuda');
  const model = new nn.parallel.DistributedDataParallel(plain.clone());
  const batch = torch.randn([4, 8]).to('cuda');
  const optimizers = [plain, model].map((net) => new optim.SGD(net.parameters(), { lr: 0.1 }));
  for (let step = 0; step < 3; step++)
    for (const [i, input] of [batch, batch.narrow(0, 2 * rank, 2)].entries()) {
      optimizers[i]!.zeroGrad();
      ([plain, model][i]!.forward(input) as torch.Tensor).square().mean().backward();
      optimizers[i]!.step();
    }
  assert.ok(distance(model.module.weight, plain.weight) < 1e-6);
  await dist.destroyProcessGroup();
}

void main();
