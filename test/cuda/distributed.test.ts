import assert from 'node:assert/strict';
import { distributed as dist, nn, optim } from '../../ts';
import { groupOf } from '../../ts/distributed/process-group';
import { syncBatchNorm } from '../../ts/nn/norm/sync-statistics';
import * as torch from '../../ts/tensor';
import { distance, onGpu } from './gpu';

onGpu('a group of one process with tensors of a GPU, through Gloo', () => {
  before(async () => {
    await dist.initProcessGroup({ store: await dist.HashStore.open(), rank: 0, worldSize: 1 });
  });
  after(() => dist.destroyProcessGroup());

  it('sums them', async () => {
    const tensor = torch.arange(1000, { device: 'cuda', dtype: 'float32' });
    await dist.allReduce(tensor);
    dist.startAllReduce(tensor).wait();
    assert.equal(distance(tensor, torch.arange(1000)), 0);
  });

  for (const format of ['contiguous', 'channels_last'] as const)
    it(`normalises by libtorch's kernels for several processes as BatchNorm does (${format})`, () => {
      torch.manualSeed(0);
      const norm = new nn.BatchNorm2d(5).to('cuda');
      const sync = norm.clone();
      const x = torch.randn([4, 5, 3, 2], { device: 'cuda' }).contiguous({ memoryFormat: format });
      const dy = torch.randn([4, 5, 3, 2], { device: 'cuda' });
      const [one, other] = [x.clone().requiresGrad_(), x.clone().requiresGrad_()];
      const running = { mean: sync.running_mean!, variance: sync.running_var!, momentum: 0.1 };
      const expected = norm.forward(one);
      const found = syncBatchNorm(other, sync.weight, sync.bias, running, 1e-5, groupOf('test', null));
      expected.mul(dy).sum().backward();
      found.mul(dy).sum().backward();
      const pairs: (readonly [torch.Tensor, torch.Tensor])[] = [
        [found, expected],
        [other.grad!, one.grad!],
        [sync.weight!.grad!, norm.weight!.grad!],
        [sync.bias!.grad!, norm.bias!.grad!],
        [sync.running_mean!, norm.running_mean!],
        [sync.running_var!, norm.running_var!],
      ];
      for (const [i, [a, b]] of pairs.entries()) assert.ok(distance(a, b) < 1e-4, `${i}: ${distance(a, b)}`);
    });

  it('trains with hooks on the gradients, and with the state of the optimizer spread', () => {
    torch.manualSeed(0);
    const plain = new nn.Linear(8, 4).to('cuda');
    const model = new nn.parallel.DistributedDataParallel(plain.clone());
    model.registerCommHook(null, nn.parallel.allreduceHook);
    const optimizers = [
      new optim.AdamW(plain.parameters(), { lr: 0.1 }),
      new optim.ZeroRedundancyOptimizer(model.parameters(), optim.AdamW, { lr: 0.1 }),
    ];
    const x = torch.randn([3, 8], { device: 'cuda' });
    for (let step = 0; step < 3; step++) {
      for (const [i, net] of [plain, model].entries()) {
        optimizers[i]!.zeroGrad();
        (net.forward(x) as torch.Tensor).square().mean().backward();
        optimizers[i]!.step();
      }
    }
    assert.equal(distance(model.module.weight, plain.weight), 0);
  });
});
