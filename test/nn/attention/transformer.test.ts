import assert from 'node:assert/strict';
import { ShapeError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertClose, assertSame, goldenTensors } from '../golden';
import { Recorded } from '../recorded';

const small = { dimFeedforward: 6, dropout: 0 };
const causal = (size: number): Tensor => nn.Transformer.generateSquareSubsequentMask(size);

describe('the transformers', () => {
  const golden = goldenTensors('nn-transformers');
  const padding = golden.get('padding');

  /** Makes the module from seed 0 and compares it, its outputs and gradients with what is recorded. */
  function check<T extends nn.Module>(name: string, make: () => T, run: (module: T, inputs: Tensor[]) => Tensor): void {
    torch.manualSeed(0);
    const module = make();
    const recorded = new Recorded(golden, name);
    recorded.checkStart(module);
    const inputs = recorded.inputs();
    for (const { shape } of inputs) torch.randn(shape); // as many random numbers as Python had drawn before the dropout
    recorded.check(module, inputs, [run(module, inputs)]);
  }

  it('an encoder layer gives PyTorch’s numbers, with norm last, with dropout, and with norm first under masks', () => {
    check(
      'encoder_layer',
      () => new nn.TransformerEncoderLayer(4, 2, small),
      (layer, [x]) => layer.forward(x!),
    );
    check(
      'encoder_layer_dropped',
      () => new nn.TransformerEncoderLayer(4, 2, { ...small, dropout: 0.3 }),
      (layer, [x]) => layer.forward(x!),
    );
    check(
      'encoder_layer_first',
      () =>
        new nn.TransformerEncoderLayer(4, 2, {
          ...small,
          activation: 'gelu',
          normFirst: true,
          batchFirst: true,
          bias: false,
        }),
      (layer, [x]) => layer.forward(x!, { srcMask: causal(4), srcKeyPaddingMask: padding }),
    );
    check(
      'encoder_layer_causal',
      () => new nn.TransformerEncoderLayer(4, 2, { ...small, layerNormEps: 1e-2, batchFirst: true }),
      (layer, [x]) => layer.forward(x!, { srcMask: causal(4), isCausal: true }),
    );
  });

  it('a decoder layer gives PyTorch’s numbers', () => {
    check(
      'decoder_layer',
      () => new nn.TransformerDecoderLayer(4, 2, { ...small, batchFirst: true }),
      (layer, [x, memory]) => layer.forward(x!, memory!, { tgtMask: causal(5), memoryKeyPaddingMask: padding }),
    );
    check(
      'decoder_layer_first',
      () =>
        new nn.TransformerDecoderLayer(4, 2, { ...small, normFirst: true, activation: (x) => nn.functional.gelu(x) }),
      (layer, [x, memory]) => layer.forward(x!, memory!),
    );
  });

  it('stacks start from copies of one layer and give PyTorch’s numbers', () => {
    check(
      'encoder',
      () => {
        const layer = new nn.TransformerEncoderLayer(4, 2, { ...small, batchFirst: true });
        return new nn.TransformerEncoder(layer, 2, { norm: new nn.LayerNorm(4) });
      },
      (encoder, [x]) => encoder.forward(x!, { mask: causal(4) }),
    );
    check(
      'decoder',
      () => new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2, { ...small, batchFirst: true }), 2),
      (decoder, [x, memory]) => decoder.forward(x!, memory!, { tgtMask: causal(5), memoryKeyPaddingMask: padding }),
    );
  });

  it('a whole transformer gives PyTorch’s numbers', () => {
    const sizes = { dModel: 4, nhead: 2, numEncoderLayers: 2, numDecoderLayers: 1 };
    check(
      'transformer',
      () => new nn.Transformer({ ...small, ...sizes, batchFirst: true }),
      (transformer, [src, tgt]) =>
        transformer.forward(src!, tgt!, {
          tgtMask: causal(5),
          srcKeyPaddingMask: padding,
          memoryKeyPaddingMask: padding,
          tgtIsCausal: true,
        }),
    );
  });

  it('the causal mask is PyTorch’s', () => {
    assertSame(causal(5), golden.get('causal'));
  });

  it('a causal mask is known from its numbers, and a boolean one gives the same', () => {
    torch.manualSeed(0);
    const encoder = new nn.TransformerEncoder(
      new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 12, dropout: 0 }),
      2,
    );
    const x = torch.randn([4, 3, 8]);
    const expected = encoder.forward(x, { mask: causal(4), isCausal: false });
    assertClose(encoder.forward(x, { mask: causal(4) }), expected);
    assertClose(encoder.forward(x, { mask: causal(4).lt(0) }), expected);
  });

  it('a copy shares no tensor with its layer, draws nothing, and keeps mode and frozen parameters', () => {
    const layer = new nn.TransformerEncoderLayer(8, 2).eval();
    layer.linear1.weight.requiresGrad_(false);
    torch.manualSeed(3);
    const next = torch.randn([1]).item();
    torch.manualSeed(3);
    const copy = layer.copy();
    assert.equal(torch.randn([1]).item(), next);
    for (const [key, tensor] of Object.entries(layer.stateDict())) assertSame(copy.stateDict()[key]!, tensor, key);
    nn.init.zeros_(layer.linear2.weight);
    assert.notEqual(copy.linear2.weight.abs().sum().item(), 0);
    assert.ok(!copy.training && !copy.linear1.weight.requiresGrad && copy.linear2.weight.requiresGrad);
  });

  it('a copy is of the layer’s own class, with its hooks', () => {
    class Layer extends nn.TransformerEncoderLayer {}
    const layer = new Layer(8, 2, { dropout: 0 });
    let calls = 0;
    layer.registerForwardHook(() => void calls++);
    const copy = layer.copy();
    const x = torch.randn([2, 3, 8]);
    assert.ok(copy instanceof Layer);
    assertSame(copy.forward(x), layer.forward(x));
    assert.equal(calls, 2);
  });

  it('takes encoders and decoders of one’s own', () => {
    class Doubled extends nn.Module {
      forward(src: Tensor): Tensor {
        return src.mul(2);
      }
    }
    const transformer = new nn.Transformer({
      dModel: 8,
      nhead: 2,
      customEncoder: new Doubled(),
      customDecoder: new Doubled(),
    });
    assert.deepEqual(
      transformer
        .forward(torch.ones([2, 1, 8]), torch.ones([1, 1, 8]))
        .sum()
        .item(),
      16,
    );
  });

  it('refuses what does not fit, by name', () => {
    const transformer = new nn.Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1 });
    assert.throws(
      () => transformer.forward(torch.zeros([4, 2, 8]), torch.zeros([4, 3, 8])),
      new ShapeError('Transformer: src [4, 2, 8] and tgt [4, 3, 8] must have the same batch.'),
    );
    assert.throws(
      () => transformer.forward(torch.zeros([4, 2, 6]), torch.zeros([4, 2, 8])),
      /the last dimension must be 8/,
    );
    assert.throws(
      () => new nn.TransformerEncoderLayer(8, 2, { activation: 'tanh' as 'relu' }),
      /activation must be 'relu', 'gelu' or a function, got 'tanh'/,
    );
    assert.throws(() => new nn.TransformerEncoderLayer(8, 2, { norm_first: true } as object), /Did you mean normFirst/);
  });
});
