import assert from 'node:assert/strict';
import { AssertionError } from 'node:assert';
import { torch } from '../../ts';
import { liveTensors } from '../live-tensors';

const T = (data: torch.TensorData, dtype?: torch.DType) => torch.tensor(data, { dtype });
const I = (data: torch.TensorData) => torch.tensor(data, { dtype: 'int64' });
const close = torch.testing.assertClose;

describe('testing.assertClose', () => {
  // Messages of torch.testing.assert_close of PyTorch 2.13.
  const cases: [string, () => void, string][] = [
    [
      'values',
      () => close(T([1, 2, 3]), T([1, 2.5, 3])),
      'Tensor-likes are not close!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 0.5 at index (1,) (up to 1e-05 allowed)\nGreatest relative difference: 0.20000000298023224 at index (1,) (up to 1.3e-06 allowed)',
    ],
    [
      'exact values',
      () =>
        close(
          T([
            [1, 2],
            [3, 4],
          ]),
          T([
            [1, 2.5],
            [3, 5],
          ]),
          { rtol: 0, atol: 0 },
        ),
      'Tensor-likes are not equal!\n\nMismatched elements: 2 / 4 (50.0%)\nGreatest absolute difference: 1.0 at index (1, 1)\nGreatest relative difference: 0.20000000298023224 at index (0, 1)',
    ],
    [
      'integers',
      () => close(I([1, 2]), I([1, 3])),
      'Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: 1 at index (1,)\nGreatest relative difference: 0.3333333432674408 at index (1,)',
    ],
    [
      'booleans',
      () => close(T([true]), T([false])),
      'Tensor-likes are not equal!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: 1 at index (0,)\nGreatest relative difference: inf at index (0,)',
    ],
    [
      'complex numbers',
      () => close(T([{ re: 1, im: 1 }]), T([{ re: 1, im: 2 }])),
      'Tensor-likes are not close!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: 1.0 at index (0,) (up to 1e-05 allowed)\nGreatest relative difference: 0.4472135901451111 at index (0,) (up to 1.3e-06 allowed)',
    ],
    [
      'NaN',
      () => close(T([NaN]), T([NaN])),
      'Tensor-likes are not close!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: nan at index (0,) (up to 1e-05 allowed)\nGreatest relative difference: nan at index (0,) (up to 1.3e-06 allowed)',
    ],
    [
      'scalars',
      () => close(T(1), T(2)),
      'Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-05 allowed)\nRelative difference: 0.5 (up to 1.3e-06 allowed)',
    ],
    [
      'types',
      () => close(T([1]), T([1], 'float64')),
      "The values for attribute 'dtype' do not match: torch.float32 != torch.float64.",
    ],
    [
      'shapes',
      () => close(T([1]), T([1, 2])),
      "The values for attribute 'shape' do not match: torch.Size([1]) != torch.Size([2]).",
    ],
    [
      'layouts',
      () => close(torch.zeros([1]).toSparse(), torch.zeros([1])),
      "The values for attribute 'layout' do not match: torch.sparse_coo != torch.strided.",
    ],
    [
      'strides',
      () => close(torch.zeros([2, 3]).t(), torch.zeros([3, 2]), { checkStride: true }),
      "The values for attribute 'stride()' do not match: (1, 3) != (2, 1).",
    ],
    [
      'numbers',
      () => close(1.25, 1.5),
      'Scalars are not close!\n\nExpected 1.5 but got 1.25.\nAbsolute difference: 0.25 (up to 1e-07 allowed)\nRelative difference: 0.16666666666666666 (up to 1e-07 allowed)',
    ],
    [
      'whole numbers',
      () => close(1, 2),
      'Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1\nRelative difference: 0.5',
    ],
    ['booleans of JavaScript', () => close(true, false), 'Booleans mismatch: true is not false'],
    [
      'items of arrays',
      () => close([T([1]), T([2])], [T([1]), T([2.5])]),
      'Tensor-likes are not close!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: 0.5 at index (0,) (up to 1e-05 allowed)\nGreatest relative difference: 0.20000000298023224 at index (0,) (up to 1.3e-06 allowed)\n\nThe failure occurred for item [1]',
    ],
    [
      'items of objects',
      () => close({ x: [1, 2.5] }, { x: [1, 3.5] }),
      "Scalars are not close!\n\nExpected 3.5 but got 2.5.\nAbsolute difference: 1.0 (up to 1e-07 allowed)\nRelative difference: 0.2857142857142857 (up to 1e-07 allowed)\n\nThe failure occurred for item ['x'][1]",
    ],
    [
      'keys',
      () => close({ a: 1 }, { b: 1 }),
      "The keys of the mappings do not match:\nMissing keys in the actual mapping: ['b']\nAdditional keys in the actual mapping: ['a']",
    ],
    ['lengths', () => close([1], [1, 2]), 'The length of the sequences mismatch: 1 != 2'],
    ['a message of its own', () => close(1, 2, { msg: 'hello' }), 'hello'],
    [
      'a message around the usual one',
      () => close([1], [1, 2], { msg: (m) => `X ${m}` }),
      'X The length of the sequences mismatch: 1 != 2',
    ],
  ];
  for (const [name, body, message] of cases) {
    it(`compares ${name}`, () => {
      assert.throws(
        body,
        (error: unknown) => error instanceof AssertionError && (assert.equal(error.message, message), true),
      );
    });
  }

  it('lets pass what is close', () => {
    close(T([1]), T([1.000001]));
    close(T([NaN]), T([NaN]), { equalNan: true });
    close(T([1]), T([1], 'float64'), { checkDtype: false });
    close(torch.zeros([2]).toSparse(), torch.zeros([2]), { checkLayout: false });
    close(
      [Float32Array.of(1), null, 1n, new Map([['k', 0.5]])],
      [Float32Array.of(1), null, 1, new Map([['k', 0.5 + 1e-9]])],
    );
    close(T([]), T([]));
    close(T([1]), T([1.5]), { rtol: 0.5, atol: 0 });
  });

  it('refuses half of the tolerances, unknown options, and what it cannot compare', () => {
    assert.throws(() => close(T([1]), T([1]), { rtol: 1 }), /got no atol/);
    assert.throws(() => close(T([1]), T([1]), { equal_nan: true } as object), /Did you mean equalNan/);
    assert.throws(() => close(T([1]), 1), /no comparison is able to handle float32\[1\] and 1/);
  });

  it('leaves nothing behind', async () => {
    const [a, b] = [torch.rand([3]), torch.rand([3])];
    const before = await liveTensors();
    assert.throws(() => close(a, b));
    assert.equal(torch.memory().tensors, before);
  });
});
