import assert from 'node:assert/strict';
import { nn } from '../../ts';
import { DTypeError, InputError } from '../../ts/errors';
import { POSITIONS } from '../../ts/nn/position-table';
import * as torch from '../../ts/tensor';
import { goldenJson } from './golden';

const F = nn.functional;

describe('options of layers by position', () => {
  it('stand before those by name', () => {
    assert.equal(
      String(new nn.MaxPool1d(3, 2, 1, 1, { ceilMode: true })),
      String(new nn.MaxPool1d(3, { stride: 2, padding: 1, ceilMode: true })),
    );
    assert.equal(
      String(new nn.Conv2d(4, 6, 5, 2, { padding: 1 })),
      String(new nn.Conv2d(4, 6, 5, { stride: 2, padding: 1 })),
    );
    assert.equal(String(new nn.Conv2d(4, 6, 5, 1, 'same')), String(new nn.Conv2d(4, 6, 5, { padding: 'same' })));
  });

  it('leave out what is undefined, and what Python has at a position of its own', () => {
    assert.equal(new nn.CrossEntropyLoss(undefined, null, 2, null, 'sum').reduction, 'sum');
    assert.equal(new nn.MaxPool2d(2, undefined, 1).padding, 1);
  });

  it('take a norm or a tensor as the last of them', () => {
    const norm = new nn.LayerNorm(4);
    assert.equal(new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, 8), 1, norm).norm, norm);
    assert.equal(new nn.CrossEntropyLoss(torch.ones([3])).weight!.shape[0], 3);
  });

  it('serve classes made from a layer', () => {
    class Scaled extends nn.Linear {
      constructor() {
        super(2, 3, false);
      }
    }
    assert.equal(new Scaled().bias, null);
  });

  it('are refused where there are too many, twice, or of another kind', () => {
    const wrong =
      (...given: unknown[]): (() => unknown) =>
      () =>
        new (nn.Linear as unknown as new (...args: unknown[]) => unknown)(2, 3, ...given);
    assert.throws(
      wrong(true, 'cpu', 'float32', 1),
      new InputError(
        'Linear: expected at most 5 arguments by position (inFeatures, outFeatures, bias, device, dtype), found 6; ' +
          'write { bias: …, device: …, dtype: … }',
      ),
    );
    assert.throws(
      wrong(true, { bias: false }),
      new InputError("Linear: expected 'bias' once, found it by position and by name"),
    );
    assert.throws(wrong(1), new DTypeError('Linear: expected true or false for bias, found 1'));
    const loss = nn.MSELoss as unknown as new (...args: unknown[]) => unknown;
    assert.throws(
      () => new loss('sum'),
      /MSELoss: expected null at position 1, .* found "sum"; write \{ reduction: … \}/,
    );
  });
});

describe('options of nn.functional by position', () => {
  const image = torch.arange(16).reshape([1, 1, 4, 4]).to('float32');
  const rows = torch.tensor([
    [1, -2, 3],
    [0.5, 1, -1],
  ]);
  const target = torch.tensor([2, 0], { dtype: 'int64' });
  const weight = torch.tensor([1, 2, 0.5]);
  const same = (actual: torch.Tensor, wanted: torch.Tensor): void => assert.deepEqual(actual.tolist(), wanted.tolist());

  it('come in the order of PyTorch', () => {
    const recorded = goldenJson<{ 'torch.nn.functional': Record<string, string[]> }>('positions')[
      'torch.nn.functional'
    ];
    const camel = (name: string): string => name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const compared: string[] = [];
    for (const [python, names] of Object.entries(recorded)) {
      if (!Object.hasOwn(POSITIONS, camel(python))) continue;
      const order: readonly (string | null)[] = POSITIONS[camel(python) as keyof typeof POSITIONS];
      assert.deepEqual(
        order,
        names.slice(0, order.length).map((name, i) => (order[i] === null ? null : camel(name))),
        python,
      );
      compared.push(python);
    }
    assert.ok(compared.length > 55, `${compared.length} functions`);
  });

  it('give what they give by name', () => {
    same(F.dropout(rows, 0, true), rows);
    same(F.leakyRelu(rows, 0.1), F.leakyRelu(rows, { negativeSlope: 0.1 }));
    same(F.elu(rows, 2), F.elu(rows, { alpha: 2 }));
    same(F.normalize(rows, 1, 0), F.normalize(rows, { p: 1, dim: 0 }));
    same(F.crossEntropy(rows, target, weight), F.crossEntropy(rows, target, { weight }));
    same(
      F.crossEntropy(rows, target, undefined, null, -100, null, 'sum', 0.1),
      F.crossEntropy(rows, target, { reduction: 'sum', labelSmoothing: 0.1 }),
    );
    same(
      F.interpolate(image, null, 2, 'bilinear', false),
      F.interpolate(image, { scaleFactor: 2, mode: 'bilinear', alignCorners: false }),
    );
    same(F.unfold(image, 2, 1, 0, 2), F.unfold(image, 2, { stride: 2 }));
    same(F.lpPool2d(image, 2, 2, 1), F.lpPool2d(image, 2, 2, { stride: 1 }));
    same(F.hardtanh(rows, -0.5, 0.5), F.hardtanh(rows, { minVal: -0.5, maxVal: 0.5 }));
    same(F.embedding(target, rows.t(), null, null, 2), F.embedding(target, rows.t()));
  });

  it('are those of the operators too', () => {
    const kernel = torch.ones([1, 1, 3, 3]);
    same(F.conv2d(image, kernel, null, 1, 1), F.conv2d(image, kernel, { padding: 1 }));
    same(F.maxPool2d(image, 2, 2), F.maxPool2d(image, 2, { stride: 2 }));
    same(F.maxPool2d(image, 3, 1, 1), F.maxPool2d(image, 3, { stride: 1, padding: 1 }));
    same(F.avgPool2d(image, 2, 1), F.avgPool2d(image, 2, { stride: 1 }));
    same(F.softmax(rows, 1), rows.softmax(1));
    same(F.pad(image, [1, 1], 'constant', 2), F.pad(image, [1, 1], { value: 2 }));
    same(F.layerNorm(rows, [3], weight, weight), F.layerNorm(rows, [3], { weight, bias: weight }));
    same(F.glu(image, 1 + 1), F.glu(image, { dim: 2 }));
  });
});
