import assert from 'node:assert/strict';
import { Linear } from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { cuda } from '../../ts/tensor';
import { distance, onGpu } from './gpu';

onGpu('streams, events and graphs of CUDA', () => {
  it('work on a stream of its own gives the same numbers', () => {
    const x = torch.randn([256, 256], { device: 'cuda', dtype: 'float64' });
    const own = new cuda.Stream();
    own.waitStream(cuda.currentStream());
    const there = cuda.stream(own, () => {
      assert.ok(cuda.currentStream().equals(own));
      return x.mm(x).relu();
    });
    cuda.currentStream().waitStream(own);
    there.recordStream(cuda.currentStream());
    assert.equal(distance(there, x.mm(x).relu()), 0);
  });

  it('events tell how long the device took', () => {
    const x = torch.randn([2048, 2048], { device: 'cuda' });
    const [start, end] = [new cuda.Event({ enableTiming: true }), new cuda.Event({ enableTiming: true })];
    start.record();
    torch.scope(() => {
      for (let i = 0; i < 20; i++) x.mm(x);
    });
    end.record();
    end.synchronize();
    assert.ok(end.query() && start.elapsedTime(end) > 0);
  });

  it('pinned memory goes to the device without waiting', () => {
    const pinned = torch.arange(1000).pinMemory();
    assert.ok(pinned.isPinned());
    assert.equal(distance(pinned.to({ device: 'cuda', nonBlocking: true }), pinned), 0);
  });

  it('a graph replays a forward pass on new input', () => {
    const layer = new Linear(16, 16).to('cuda');
    const input = torch.randn([4, 16], { device: 'cuda' });
    const forward = (): torch.Tensor => torch.noGrad(() => layer.forward(input).relu());
    const warmUp = new cuda.Stream();
    cuda.stream(warmUp, () => {
      for (let i = 0; i < 3; i++) forward();
    });
    cuda.synchronize();
    const graph = new cuda.CUDAGraph();
    const output = cuda.graph(graph, forward);
    for (let round = 0; round < 3; round++) {
      input.copy_(torch.randn([4, 16]));
      graph.replay();
      cuda.synchronize();
      assert.equal(distance(output, forward()), 0);
    }
    const shared = new cuda.CUDAGraph();
    cuda.graph(shared, forward, { pool: graph.pool() });
    shared.replay();
  });

  it('a recording that reads a result fails, and the device goes on working', () => {
    const x = torch.ones([4], { device: 'cuda' });
    assert.throws(() => cuda.graph(new cuda.CUDAGraph(), () => x.sum().item()));
    cuda.synchronize();
    assert.equal(x.sum().item(), 4);
  });

  it('the device has a name, a size and a capability', () => {
    const { name, totalMemory, multiProcessorCount, warpSize } = cuda.getDeviceProperties();
    assert.match(name, /\w+/);
    assert.ok(totalMemory > 2 ** 30 && multiProcessorCount > 0 && warpSize === 32);
    assert.ok(cuda.getDeviceCapability()[0] >= 5);
    const { free, total } = cuda.memGetInfo();
    assert.ok(free > 0 && free <= total && total === totalMemory);
    assert.ok(cuda.maxMemoryAllocated() >= cuda.memoryAllocated());
  });
});
