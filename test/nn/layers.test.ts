import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { assertClose, assertSame, goldenTensors } from './golden';
import { layers } from './layer-cases';

describe('the layers', () => {
  const golden = goldenTensors('nn-layers');

  for (const [name, make] of Object.entries(layers)) {
    it(`${name}: start, output and gradients are PyTorch's`, () => {
      torch.manualSeed(0);
      const layer = make();
      const keys = golden.names
        .filter((key) => key.startsWith(`${name}.state.`))
        .map((key) => key.slice(`${name}.state.`.length));
      assert.deepEqual(new Set(Object.keys(layer.stateDict())), new Set(keys));
      for (const [key, tensor] of Object.entries(layer.stateDict())) assertSame(tensor, golden.get(`${name}.state.${key}`), key);

      const expected = golden.get(`${name}.input`);
      const input = torch.randn(expected.shape, { requiresGrad: true });
      assertSame(input, expected, 'input');
      const output = layer.forward(input);
      output.square().sum().div(2).backward();
      assertClose(output, golden.get(`${name}.output`), { what: 'output' });
      assertClose(input.grad!, golden.get(`${name}.grad`), { what: 'gradient of the input' });
      for (const [key, parameter] of layer.namedParameters())
        assertClose(parameter.grad!, golden.get(`${name}.grad.${key}`), { what: key });
      for (const [key, buffer] of layer.namedBuffers()) assertClose(buffer, golden.get(`${name}.after.${key}`), { what: key });
    });
  }

  it('Embedding: start, rows and gradient are PyTorch’s, padding has none', () => {
    torch.manualSeed(0);
    const layer = new nn.Embedding(7, 4, { paddingIdx: -3 });
    assertSame(layer.weight, golden.get('embedding.weight'));
    const output = layer.forward(golden.get('embedding.input'));
    output.square().sum().div(2).backward();
    assertSame(output, golden.get('embedding.output'));
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

  it('a batch gives what its rows give alone', () => {
    for (const [name, make] of Object.entries(layers)) {
      torch.manualSeed(0);
      const layer = make().eval() as nn.Layer;
      if (name === 'batch_norm2d_untracked') continue; // normalises by the batch even in evaluation
      const input = golden.get(`${name}.input`);
      const alone = Array.from({ length: input.shape[0]! }, (_, i) => layer.forward(input.narrow(0, i, 1)));
      assertClose(layer.forward(input), torch.cat(alone, 0), { what: name });
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
    assert.ok(Math.abs(value! - 2 / (1 + Math.exp(-3.404))) < 1e-6);
  });

  it('one value a channel cannot be normalised by its batch', () => {
    assert.throws(() => new nn.BatchNorm2d(2).forward(torch.ones([1, 2, 1, 1])), /more than 1 value per channel when training/);
    assert.throws(() => new nn.BatchNorm2d(2).forward(torch.ones([3, 2])), /expects \(B, C, H, W\), got 2 dimensions: \[3, 2\]/);
  });

  it('bad sizes and options are refused by name', () => {
    assert.throws(() => new nn.Linear(2.5, 1), /Linear: inFeatures must be an integer of at least 0, got 2.5/);
    assert.throws(
      () => new nn.Linear(2, 1, { biass: true } as object),
      /Linear has no option "biass": it takes "bias", "device", "dtype"/,
    );
    assert.throws(
      () => new nn.Conv2d(2, 2, 3, { padding_mode: 'reflect' } as object),
      /Conv2d has no option "padding_mode": write "paddingMode"/,
    );
    assert.throws(
      () => new nn.Conv2d(3, 4, 3, { groups: 2 }),
      /Conv2d: groups must divide both channel counts, got 2 for 3 and 4/,
    );
    assert.throws(() => new nn.Conv2d(2, 2, [1, 2, 3]), /Conv2d: kernelSize must be one number or 2 of them, got \[1, 2, 3\]/);
    assert.throws(() => new nn.Conv2d(2, 2, 3, { padding: 'same', stride: 2 }), /padding 'same' needs stride 1, got \[2, 2\]/);
    assert.throws(() => new nn.Dropout(1.5), /Dropout: p must be a probability between 0 and 1, got 1.5/);
    assert.throws(() => new nn.GroupNorm(4, 6), /numGroups must divide numChannels, got 4 and 6/);
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
    const layer = new nn.Sequential(new nn.Linear(2, 2, { dtype: 'float64' }), new nn.LayerNorm(2, { dtype: 'float64' }));
    assert.deepEqual(new Set(layer.parameters().map((p) => p.dtype)), new Set(['float64']));
    const meta = new nn.MultiheadAttention(8, 2, { device: 'meta' });
    assert.deepEqual(new Set(meta.parameters().map((p) => p.device)), new Set(['meta']));
  });
});
