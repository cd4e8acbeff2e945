import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';

/** Calls that the compiler would refuse. */
const make = (kind: unknown, ...args: unknown[]): unknown => Reflect.construct(kind as new () => unknown, args);
const same = (a: torch.Tensor, b: torch.Tensor): void => assert.deepEqual(a.tolist(), b.tolist());

describe('forms that PyTorch takes', () => {
  const mask = torch.keep(torch.ones([3, 3]).triu(1).to('bool'));
  const padding = torch.keep(torch.tensor([[false, false, true]]));
  const x = torch.keep(torch.rand([3, 1, 4]));

  it('masks of transformers by position, in PyTorch’s order, or by name', () => {
    const options = { dropout: 0, dimFeedforward: 8 };
    const layer = new nn.TransformerEncoderLayer(4, 2, options);
    same(layer.forward(x, mask, padding), layer.forward(x, { srcMask: mask, srcKeyPaddingMask: padding }));
    const encoder = new nn.TransformerEncoder(layer, 1);
    same(encoder.forward(x, mask, padding), encoder.forward(x, { mask, srcKeyPaddingMask: padding }));
    const decoderLayer = new nn.TransformerDecoderLayer(4, 2, options);
    same(
      decoderLayer.forward(x, x, mask, null, padding),
      decoderLayer.forward(x, x, { tgtMask: mask, tgtKeyPaddingMask: padding }),
    );
    const decoder = new nn.TransformerDecoder(decoderLayer, 1);
    same(
      decoder.forward(x, x, mask, null, padding),
      decoder.forward(x, x, { tgtMask: mask, tgtKeyPaddingMask: padding }),
    );
    const whole = new nn.Transformer({ dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, ...options });
    same(whole.forward(x, x, mask, mask), whole.forward(x, x, { srcMask: mask, tgtMask: mask }));
    assert.throws(
      () => encoder.forward(x, mask, { mask }),
      new InputError("TransformerEncoder.forward: expected 'mask' once, found it by position and by name"),
    );
  });

  it('masks of attention', () => {
    const attention = new nn.MultiheadAttention(4, 2);
    const [output, weights] = attention.forward(x, x, x, padding, false, mask);
    same(output, attention.forward(x, x, x, { keyPaddingMask: padding, needWeights: false, attnMask: mask })[0]);
    assert.equal(weights, null);
  });

  it('the output size of a transposed convolution, and the offsets of bags', () => {
    const layer = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    const image = torch.ones([1, 1, 3, 3]);
    same(layer.forward(image, [6, 6]), layer.forward(image, { outputSize: [6, 6] }));
    assert.deepEqual(layer.forward(image, [6, 6]).shape, [1, 1, 6, 6]);
    const bag = new nn.EmbeddingBag(4, 2, { mode: 'sum' });
    const [rows, offsets, factors] = [torch.tensor([0n, 1n, 2n]), torch.tensor([0n, 2n]), torch.ones([3])];
    same(bag.forward(rows, offsets, factors), bag.forward(rows, { offsets, perSampleWeights: factors }));
  });

  it('indexPut_ with accumulate by position', () => {
    assert.deepEqual(
      torch
        .tensor([0, 0])
        .indexPut_([[0, 0]], 1, true)
        .tolist(),
      [2, 0],
    );
  });
});

describe('forms that PyTorch does not take, or warns of', () => {
  it('are refused with what to write', () => {
    assert.throws(
      () => make(nn.Softmax),
      new InputError('Softmax: expected dim, found undefined; give dim by position or by name'),
    );
    assert.throws(
      () => make(nn.Conv2d, 1, 2, '3'),
      /^DTypeError: Conv2d: expected a number or an array of 2 for kernelSize, found "3"/,
    );
  });

  it('a field that would hide a method of modules is refused', () => {
    class Model extends nn.Identity {
      constructor() {
        super();
        Reflect.set(this, 'modules', new nn.ModuleList([new nn.Linear(1, 1)]));
      }
    }
    assert.throws(
      () => new Model(),
      /^InputError: Model: expected a field that does not hide the method modules\(\), found an instance of ModuleList; choose another name than "modules"/,
    );
  });
});
