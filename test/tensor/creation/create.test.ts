import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { DTypeError, InputError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { DType, Tensor, TensorData, TensorOptions } from '../../../ts/tensor';

const looks = ({ dtype, shape }: Tensor): [DType, number[]] => [dtype, shape];

describe('tensor', () => {
  it('infers the type: numbers float32, booleans bool, bigints int64, { re, im } complex64', () => {
    assert.deepEqual(looks(torch.tensor(1)), ['float32', []]);
    assert.deepEqual(looks(torch.tensor([true, false])), ['bool', [2]]);
    assert.deepEqual(looks(torch.tensor([1n])), ['int64', [1]]);
    assert.deepEqual(looks(torch.tensor([{ re: 1, im: 2 }])), ['complex64', [1]]);
  });

  it('of a mixture takes the widest', () => {
    assert.equal(torch.tensor([true, 1]).dtype, 'float32');
    assert.equal(torch.tensor([true, 1n]).dtype, 'int64');
    assert.equal(torch.tensor([1n, 0.5]).dtype, 'float32');
    assert.equal(torch.tensor([1, { re: 0, im: 1 }]).dtype, 'complex64');
  });

  it('nests as deep as its data', () => {
    assert.deepEqual(
      torch.tensor([
        [[1], [2]],
        [[3], [4]],
      ]).shape,
      [2, 2, 1],
    );
    assert.deepEqual(torch.tensor([[[1, 2]]]).toArray(), [[[1, 2]]]);
  });

  it('keeps empty dimensions', () => {
    assert.deepEqual(torch.tensor([]).shape, [0]);
    assert.deepEqual(torch.tensor([[], []]).shape, [2, 0]);
    assert.deepEqual(torch.tensor([[[]]]).shape, [1, 1, 0]);
    assert.equal(torch.tensor([]).dtype, 'float32');
  });

  it('keeps the type of a typed array, alone or in rows', () => {
    assert.deepEqual(looks(torch.tensor(Int16Array.of(1, 2))), ['int16', [2]]);
    assert.deepEqual(torch.tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)]).toArray(), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(torch.tensor(Buffer.from([7, 8])).toArray(), [7, 8]);
  });

  it('converts to what is asked for', () => {
    assert.deepEqual(torch.tensor([1.9, -1.9], { dtype: 'int64' }).toArray(), [1, -1]);
    assert.deepEqual(torch.tensor([0, 2, NaN, -0], { dtype: 'bool' }).toArray(), [false, true, true, false]);
    assert.deepEqual(torch.tensor([1, 2], { dtype: 'bfloat16' }).dtype, 'bfloat16');
    assert.deepEqual(torch.tensor([true], { dtype: 'float64' }).toArray(), [1]);
    assert.deepEqual(torch.tensor([1, 2], { dtype: 'complex128' }).toArray(), [
      { re: 1, im: 0 },
      { re: 2, im: 0 },
    ]);
    assert.deepEqual(torch.tensor([-1], { dtype: 'uint8' }).toArray(), [255]);
  });

  it('keeps all 64 bits of a bigint and all 53 of a number', () => {
    const extremes = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
    assert.deepEqual([...torch.tensor(extremes).data()], extremes);
    assert.deepEqual([...torch.tensor([2n ** 64n - 1n], { dtype: 'uint64' }).data()], [2n ** 64n - 1n]);
    assert.equal(torch.tensor([2 ** 53 - 1], { dtype: 'float64' }).item(), 2 ** 53 - 1);
    assert.equal(torch.tensor([2 ** 53 - 1], { dtype: 'int64' }).item(), 2 ** 53 - 1);
  });

  it('can require a gradient', () => {
    const w = torch.tensor([1, 2], { requiresGrad: true });
    assert.deepEqual([w.requiresGrad, w.isLeaf, w.gradFn], [true, true, null]);
    assert.equal(torch.tensor([1], { requiresGrad: true, dtype: 'float64' }).isLeaf, true);
  });

  const loose = torch.tensor as (data: unknown, options?: unknown) => Tensor;
  const refused: readonly [what: string, data: unknown, options: unknown, kind: typeof TorchError, message: RegExp][] =
    [
      [
        'rows of different lengths',
        [[1, 2], [3]],
        {},
        ShapeError,
        /expected 2 elements in each row at depth 1, found 1 elements/,
      ],
      ['a number among rows', [[1, 2], 3], {}, ShapeError, /expected 2 elements in each row at depth 1, found 3/],
      ['a row among numbers', [1, [2]], {}, ShapeError, /expected a number at depth 1, found an array/],
      ['a hole', [1, , 3], {}, DTypeError, /found undefined/],
      ['null', [null], {}, DTypeError, /found null/],
      ['a string', 'one', {}, DTypeError, /found "one"/],
      ['strings', ['1'], {}, DTypeError, /found "1"/],
      ['undefined', undefined, {}, DTypeError, /found undefined/],
      ['an object', { a: 1 }, {}, DTypeError, /found Object/],
      ['a tensor', torch.ones([1]), {}, DTypeError, /found a tensor; use tensor\.clone\(\) or tensor\.to\(\)/],
      ['a DataView', new DataView(new ArrayBuffer(4)), {}, DTypeError, /expected a typed array, found DataView/],
      ['an array that holds itself', cyclic(), {}, ShapeError, /at most 64 arrays inside one another/],
      [
        'what does not fit an integer type',
        [300],
        { dtype: 'uint8' },
        DTypeError,
        /^tensor: 300 does not fit into uint8$/,
      ],
      ['a negative number beyond its range', [-129], { dtype: 'int8' }, DTypeError, /-129 does not fit into int8/],
      ['NaN as an integer', [NaN], { dtype: 'int64' }, DTypeError, /NaN does not fit into int64/],
      ['infinity as an integer', [Infinity], { dtype: 'int32' }, DTypeError, /Infinity does not fit into int32/],
      ['a bigint beyond int64', [2n ** 63n], {}, DTypeError, /9223372036854775808 does not fit into int64/],
      [
        'a complex number as a real one',
        [{ re: 1, im: 0 }],
        { dtype: 'float32' },
        DTypeError,
        /expected real numbers for float32/,
      ],
      [
        'an unknown type',
        [1],
        { dtype: 'float' },
        DTypeError,
        /expected a dtype such as 'float32' or 'int64', found 'float'/,
      ],
      [
        'an unknown device',
        [1],
        { device: 'gpu' },
        DTypeError,
        /expected a device such as 'cpu' or 'cuda:0', found 'gpu'/,
      ],
      [
        'an unknown option',
        [1],
        { dtyp: 'int8' },
        InputError,
        /^tensor: the option 'dtyp' does not exist\. Did you mean dtype\?$/,
      ],
      ['options that are no object', [1], 'int8', InputError, /expected its options as an object, found "int8"/],
      [
        'a gradient for integers',
        [1n],
        { requiresGrad: true },
        DTypeError,
        /Only Tensors of floating point and complex dtype can require gradients/,
      ],
    ];
  for (const [what, data, options, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => loose(data, options),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
    });
  }

  function cyclic(): unknown[] {
    const list: unknown[] = [];
    list.push(list);
    return list;
  }
});

describe('fromTypedArray', () => {
  const kinds: readonly [DType, NodeJS.TypedArray][] = [
    ['float32', Float32Array.of(1.5, -2)],
    ['float64', Float64Array.of(1e300)],
    ['int8', Int8Array.of(-128)],
    ['int16', Int16Array.of(-2)],
    ['int32', Int32Array.of(1, 2, 3)],
    ['int64', BigInt64Array.of(-(2n ** 62n))],
    ['uint8', Uint8Array.of(255)],
    ['uint8', Uint8ClampedArray.of(300)],
    ['uint16', Uint16Array.of(65535)],
    ['uint32', Uint32Array.of(2 ** 32 - 1)],
    ['uint64', BigUint64Array.of(2n ** 64n - 1n)],
  ];
  for (const [dtype, array] of kinds) {
    it(`${array.constructor.name} becomes ${dtype} and comes back`, () => {
      const tensor = torch.fromTypedArray(array);
      assert.deepEqual(looks(tensor), [dtype, [array.length]]);
      assert.deepEqual([...tensor.data()], [...array]);
    });
  }

  it('takes a shape', () => {
    assert.deepEqual(torch.fromTypedArray(Float32Array.of(1, 2, 3, 4), [2, 2]).toArray(), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(torch.fromTypedArray(new Float32Array(0), [3, 0]).shape, [3, 0]);
    assert.deepEqual(torch.fromTypedArray(Float32Array.of(7), []).item(), 7);
  });

  it('sees only the part of the buffer that the array sees', () => {
    const whole = Float32Array.of(0, 1, 2, 3, 4);
    assert.deepEqual(torch.fromTypedArray(whole.subarray(1, 3)).toArray(), [1, 2]);
  });

  it('copies by default', () => {
    const array = Float32Array.of(1, 2);
    const tensor = torch.fromTypedArray(array);
    array[0] = 9;
    assert.deepEqual(tensor.toArray(), [1, 2]);
  });

  it('shares the memory of a borrowed array, both ways', () => {
    const array = Float32Array.of(1, 2);
    const tensor = torch.fromTypedArray(array, [2], { copy: false });
    array[0] = 9;
    assert.deepEqual(tensor.toArray(), [9, 2]);
    tensor.mul_(2);
    assert.deepEqual([...array], [18, 4]);
  });

  it('takes shared memory, copied or borrowed', () => {
    const array = new Float32Array(new SharedArrayBuffer(8));
    array.set([1, 2]);
    assert.deepEqual(torch.tensor(array).toArray(), [1, 2]);
    torch.fromTypedArray(array, [2], { copy: false }).add_(1);
    assert.deepEqual([...array], [2, 3]);
  });

  it('a borrowed buffer is never handed to another thread', () => {
    const array = Float32Array.of(1, 2);
    const tensor = torch.fromTypedArray(array, [2], { copy: false });
    const { port1, port2 } = new MessageChannel();
    for (const send of [
      () => structuredClone(array, { transfer: [array.buffer] }),
      () => port1.postMessage(array, [array.buffer]),
    ]) {
      try {
        send(); // Node 20 copies, newer ones refuse
      } catch (error) {
        assert.equal((error as Error).name, 'DataCloneError');
      }
      assert.equal(array.length, 2);
    }
    port2.close();
    assert.deepEqual(tensor.toArray(), [1, 2]);
  });

  it('converts on the way', () => {
    const tensor = torch.fromTypedArray(Uint8Array.of(1, 2), [2], { dtype: 'float64', copy: false });
    assert.deepEqual(looks(tensor), ['float64', [2]]);
  });

  const loose = torch.fromTypedArray as (...args: unknown[]) => Tensor;
  const refused: readonly [what: string, args: unknown[], kind: typeof TorchError, message: RegExp][] = [
    [
      'a shape that does not fit',
      [new Float32Array(4), [3]],
      ShapeError,
      /the shape \[3\] has 3 elements, the typed array 4/,
    ],
    ['a negative size', [new Float32Array(4), [-4]], ShapeError, /sizes of at least 0, found -4/],
    ['a fraction of a size', [new Float32Array(4), [2.5]], ShapeError, /found 2\.5/],
    ['a shape beyond all numbers', [new Float32Array(4), [2 ** 52, 2 ** 52]], ShapeError, /the typed array 4/],
    ['a plain array', [[1, 2]], DTypeError, /expected a typed array, found \[1, 2\]/],
    ['nothing', [], DTypeError, /expected a typed array, found undefined/],
    ['an unknown option', [new Float32Array(4), [4], { share: true }], InputError, /the option 'share' does not exist/],
  ];
  for (const [what, args, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => loose(...args),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
    });
  }

  it('refuses to borrow a buffer that may change its size', () => {
    const buffer = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }]) as ArrayBuffer;
    assert.throws(
      () => torch.fromTypedArray(new Float32Array(buffer, 0, 2), [2], { copy: false }),
      /a resizable buffer cannot be shared; copy it/,
    );
  });
});

describe('filled tensors', () => {
  it('take their sizes as a list or in a row', () => {
    assert.deepEqual(torch.zeros([2, 3]).shape, [2, 3]);
    assert.deepEqual(torch.zeros(2, 3).shape, [2, 3]);
    assert.deepEqual(torch.ones([]).item(), 1);
    assert.deepEqual(torch.rand(0).shape, [0]);
  });

  it('take dtype, device and requiresGrad', () => {
    const made = torch.ones([2], { dtype: 'float64', device: 'cpu', requiresGrad: true });
    assert.deepEqual([made.dtype, made.requiresGrad, made.isLeaf], ['float64', true, true]);
    assert.equal(torch.empty([2], { device: 'meta' }).device, 'meta');
    assert.equal(torch.zerosLike(made, { requiresGrad: true }).requiresGrad, true);
    assert.equal(torch.eye(2, { requiresGrad: true }).requiresGrad, true);
  });

  it('have the types of PyTorch', () => {
    assert.equal(torch.full([1], 1).dtype, 'float32');
    assert.equal(torch.full([1], true).dtype, 'bool');
    assert.equal(torch.full([1], 1n).dtype, 'int64');
    assert.equal(torch.arange(3).dtype, 'int64');
    assert.equal(torch.arange(0, 1, 0.25).dtype, 'float32');
    assert.equal(torch.randint(3, [2]).dtype, 'int64');
    assert.equal(torch.randperm(3).dtype, 'int64');
    assert.equal(torch.zerosLike(torch.tensor([1n])).dtype, 'int64');
  });

  it('ranges', () => {
    assert.deepEqual(torch.arange(3).toArray(), [0, 1, 2]);
    assert.deepEqual(torch.arange(1, 4).toArray(), [1, 2, 3]);
    assert.deepEqual(torch.arange(4, 0, -2, { dtype: 'float32' }).toArray(), [4, 2]);
    assert.deepEqual(torch.linspace(0, 1, 5).toArray(), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(torch.logspace(0, 2, 3).toArray(), [1, 10, 100]);
    assert.deepEqual(torch.logspace(0, 2, 3, 2).toArray(), [1, 2, 4]);
    assert.deepEqual(torch.eye(2, 3).toArray(), [
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('after the shape of others', () => {
    const x = torch.zeros([2, 1]);
    assert.deepEqual(torch.onesLike(x).toArray(), [[1], [1]]);
    assert.deepEqual(torch.fullLike(x, 7).toArray(), [[7], [7]]);
    assert.deepEqual(
      [torch.emptyLike(x), torch.randLike(x), torch.randnLike(x)].map(({ shape }) => shape),
      [
        [2, 1],
        [2, 1],
        [2, 1],
      ],
    );
  });

  const loose = torch.zeros as unknown as (...args: unknown[]) => Tensor;
  const refused: readonly [what: string, args: unknown[], kind: typeof TorchError, message: RegExp][] = [
    ['a negative size', [[-1]], ShapeError, /non-negative/],
    ['a fraction of a size', [[1.5]], DTypeError, /no form takes/],
    ['a string', ['2'], DTypeError, /no form takes \("2"\)/],
    ['an unknown option', [[2], { dtyp: 'int8' }], InputError, /the option 'dtyp' does not exist/],
    ['more than there is memory for', [[2 ** 50]], TorchError, /DefaultCPUAllocator: can't allocate memory/],
    ['more than can be counted', [[2 ** 52, 2 ** 52]], ShapeError, /overflowed/],
  ];
  for (const [what, args, kind, message] of refused) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => loose(...args),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
    });
  }
});

describe('asTensor', () => {
  it('gives a tensor itself when nothing changes, and makes one of anything else', () => {
    const x = torch.ones([2]);
    assert.equal(torch.asTensor(x), x);
    assert.equal(torch.asTensor(x, { dtype: 'float64' }).dtype, 'float64');
    const data: TensorData = [1, 2];
    const options: TensorOptions = { dtype: 'int32' };
    assert.deepEqual(looks(torch.asTensor(data, options)), ['int32', [2]]);
  });
});
