import assert from 'node:assert/strict';
import { DTypeError, InputError, TorchError } from '../../../ts/errors';
import { torch, type Tensor } from '../../../ts/index';
import { OVERLOADS } from '../../../ts/tensor/generated/overloads';
import { camelCase } from '../../../ts/tensor/operators/schema';

const a = torch.tensor([1.5, -2.5]);
const b = torch.tensor([3, 4]);
const square = torch.tensor([
  [2, 0],
  [1, 4],
]);
const room = (dtype: 'float32' | 'int64' | 'bool' = 'float32'): Tensor => torch.empty([0], { dtype });

describe('the option out', () => {
  // One tensor is written: the call, and what it computes, worked by hand.
  const single: readonly (readonly [
    name: string,
    call: (out: Tensor) => Tensor,
    values: unknown,
    dtype?: 'int64' | 'bool',
  ])[] = [
    ['add', (out) => torch.add(a, b, { alpha: 2, out }), [7.5, 5.5]],
    ['add of a number', (out) => torch.add(a, 1, { out }), [2.5, -1.5]],
    ['mul', (out) => torch.mul(a, b, { out }), [4.5, -10]],
    ['abs', (out) => torch.abs(a, { out }), [1.5, 2.5]],
    ['matmul', (out) => torch.matmul(square, b, { out }), [6, 19]],
    [
      'mm',
      (out) => torch.mm(square, square, { out }),
      [
        [4, 0],
        [6, 16],
      ],
    ],
    [
      'addmm',
      (out) => torch.addmm(torch.ones([2, 2]), square, square, { beta: 2, out }),
      [
        [6, 2],
        [8, 18],
      ],
    ],
    ['cat', (out) => torch.cat([a, b], { out }), [1.5, -2.5, 3, 4]],
    [
      'stack',
      (out) => torch.stack([a, b], 1, { out }),
      [
        [1.5, 3],
        [-2.5, 4],
      ],
    ],
    ['sum', (out) => torch.sum(square, 1, { out }), [2, 5]],
    ['cumsum', (out) => torch.cumsum(b, 0, { out }), [3, 7]],
    ['clamp', (out) => torch.clamp(a, -1, 1, { out }), [1, -1]],
    ['argmax', (out) => torch.argmax(square, { dim: 1, out }), [0, 1], 'int64'],
    ['lt', (out) => torch.lt(a, 0, { out }), [false, true], 'bool'],
    ['where', (out) => torch.where(torch.lt(a, 0), a, b, { out }), [3, -2.5]],
    ['linalg.det', (out) => torch.linalg.det(square, { out }), 8],
  ];
  for (const [name, call, values, dtype] of single) {
    it(`is written and returned by ${name}`, () => {
      const out = room(dtype);
      assert.equal(call(out), out);
      assert.deepEqual(out.ndim === 0 ? out.item() : out.toArray(), values);
    });
  }

  it('is one tensor for each of several results', () => {
    const out = [room(), room('int64')] as const;
    const [values, indices] = torch.sort(b, { descending: true, out });
    assert.deepEqual([values === out[0], indices === out[1]], [true, true]);
    assert.deepEqual(
      [out[0].toArray(), out[1].toArray()],
      [
        [4, 3],
        [1, 0],
      ],
    );
    torch.max(square, 0, false, { out });
    assert.deepEqual(
      [out[0].toArray(), out[1].toArray()],
      [
        [2, 4],
        [0, 1],
      ],
    );
    const top = [room(), room('int64')] as const;
    torch.topk(b, 1, { out: top });
    assert.deepEqual([top[0].toArray(), top[1].toArray()], [[4], [1]]);
  });

  it('may be one of the operands, or a view of which the memory is written', () => {
    const x = torch.tensor([1, 2]);
    torch.add(x, x, { out: x });
    assert.deepEqual(x.toArray(), [2, 4]);
    const board = torch.zeros([2, 2]);
    torch.mul(b, 2, { out: board.select(0, 1) });
    assert.deepEqual(board.toArray(), [
      [0, 0],
      [6, 8],
    ]);
  });

  it('is refused where a gradient is asked for, and taken in noGrad', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true });
    const told =
      /^TorchError: add: expected no tensor that requires a gradient beside out, found one; call it in noGrad or without out$/;
    assert.throws(() => torch.add(x, b, { out: room() }), told);
    assert.throws(() => torch.add(a, b, { out: x }), told);
    assert.deepEqual(torch.noGrad(() => torch.add(x, b, { out: room() })).toArray(), [4, 6]);
  });

  it('of a type that cannot hold the result is refused', () => {
    assert.throws(
      () => torch.add(a, b, { out: room('int64') }),
      (error: Error) =>
        error instanceof DTypeError &&
        /result type Float can't be cast to the desired output type Long/.test(error.message),
    );
    assert.throws(() => torch.add(a, b, { out: torch.empty([1]).expand([2]) }), TorchError);
  });

  it('of another kind is told what it ought to be', () => {
    assert.throws(() => torch.add(a, b, { out: 3 } as never), {
      name: 'DTypeError',
      message: 'add: expected out as a tensor, found 3',
    });
    assert.throws(() => torch.sort(b, { out: room() } as never), {
      name: 'DTypeError',
      message: /sort: expected out as \[values, indices\]/,
    });
    assert.throws(() => torch.add(a, b, { out: room(), aplha: 2 } as never), InputError);
    assert.throws(() => torch.unbind(a, { out: room() } as never), InputError);
    assert.deepEqual(torch.add(a, b, { out: null } as never).toArray(), [4.5, 1.5]);
  });

  it('belongs to every operator that PyTorch has it for', () => {
    const known = new Map(OVERLOADS.map(([name, , , outs]) => [camelCase(name), outs]));
    for (const name of [
      'add',
      'bmm',
      'exp',
      'linalgQr',
      'fftFft',
      'specialErf',
      'gather',
      'indexSelect',
      'median',
      'bitwiseAnd',
    ]) {
      assert.notEqual(known.get(name), undefined, name);
    }
  });
});
