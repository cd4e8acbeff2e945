import assert from 'node:assert/strict';
import { nn, torch } from '../../../ts';

describe('names of PyTorch', () => {
  it('are the strings that stand for types, formats and layouts', () => {
    assert.equal(torch.float32, 'float32');
    assert.equal(torch.zeros([2], { dtype: torch.int64 }).dtype, torch.long);
    assert.deepEqual(
      [torch.half, torch.double, torch.bool, torch.channelsLast, torch.sparseCoo],
      ['float16', 'float64', 'bool', 'channels_last', 'sparse_coo'],
    );
    for (const dtype of torch.DTYPES) assert.equal(torch[dtype as 'float32'], dtype);
  });

  it('are numbers', () => {
    assert.deepEqual([torch.inf, torch.pi, torch.e, torch.newaxis], [Infinity, Math.PI, Math.E, null]);
    assert.ok(Number.isNaN(torch.nan));
    assert.deepEqual(torch.zeros([2]).index(torch.newaxis).shape, [1, 2]);
  });

  it('ask about tensors', () => {
    assert.deepEqual(
      [torch.isTensor(torch.zeros([1])), torch.isTensor([1]), torch.numel(torch.zeros([2, 3]))],
      [true, false, 6],
    );
    assert.deepEqual(
      [
        torch.typename(torch.zeros([1])),
        torch.typename(torch.zeros([1], { dtype: 'int64' })),
        torch.typename(new nn.Linear(1, 1)),
      ],
      ['torch.FloatTensor', 'torch.LongTensor', 'Linear'],
    );
    assert.throws(() => torch.numel(1 as never), /expected a tensor, found 1/);
    assert.deepEqual(
      [
        torch.promoteTypes('int32', 'float16'),
        torch.canCast('float32', 'int64'),
        torch.resultType(torch.ones([1], { dtype: 'uint8' }), 1.5),
      ],
      ['float16', false, 'float32'],
    );
  });

  it('switch the recording on and off', () => {
    const w = torch.ones([1], { requiresGrad: true });
    assert.equal(
      torch.setGradEnabled(false, () => w.mul(2).requiresGrad),
      false,
    );
    torch.setGradEnabled(false);
    const off = [torch.isGradEnabled(), w.mul(2).requiresGrad, torch.setGradEnabled(true, () => w.mul(2).requiresGrad)];
    torch.setGradEnabled(true);
    assert.deepEqual([...off, torch.isGradEnabled()], [false, false, true, true]);
  });
});

describe('finfo and iinfo', () => {
  // Printed by PyTorch 2.13.
  const printed: [torch.DType, string][] = [
    [
      'float16',
      'finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)',
    ],
    [
      'bfloat16',
      'finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=bfloat16)',
    ],
    [
      'float32',
      'finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)',
    ],
    [
      'complex128',
      'finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, smallest_normal=2.22507e-308, tiny=2.22507e-308, dtype=float64)',
    ],
    [
      'float8_e5m2',
      'finfo(resolution=1, min=-57344, max=57344, eps=0.25, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float8_e5m2)',
    ],
    [
      'float8_e4m3fn',
      'finfo(resolution=1, min=-448, max=448, eps=0.125, smallest_normal=0.015625, tiny=0.015625, dtype=float8_e4m3fn)',
    ],
    [
      'float8_e5m2fnuz',
      'finfo(resolution=1, min=-57344, max=57344, eps=0.125, smallest_normal=3.05176e-05, tiny=3.05176e-05, dtype=float8_e5m2fnuz)',
    ],
    [
      'float8_e4m3fnuz',
      'finfo(resolution=1, min=-240, max=240, eps=0.125, smallest_normal=0.0078125, tiny=0.0078125, dtype=float8_e4m3fnuz)',
    ],
    [
      'float8_e8m0fnu',
      'finfo(resolution=1, min=5.87747e-39, max=1.70141e+38, eps=1, smallest_normal=5.87747e-39, tiny=5.87747e-39, dtype=float8_e8m0fnu)',
    ],
  ];
  for (const [dtype, text] of printed)
    it(`print ${dtype} as PyTorch does`, () => assert.equal(torch.finfo(dtype).toString(), text));

  it('hold exact numbers', () => {
    assert.deepEqual(
      [torch.finfo('float32').eps, torch.finfo('float32').max, torch.finfo('float16').bits],
      [2 ** -23, 3.4028234663852886e38, 16],
    );
    assert.deepEqual(
      [torch.iinfo('int8').min, torch.iinfo('int64').max, torch.iinfo('uint8').max, torch.iinfo('int32').bits],
      [-128, 2n ** 63n - 1n, 255, 32],
    );
    assert.equal(torch.iinfo('int64').toString(), 'iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)');
    assert.throws(() => torch.finfo('int32'), /use iinfo for integers/);
    assert.throws(() => torch.iinfo('float32'), /use finfo/);
    assert.throws(() => torch.iinfo('bool'), /requires an integer type, found "bool"/);
  });
});

describe('default type and device', () => {
  afterEach(() => {
    torch.setDefaultDtype('float32');
    torch.setDefaultDevice(null);
  });

  it('decide what new tensors and layers are made of', () => {
    torch.setDefaultDtype(torch.float64);
    const made = [
      torch.tensor([1.5]),
      torch.zeros([1]),
      torch.rand([1]),
      torch.full([1], 2),
      torch.arange(0, 1, 0.5),
      torch.ones([1], { dtype: 'int64' }).div(2),
    ];
    assert.deepEqual(new Set(made.map(({ dtype }) => dtype)), new Set(['float64']));
    assert.deepEqual([torch.tensor([{ re: 1, im: 2 }]).dtype, torch.getDefaultDtype()], ['complex128', 'float64']);
    assert.deepEqual(
      new Set(
        new nn.Sequential(new nn.Linear(1, 1), new nn.BatchNorm1d(1), new nn.Conv2d(1, 1, 1))
          .parameters()
          .map(({ dtype }) => dtype),
      ),
      new Set(['float64']),
    );
    assert.equal(String(torch.tensor([1.5])), 'tensor([1.5000])');
    assert.equal(new nn.Linear(1, 1, { dtype: 'float32' }).weight.dtype, 'float32');
    assert.throws(() => torch.setDefaultDtype('int64' as never), /only floating-point types/);
  });

  it('decide where they are', () => {
    torch.setDefaultDevice('meta');
    const made = [
      torch.tensor([1]),
      torch.zeros([1]),
      torch.randn([2]),
      torch.arange(3),
      new nn.Linear(1, 1).weight,
      torch.hannWindow(4),
    ];
    assert.deepEqual(
      made.map(({ device }) => device),
      Array(6).fill('meta'),
    );
    assert.equal(torch.zeros([1], { device: 'cpu' }).device, 'cpu');
    assert.equal(torch.zerosLike(torch.zeros([1], { device: 'cpu' })).device, 'cpu');
    torch.setDefaultDevice(null);
    assert.deepEqual([torch.zeros([1]).device, torch.getDefaultDevice()], ['cpu', 'cpu']);
    assert.throws(() => torch.setDefaultDevice('gpu' as never), /found "gpu"/);
  });
});

describe('seeds', () => {
  it('tell what they are', () => {
    torch.manualSeed(7);
    assert.equal(torch.initialSeed(), 7);
    assert.equal(new torch.Generator().initialSeed(), 67280421310721); // default_rng_seed_val of ATen
    const generator = new torch.Generator();
    const drawn = generator.seed();
    assert.equal(generator.initialSeed(), drawn);
    assert.equal(torch.seed(), torch.initialSeed());
    torch.manualSeed(0);
  });
});
