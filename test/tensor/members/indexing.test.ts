import assert from 'node:assert/strict';
import { DTypeError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { slice, type DType, type Index } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { goldenJson } from '../../nn/golden';

/** One index as scripts/golden/tensor_indexing.py writes it. */
type Part =
  | number
  | boolean
  | null
  | '...'
  | Part[]
  | { slice: [number | null, number | null, number | null] }
  | { tensor: Part; dtype: DType };

interface Case {
  index: Part[];
  /** Null where Python refuses. */
  shape: number[] | null;
  values: number[];
  /** Where `x[index] = -1` writes. */
  filled: number[];
  /** What `x[index] = 100, 101, …` leaves; absent where an element is written twice. */
  assigned?: number[];
}

function decode(part: Part): Index {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part as Index;
  if ('slice' in part) return slice(part.slice[0], part.slice[1], part.slice[2] ?? 1);
  return torch.tensor(part.tensor as number[], { dtype: part.dtype });
}

const cases = goldenJson<Case[]>('tensor-indexing');
const base = torch.arange(24).view(2, 3, 4);

describe('index', () => {
  it('gives what Python gives, for every mixture', () => {
    for (const { index, shape, values } of cases) {
      if (!shape) continue;
      torch.scope(() => {
        const found = base.index(...index.map(decode));
        assert.deepEqual(
          { shape: found.shape, values: found.flatten().toArray() },
          { shape, values },
          JSON.stringify(index),
        );
      });
    }
  });

  it('refuses what Python refuses', () => {
    const refused = cases.filter(({ shape }) => !shape);
    assert.ok(refused.length >= 8);
    for (const { index } of refused)
      assert.throws(() => base.index(...index.map(decode)), TorchError, JSON.stringify(index));
  });

  it('numbers, slices and null make views, lists and masks copies', () => {
    const x = torch.zeros([3, 3]);
    x.index(1, slice(0, 2)).fill_(5);
    x.index(null, slice(2, null)).fill_(7);
    x.index([0]).fill_(9);
    x.index(x.eq(0)).fill_(9);
    assert.deepEqual(x.toArray(), [
      [0, 0, 0],
      [5, 5, 0],
      [7, 7, 7],
    ]);
  });

  it('without an index gives another view of the same memory', () => {
    const x = torch.zeros([2]);
    const y = x.index();
    y.fill_(1);
    y.dispose();
    assert.deepEqual(x.toArray(), [1, 1]);
  });

  it('a uint8 tensor masks, a bigint picks', () => {
    const x = torch.arange(4);
    assert.deepEqual(x.index(torch.tensor(Uint8Array.of(1, 0, 0, 1))).toArray(), [0, 3]);
    assert.equal(x.index(2n).item(), 2);
  });

  it('gradients flow through it', () => {
    const x = torch.zeros([3, 2], { requiresGrad: true });
    x.index([0, 0, 2], 1).sum().backward();
    assert.deepEqual(x.grad!.toArray(), [
      [0, 2],
      [0, 0],
      [0, 1],
    ]);
  });

  it('leaves nothing behind but its result', async () => {
    const mask = torch.tensor([false, true, true, false]);
    const before = await liveTensors();
    base.index([0, 1], null, slice(0, 2), mask).dispose();
    assert.equal(torch.memory().tensors, before);
  });

  const refused: readonly [what: string, indices: unknown[], kind: typeof TorchError, message: RegExp][] = [
    ['a number out of range', [2], ShapeError, /index 2 out of range for tensor of size \[2, 3, 4\] at dimension 0/],
    ['too many indices', [0, 0, 0, 0], ShapeError, /too many indices for a tensor of 3 dimensions, found 4/],
    ["two '...'", ['...', '...'], ShapeError, /at most one '\.\.\.'/],
    [
      'lists that do not broadcast',
      [
        [0, 1],
        [0, 1, 2],
      ],
      ShapeError,
      /could not be broadcast together/,
    ],
    ['a mask of another shape', [[true, false, true]], ShapeError, /mask .* does not match/],
    ['a place out of range', [[5]], ShapeError, /index 5 is out of bounds for dimension 0 with size 2/],
    ['a fraction', [0.5], DTypeError, /must be SymInt, found a number/],
    ['a fraction in a list', [[0, 0.5]], DTypeError, /expected integers in the list, found 0\.5/],
    ['numbers among booleans', [[true, 1]], DTypeError, /expected booleans in the list, found 1/],
    ['booleans among numbers', [[0, true]], DTypeError, /expected integers in the list, found true/],
    ['a tensor of fractions', [torch.ones([1])], DTypeError, /found float32\[1\]; convert it with \.to\('int64'\)/],
    ['an object', [{}], DTypeError, /expected a number, null, boolean, slice, '\.\.\.', array or tensor, found Object/],
    ['undefined', [undefined], DTypeError, /found undefined/],
    ['a word', ['first'], DTypeError, /found "first"/],
  ];
  for (const [what, indices, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => base.index(...(indices as Index[])),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
    });
  }
});

describe('indexPut_', () => {
  it('writes a number where Python writes it', () => {
    for (const { index, shape, filled } of cases) {
      if (!shape) continue;
      torch.scope(() => {
        const x = base.clone();
        assert.equal(x.indexPut_(index.map(decode), -1), x);
        const indices = [...x.eq(-1).flatten().nonzero().flatten().data()].map(Number);
        assert.deepEqual(indices, filled, JSON.stringify(index));
      });
    }
  });

  it('writes a tensor as Python does, sizes of 1 before its others uncounted', () => {
    for (const { index, shape, assigned } of cases) {
      if (!shape || !assigned) continue;
      torch.scope(() => {
        const x = base.clone();
        const count = shape.reduce((product, size) => product * size, 1);
        x.indexPut_(index.map(decode), torch.arange(100, 100 + count).view([1, ...shape]));
        assert.deepEqual(x.flatten().toArray(), assigned, JSON.stringify(index));
      });
    }
  });

  it('broadcasts and converts its value', () => {
    const x = torch.zeros([2, 3]);
    x.indexPut_([slice(null), [0, 2]], torch.tensor([[1n], [2n]]));
    assert.deepEqual(x.toArray(), [
      [1, 0, 1],
      [2, 0, 2],
    ]);
    const mask = torch.zeros([2]).bool();
    assert.deepEqual(mask.indexPut_([0], true).toArray(), [true, false]);
    const complex = torch.zeros([2], { dtype: 'complex64' });
    assert.deepEqual(complex.indexPut_([1], { re: 1, im: -1 }).toArray(), [
      { re: 0, im: 0 },
      { re: 1, im: -1 },
    ]);
  });

  it('adds where it is told to accumulate, twice where an element is named twice', () => {
    const x = torch.ones([3]);
    assert.deepEqual(x.indexPut_([[0, 0, 2]], 5, { accumulate: true }).toArray(), [11, 1, 6]);
    assert.deepEqual(x.indexPut_([slice(2)], 1, { accumulate: true }).toArray(), [12, 2, 6]);
  });

  it('without the underscore changes a copy', () => {
    const x = torch.ones([3]);
    assert.deepEqual(
      [x.indexPut([1], 5).toArray(), x.toArray()],
      [
        [1, 5, 1],
        [1, 1, 1],
      ],
    );
  });

  it('takes part in autograd', () => {
    const w = torch.ones([3], { requiresGrad: true });
    const x = w.mul(2);
    x.indexPut_([0], 7).sum().backward();
    assert.deepEqual(w.grad!.toArray(), [0, 2, 2]);
  });

  it('refuses a value whose shape does not fit', () => {
    assert.throws(() => torch.zeros([3]).indexPut_([slice(0, 2)], torch.ones([3])), ShapeError);
    assert.throws(() => torch.zeros([3]).indexPut_([[0, 1]], torch.ones([3])), ShapeError);
  });

  it('refuses a leaf that requires a gradient, as PyTorch does', () => {
    const w = torch.ones([3], { requiresGrad: true });
    assert.throws(
      () => w.indexPut_([0], 1),
      /a view of a leaf Variable that requires grad is being used in an in-place operation\./,
    );
  });
});

describe('slice', () => {
  it('one bound is where it stops', () => assert.deepEqual({ ...slice(3) }, { start: null, stop: 3, step: 1 }));
  it('null leaves a bound open', () =>
    assert.deepEqual({ ...slice(null, null, 2) }, { start: null, stop: null, step: 2 }));
  it('refuses a step below 1', () => {
    for (const step of [0, -1, 0.5]) assert.throws(() => slice(null, null, step), ShapeError);
  });
});
