import assert from 'node:assert/strict';
import { DTypeError, TorchError } from '../../ts/errors';
import { functional as F } from '../../ts/nn';
import * as torch from '../../ts/tensor';

const call = (fn: unknown, args: readonly unknown[]): unknown =>
  Reflect.apply(fn as (...values: unknown[]) => unknown, null, args);

describe('nn.functional with arguments of another kind', () => {
  const x = torch.keep(torch.ones([2, 3]));
  const lists: readonly (readonly unknown[])[] = [
    [],
    [null],
    [undefined],
    [x, null],
    [x, undefined, undefined],
    ['a', x],
    [x, x, null],
    [
      [1, 2],
      [1, 2],
    ],
    [3, 3],
    [null, 2, 2],
    [x, 2, 2, null],
    [{}, {}],
  ];

  for (const [name, fn] of Object.entries(F)) {
    if (typeof fn !== 'function' || name === 'multiHeadAttentionForward') continue; // of the layer, which checks
    it(`${name} gives a result or an error of the library`, () => {
      for (const args of lists) {
        try {
          torch.scope(() => void call(fn, args));
        } catch (error) {
          assert.ok(error instanceof TorchError, `${name}(${args.map(String).join(', ')}): ${String(error)}`);
        }
      }
    });
  }

  it('names the argument and what was found', () => {
    assert.throws(
      () => call(F.mseLoss, [x, null]),
      new DTypeError('mseLoss: expected a tensor for target, found null'),
    );
    assert.throws(
      () => call(F.crossEntropy, [[1], x]),
      new DTypeError('crossEntropy: expected a tensor for input, found [1]'),
    );
    assert.throws(
      () => call(F.ctcLoss, [x, x, 3, 3]),
      /^DTypeError: ctcLoss: expected lengths as a tensor or an array of numbers, found 3/,
    );
  });
});
