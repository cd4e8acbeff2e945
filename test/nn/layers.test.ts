import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertClose, assertDrawn, assertNumber, assertSame, goldenTensors } from './golden';
import { layers, type TestedLayer } from './layer-cases';

describe('the layers', () => {
  const golden = goldenTensors('nn-layers');
  const inputsOf = (name: string): Tensor[] =>
    golden.names.filter((key) => key.startsWith(`${name}.input.`)).map((_, i) => golden.get(`${name}.input.${i}`));

  for (const [name, make] of Object.entries(layers)) {
    it(`${name}: start, output and gradients are PyTorch's`, () => {
      torch.manualSeed(0);
      const layer = make() as TestedLayer;
      const keys = golden.names
        .filter((key) => key.startsWith(`${name}.state.`))
        .map((key) => key.slice(`${name}.state.`.length));
      assert.deepEqual(new Set(Object.keys(layer.stateDict())), new Set(keys));
      for (const [key, tensor] of Object.entries(layer.stateDict()))
        assertDrawn(tensor, golden.get(`${name}.state.${key}`), key);

      const inputs = inputsOf(name).map((expected) => {
        const input = torch.randn(expected.shape, { requiresGrad: true });
        assertDrawn(input, expected, 'input');
        return input;
      });
      const output = layer.forward(...inputs);
      output.square().sum().div(2).backward();
      assertClose(output, golden.get(`${name}.output`), { what: 'output' });
      for (const [i, input] of inputs.entries())
        assertClose(input.grad!, golden.get(`${name}.grad.${i}`), { what: `gradient of input ${i}` });
      for (const [key, parameter] of layer.namedParameters())
        assertClose(parameter.grad!, golden.get(`${name}.grad.${key}`), { what: key });
      for (const [key, buffer] of layer.namedBuffers())
        assertClose(buffer, golden.get(`${name}.after.${key}`), { what: key });
    });
  }

  it('Embedding: start, rows and gradient are PyTorch’s, padding has none', () => {
    torch.manualSeed(0);
    const layer = new nn.Embedding(7, 4, { paddingIdx: -3 });
    assertDrawn(layer.weight, golden.get('embedding.weight'));
    const output = layer.forward(golden.get('embedding.input'));
    output.square().sum().div(2).backward();
    assertDrawn(output, golden.get('embedding.output'));
    assertClose(layer.weight.grad!, golden.get('embedding.grad'));
  });

  it('Embedding shortens rows and weighs gradients as PyTorch does', () => {
    torch.manualSeed(0);
    const layer = new nn.Embedding(5, 3, { maxNorm: 0.8, scaleGradByFreq: true });
    const output = layer.forward(torch.tensor([1, 3, 3, 0], { dtype: 'int64' }));
    output.square().sum().div(2).backward();
    assertClose(output, golden.get('bounded.output'));
    assertClose(layer.weight, golden.get('bounded.weight'));
    assertClose(layer.weight.grad!, golden.get('bounded.grad'));
  });

  const bags: Record<string, [options: nn.EmbeddingBagOptions, input: number[] | number[][], offsets?: number[]]> = {
    mean: [
      {},
      [
        [1, 3, 3],
        [0, 2, 4],
      ],
    ],
    sum: [{ mode: 'sum' }, [1, 3, 3, 0, 2, 4], [0, 2, 2]],
    max: [{ mode: 'max', paddingIdx: 3 }, [1, 3, 3, 0, 2, 4], [0, 2, 2]],
    last: [{ mode: 'sum', includeLastOffset: true, paddingIdx: -1 }, [1, 3, 3, 0, 2, 4], [0, 4, 6]],
    bounded: [
      { maxNorm: 0.5, normType: 1 },
      [
        [1, 3],
        [3, 0],
        [2, 4],
      ],
    ],
  };
  for (const [name, [options, input, offsets]] of Object.entries(bags)) {
    it(`EmbeddingBag, ${name}: start, output and gradient are PyTorch's`, () => {
      torch.manualSeed(0);
      const layer = new nn.EmbeddingBag(5, 3, options);
      assertDrawn(layer.weight, golden.get(`bag.${name}.start`));
      const perSampleWeights = name === 'sum' ? torch.tensor([0.5, -1, 2, 0.25, 1, 3]) : null;
      const int64 = (values: number[] | number[][]): Tensor => torch.tensor(values, { dtype: 'int64' });
      const output = layer.forward(int64(input), { offsets: offsets ? int64(offsets) : null, perSampleWeights });
      output.square().sum().div(2).backward();
      assertClose(output, golden.get(`bag.${name}.output`));
      assertClose(layer.weight.grad!, golden.get(`bag.${name}.grad`));
    });
  }

  const unpools: Record<number, [pool: (x: Tensor) => [Tensor, Tensor], layer: nn.MaxUnpool1d, size: number[] | null]> =
    {
      1: [(x) => nn.functional.maxPool1dWithIndices(x, 2), new nn.MaxUnpool1d(2), null],
      2: [(x) => nn.functional.maxPool2dWithIndices(x, 2), new nn.MaxUnpool2d(2), [5, 4]],
      3: [(x) => nn.functional.maxPool3dWithIndices(x, 2), new nn.MaxUnpool3d(2), null],
    };
  for (const [dimensions, [pool, layer, outputSize]] of Object.entries(unpools)) {
    it(`MaxUnpool${dimensions}d puts the elements back where the pooling took them`, () => {
      const input = golden.get(`unpool${dimensions}.input`).clone().requiresGrad_(true);
      const [pooled, indices] = pool(input);
      assertSame(indices, golden.get(`unpool${dimensions}.indices`), 'indices');
      const output = layer.forward(pooled, indices, { outputSize });
      output.square().sum().div(2).backward();
      assertSame(output, golden.get(`unpool${dimensions}.output`), 'output');
      assertSame(input.grad!, golden.get(`unpool${dimensions}.grad`), 'gradient');
    });
  }

  it('a transposed convolution gives the output size asked for', () => {
    torch.manualSeed(0);
    const layer = new nn.ConvTranspose2d(1, 1, 3, { stride: 3, padding: 1 });
    assertClose(layer.forward(golden.get('to_size.input'), { outputSize: [6, 5] }), golden.get('to_size.output'));
    assert.throws(
      () => layer.forward(golden.get('to_size.input'), { outputSize: [8, 5] }),
      /ConvTranspose2d: an input of \[1, 1, 2, 2\] cannot give the output size \[8, 5\]/,
    );
  });

  it('layers take one sample without a batch where PyTorch’s do', () => {
    torch.manualSeed(0);
    const cases: [layer: nn.Module, shape: number[]][] = [
      [new nn.InstanceNorm1d(3), [3, 5]],
      [new nn.InstanceNorm2d(2, { affine: true }), [2, 3, 4]],
      [new nn.Softmax2d(), [2, 3, 4]],
    ];
    for (const [layer, shape] of cases) {
      const input = torch.randn(shape);
      const batch = (layer as TestedLayer).forward(input.unsqueeze(0));
      assertSame((layer as TestedLayer).forward(input), batch.squeeze(0), layer.constructor.name);
    }
    const dropped = new nn.Dropout1d()
      .forward(torch.ones([64, 3]))
      .sum([1])
      .toArray() as number[];
    assert.deepEqual(new Set(dropped), new Set([0, 6]));
  });

  it('a batch gives what its rows give alone', () => {
    const byTheBatch = ['batch_norm2d_untracked', 'cosine_similarity']; // normalises by the batch always; compares along it
    for (const [name, make] of Object.entries(layers)) {
      if (byTheBatch.includes(name)) continue;
      torch.manualSeed(0);
      const layer = make().eval() as TestedLayer;
      const inputs = inputsOf(name);
      const alone = Array.from({ length: inputs[0]!.shape[0]! }, (_, i) =>
        layer.forward(...inputs.map((input) => input.narrow(0, i, 1))),
      );
      assertClose(layer.forward(...inputs), torch.cat(alone, 0), { what: name });
    }
  });

  it('in-place activations write into their input', () => {
    for (const make of [
      () => new nn.ReLU({ inplace: true }),
      () => new nn.SiLU({ inplace: true }),
      () => new nn.ELU({ inplace: true }),
      () => new nn.Hardswish({ inplace: true }),
    ]) {
      const input = torch.tensor([-1, 0.5, 2]);
      assertSame(make().forward(input), input);
      assert.notDeepEqual(input.toArray(), [-1, 0.5, 2]);
    }
  });

  it('dropout does nothing in evaluation and keeps the mean in training', () => {
    const ones = torch.ones([200, 200]);
    assert.equal(new nn.Dropout(0.9).eval().forward(ones), ones);
    torch.manualSeed(0);
    assert.ok(Math.abs(Number(new nn.Dropout(0.25).forward(ones).mean().item()) - 1) < 0.01);
  });

  it('QuickGELU is x σ(1.702 x)', () => {
    const [value] = new nn.QuickGELU().forward(torch.tensor([2])).toArray() as number[];
    assertNumber(value!, 2 / (1 + Math.exp(-3.404)));
  });

  it('one value a channel cannot be normalised by its batch', () => {
    assert.throws(
      () => new nn.BatchNorm2d(2).forward(torch.ones([1, 2, 1, 1])),
      /more than 1 value per channel when training/,
    );
    assert.throws(
      () => new nn.InstanceNorm1d(2).forward(torch.ones([3, 2, 1])),
      /more than 1 spatial element when training, got input size torch.Size\(\[3, 2, 1\]\)/,
    );
    assert.throws(
      () => new nn.BatchNorm1d(2).forward(torch.ones([3])),
      /expects \(B, C\) or \(B, C, L\), got 1 dimensions: \[3\]/,
    );
    assert.throws(
      () => new nn.BatchNorm2d(2).forward(torch.ones([3, 2])),
      /expects \(B, C, H, W\), got 2 dimensions: \[3, 2\]/,
    );
  });

  it('bad sizes and options are refused by name', () => {
    assert.throws(() => new nn.Linear(2.5, 1), /Linear: expected an integer of at least 0 for inFeatures, found 2.5/);
    assert.throws(
      () => new nn.Linear(2, 1, { biass: true } as object),
      /Linear: the option 'biass' does not exist\. Did you mean bias\?/,
    );
    assert.throws(
      () => new nn.Conv2d(2, 2, 3, { padding_mode: 'reflect' } as object),
      /Conv2d: the option 'padding_mode' does not exist\. Did you mean paddingMode\?/,
    );
    assert.throws(
      () => new nn.Conv2d(3, 4, 3, { groups: 2 }),
      /Conv2d: expected groups to divide both channel counts, found 2 for 3 and 4/,
    );
    assert.throws(
      () => new nn.Conv2d(2, 2, [1, 2, 3]),
      /Conv2d: expected one number or 2 of them for kernelSize, found \[1, 2, 3\]/,
    );
    assert.throws(
      () => new nn.Conv2d(2, 2, 3, { padding: 'same', stride: 2 }),
      /padding 'same' needs stride 1, got \[2, 2\]/,
    );
    assert.throws(() => new nn.Dropout(1.5), /Dropout: expected a probability between 0 and 1 for p, found 1.5/);
    assert.throws(() => new nn.GroupNorm(4, 6), /numGroups must divide numChannels, got 4 and 6/);
    assert.throws(
      () => new nn.InstanceNorm2d(2).forward(torch.ones([2])),
      /InstanceNorm2d expects 4 dimensions, or 3 without a batch, got \[2\]/,
    );
    assert.throws(() => new nn.ReflectionPad2d([1, 2]), /expected one number or 4 of them for padding, found \[1, 2\]/);
    assert.throws(
      () => new nn.Hardtanh({ minVal: 2 }).forward(torch.ones([1])),
      /minVal must not be above maxVal, got 2 and 1/,
    );
    assert.throws(
      () => new nn.EmbeddingBag(3, 2).forward(torch.zeros([4], { dtype: 'int64' })),
      /got \[4\] without offsets/,
    );
    assert.throws(
      () =>
        new nn.MaxUnpool1d(2).forward(torch.ones([1, 1, 2]), torch.zeros([1, 1, 2], { dtype: 'int64' }), {
          outputSize: [9],
        }),
      /maxUnpool1d: outputSize must lie less than a stride away from \[4\], got \[9\]/,
    );
    assert.throws(() => new nn.Embedding(3, 2, { paddingIdx: 3 }), /paddingIdx must be a row of the table of 3, got 3/);
    assert.throws(
      () => new nn.Upsample({ size: 3, scaleFactor: 2 }).forward(torch.ones([1, 1, 2, 2])),
      /either size or scaleFactor/,
    );
    assert.throws(
      () => new nn.Upsample({ size: 3, mode: 'linear' }).forward(torch.ones([1, 1, 2, 2])),
      /no mode 'linear' for an input of shape \[1, 1, 2, 2\]/,
    );
  });

  it('layers are made in the type and on the device asked for', () => {
    const layer = new nn.Sequential(
      new nn.Linear(2, 2, { dtype: 'float64' }),
      new nn.LayerNorm(2, { dtype: 'float64' }),
    );
    assert.deepEqual(new Set(layer.parameters().map((p) => p.dtype)), new Set(['float64']));
    const meta = new nn.MultiheadAttention(8, 2, { device: 'meta' });
    assert.deepEqual(new Set(meta.parameters().map((p) => p.device)), new Set(['meta']));
  });
});
