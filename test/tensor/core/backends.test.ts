import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError, InputError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { accelerator, backends } from '../../../ts/tensor';
import { assertClose } from '../../nn/golden';

describe('backends', () => {
  it('have switches that keep what they are set to', () => {
    const groups = [backends.cudnn, backends.mkldnn, backends.nnpack, backends.cuda.matmul] as unknown as Record<
      string,
      boolean
    >[];
    for (const group of groups) {
      for (const [name, before] of Object.entries(group)) {
        if (typeof before !== 'boolean') continue;
        group[name] = !before;
        assert.equal(group[name], !before, name);
        group[name] = before;
        assert.equal(group[name], before, name);
      }
    }
  });

  it('have PyTorch’s settings at first', () => {
    assert.deepEqual(
      [backends.cudnn.enabled, backends.cudnn.benchmark, backends.cudnn.allowTF32, backends.cuda.matmul.allowTF32],
      [true, false, true, false],
    );
  });

  it('tell what libtorch was built with', () => {
    assert.match(torch.showConfig(), /PyTorch built with/);
    assert.equal(typeof backends.mkldnn.isAvailable(), 'boolean');
    assert.equal(typeof backends.nnpack.isAvailable(), 'boolean');
    assert.match(backends.cpu.getCpuCapability(), /DEFAULT|AVX|NEON|SVE/i);
    assert.equal(backends.cudnn.version() === null, !backends.cudnn.isAvailable());
  });

  it('say nothing of NNPACK where it does not know the processor', () => {
    // One product for each pixel, on one thread: what oneDNN leaves to others, of which NNPACK is asked first.
    const program = `
      const { torch } = require(${JSON.stringify(path.join(__dirname, '..', '..', '..', 'ts'))});
      torch.setNumThreads(1);
      for (const _ of [1, 2]) console.log(String(torch.conv2d(torch.ones([1, 3, 4, 4]), torch.ones([2, 3, 1, 1])).sum().item()));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
      encoding: 'utf8',
      cwd: path.join(__dirname, '..', '..', '..'),
    });
    assert.deepEqual([stdout, stderr], ['96\n96\n', '']);
  });

  it('compute without oneDNN when that is switched off, with the same result', () => {
    torch.manualSeed(0);
    // As layers draw them: the outputs are about 1, as the rounding of their 144 terms is about that of 1.
    const [x, w] = [torch.randn([4, 16, 64, 64]), torch.randn([16, 16, 3, 3]).div(12)];
    const names = (): string =>
      torch
        .profile(() => {
          torch.conv2d(x, w);
        })
        .table();
    const before = torch.conv2d(x, w);
    assert.match(names(), /mkldnn_convolution/);
    backends.mkldnn.enabled = false;
    try {
      assert.doesNotMatch(names(), /mkldnn_convolution/);
      assertClose(torch.conv2d(x, w), before);
    } finally {
      backends.mkldnn.enabled = true;
    }
  });
});

describe('matmul precision', () => {
  it('is one of three', () => {
    assert.equal(torch.getFloat32MatmulPrecision(), 'highest');
    for (const precision of ['high', 'medium', 'highest'] as const) {
      torch.setFloat32MatmulPrecision(precision);
      assert.equal(torch.getFloat32MatmulPrecision(), precision);
    }
    assert.throws(() => torch.setFloat32MatmulPrecision('low' as 'high'), InputError);
  });
});

describe('deterministic algorithms', () => {
  afterEach(() => torch.useDeterministicAlgorithms(false));

  it('are off at first, and of two strengths', () => {
    assert.equal(torch.areDeterministicAlgorithmsEnabled(), false);
    torch.useDeterministicAlgorithms(true, { warnOnly: true });
    assert.deepEqual(
      [torch.areDeterministicAlgorithmsEnabled(), torch.isDeterministicAlgorithmsWarnOnlyEnabled()],
      [true, true],
    );
    torch.useDeterministicAlgorithms(true);
    assert.deepEqual(
      [torch.areDeterministicAlgorithmsEnabled(), torch.isDeterministicAlgorithmsWarnOnlyEnabled()],
      [true, false],
    );
    assert.throws(() => torch.useDeterministicAlgorithms(true, { warnonly: true } as object), InputError);
  });

  it('refuse an operator that has none', () => {
    const put = (): torch.Tensor =>
      torch.zeros([3]).put(torch.tensor([0, 0], { dtype: 'int64' }), torch.tensor([1, 2], { dtype: 'float32' }));
    put();
    torch.useDeterministicAlgorithms(true);
    assert.throws(put, /deterministic/);
  });

  it('fill what is made without a value', () => {
    torch.useDeterministicAlgorithms(true);
    assert.deepEqual(torch.empty([2]).toArray(), [NaN, NaN]);
    torch.deterministic.fillUninitializedMemory = false;
    torch.empty([2]);
    assert.equal(torch.deterministic.fillUninitializedMemory, false);
    torch.deterministic.fillUninitializedMemory = true;
  });
});

describe('without an accelerator', function () {
  before(function () {
    if (accelerator.isAvailable()) this.skip();
  });

  it('whatever needs one says so', () => {
    const asked: readonly (() => unknown)[] = [
      () => new torch.cuda.Stream(),
      () => new torch.cuda.Event(),
      () => torch.cuda.currentStream(),
      () => torch.cuda.synchronize(),
      () => torch.cuda.memory(),
      () => torch.cuda.memoryAllocated(),
      () => torch.cuda.getDeviceName(),
      () => torch.cuda.setDevice(0),
      () => torch.cuda.device(0, () => 0),
      () => torch.cuda.memGetInfo(),
      () => torch.cuda.currentDevice(),
      () => torch.cuda.getRngState(),
    ];
    for (const ask of asked) assert.throws(ask, DeviceError, String(ask));
    assert.equal(torch.cuda.isBf16Supported(), false);
    torch.cuda.emptyCache();
  });

  it('graphs and pinned memory are errors', () => {
    assert.throws(() => new torch.cuda.CUDAGraph(), /accelerator|graph/i);
    assert.throws(() => torch.ones([2]).pinMemory(), DeviceError);
  });
});

describe('a watermark of memory', () => {
  it('collects the garbage of tensors that nothing else frees', () => {
    torch.collectGarbage();
    const mebibytes = 2 ** 20;
    const before = torch.allocatedBytes();
    torch.setMemoryWatermark('cpu', before + 16 * mebibytes);
    let most = 0;
    for (let i = 0; i < 60; i++) {
      torch.zeros([mebibytes], { dtype: 'uint8' });
      most = Math.max(most, torch.allocatedBytes() - before);
    }
    torch.setMemoryWatermark('cpu', null);
    assert.ok(most <= 18 * mebibytes, `${most / mebibytes} MiB`);
  });

  /** How often all garbage is collected while memory in use grows from 1 to 64 MiB. */
  async function collections(): Promise<number> {
    let count = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries() as unknown as { detail: { kind: number } }[])
        if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++;
    });
    observer.observe({ entryTypes: ['gc'] });
    const kept = Array.from({ length: 64 }, () => torch.keep(torch.zeros([1 << 18])));
    for (const tensor of kept) tensor.dispose();
    await sleep(20);
    observer.disconnect();
    return count;
  }

  it('is none where it lies beyond all integers of 64 bits', async () => {
    for (const bytes of [Infinity, 2 ** 63]) {
      torch.setMemoryWatermark('cpu', bytes);
      const found = await collections();
      torch.setMemoryWatermark('cpu', null);
      assert.ok(found < 6, `${found} collections with a watermark of ${bytes}`);
    }
  });
});
