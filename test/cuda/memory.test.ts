import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import { onGpu } from './gpu';

const MEBIBYTE = 2 ** 20;

onGpu('memory on CUDA', () => {
  const live = (): number => torch.memory().devices['cuda:0']?.bytes ?? 0;

  it('is counted for each device', () => {
    const before = live();
    const tensor = torch.zeros([MEBIBYTE], { device: 'cuda' });
    assert.equal(live() - before, 4 * MEBIBYTE);
    const view = tensor.view([2, -1]);
    assert.equal(live() - before, 4 * MEBIBYTE, 'a view has no storage of its own');
    view.dispose();
    tensor.dispose();
    assert.equal(live(), before);
  });

  it('goes back to the allocator when a scope ends', () => {
    const before = torch.accelerator.memory().allocated;
    const sum = torch.scope(() => {
      const tensor = torch.ones([64 * MEBIBYTE], { device: 'cuda' });
      assert.ok(torch.accelerator.memory().allocated - before >= 256 * MEBIBYTE);
      return tensor.add(1).sum().item();
    });
    assert.equal(sum, 128 * MEBIBYTE);
    assert.equal(torch.accelerator.memory().allocated, before);
  });

  it('has a high-water mark that can be lowered, and a cache that can be given back', () => {
    torch.zeros([64 * MEBIBYTE], { device: 'cuda' }).dispose();
    assert.ok(torch.accelerator.memory().peakAllocated >= 256 * MEBIBYTE);
    torch.accelerator.resetPeakMemory();
    const { peakAllocated, allocated, reserved } = torch.accelerator.memory();
    assert.equal(peakAllocated, allocated);
    torch.accelerator.emptyCache();
    assert.ok(torch.accelerator.memory().reserved < reserved);
  });

  it('stays flat over 2,000 steps that free nothing by hand', () => {
    const weight = torch.randn([256, 256], { device: 'cuda' }).requiresGrad_();
    const input = torch.randn([64, 256], { device: 'cuda' });
    const step = (): void => {
      input.mm(weight).relu().square().mean().backward();
      weight.grad = null;
    };
    for (let i = 0; i < 200; i++) step();
    torch.accelerator.resetPeakMemory();
    const before = torch.accelerator.memory().peakAllocated;
    for (let i = 0; i < 2000; i++) step();
    // What waits for the collector may grow to what the collector allows, never with the number of steps.
    assert.ok(torch.accelerator.memory().peakAllocated - before < 256 * MEBIBYTE);
  });
});
