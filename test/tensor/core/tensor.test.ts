import assert from 'node:assert/strict';
import { DisposedTensorError, DTypeError, InputError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { DTYPES, Tensor, type DataArray, type DType } from '../../../ts/tensor';
import { isQuantized } from '../../../ts/tensor/types/dtype';

/** The typed array in which each element type comes to JavaScript. */
const ARRAYS: Record<string, new (values: never) => DataArray> = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
  complex32: Float32Array,
  complex64: Float32Array,
  complex128: Float64Array,
  float8_e5m2: Float32Array,
  float8_e4m3fn: Float32Array,
  float8_e5m2fnuz: Float32Array,
  float8_e4m3fnuz: Float32Array,
  float8_e8m0fnu: Float32Array,
};

const isComplex = (dtype: DType): boolean => dtype.startsWith('complex');

describe('the elements of a tensor', () => {
  for (const dtype of DTYPES.filter((name) => !isQuantized(name))) {
    const tensor = torch
      .tensor([
        [1, 0, 1],
        [0, 1, 1],
      ])
      .to(dtype);
    // float8_e8m0fnu holds powers of two alone, no zero.
    const source =
      dtype === 'float8_e8m0fnu'
        ? torch
            .tensor([
              [1, 4, 1],
              [4, 1, 1],
            ])
            .to(dtype)
        : tensor;
    const other = dtype === 'float8_e8m0fnu' ? 4 : 0;

    it(`data() of ${dtype} is a flat copy`, () => {
      const data = source.data();
      assert.ok(data instanceof ARRAYS[dtype]!);
      const expected = isComplex(dtype) ? [1, 0, other, 0, 1, 0, other, 0, 1, 0, 1, 0] : [1, other, 1, other, 1, 1];
      assert.deepEqual(Array.from(data as Float32Array, Number), expected);
      new Uint8Array(data.buffer).fill(7);
      assert.deepEqual(Number(source.data()[0]), 1);
    });

    it(`toArray() of ${dtype} nests`, () => {
      const value = (x: number): unknown => (dtype === 'bool' ? x === 1 : isComplex(dtype) ? { re: x, im: 0 } : x);
      assert.deepEqual(
        source.toArray<unknown>(),
        [
          [1, other, 1],
          [other, 1, 1],
        ].map((row) => row.map(value)),
      );
    });

    it(`item() of ${dtype} is one value`, () => {
      const expected = dtype === 'bool' ? true : isComplex(dtype) ? { re: 1, im: 0 } : 1;
      assert.deepEqual(source.select(0, 0).select(0, 0).item(), expected);
    });
  }

  it('of an int64 beyond 2^53 stay bigints', () => {
    const x = torch.tensor([2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n)]);
    assert.deepEqual(x.toArray<number | bigint>(), [2 ** 53 - 1, 2n ** 53n, -(2n ** 63n)]);
    assert.deepEqual(
      [0, 1, 2].map((i) => x.index(i).item()),
      [2 ** 53 - 1, 2n ** 53n, -(2n ** 63n)],
    );
    assert.equal(torch.tensor([2n ** 64n - 1n], { dtype: 'uint64' }).item(), 2n ** 64n - 1n);
  });

  it('keep infinities, NaN and the sign of zero', () => {
    const values = [Infinity, -Infinity, NaN, -0];
    for (const dtype of ['float64', 'float32', 'float16', 'bfloat16'] as const)
      assert.deepEqual(torch.tensor(values, { dtype }).toArray(), values);
    assert.ok(Object.is(torch.tensor(-0).item(), -0));
  });

  it('come in row-major order, whatever the strides', () => {
    const x = torch.arange(6).view(2, 3);
    assert.deepEqual([...x.T.data()], [0n, 3n, 1n, 4n, 2n, 5n]);
    assert.deepEqual(x.T.toArray(), [
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    assert.deepEqual([...torch.ones([1]).expand(3).data()], [1, 1, 1]);
    assert.deepEqual(
      torch
        .tensor([{ re: 1, im: 2 }])
        .conj()
        .toArray(),
      [{ re: 1, im: -2 }],
    );
    assert.deepEqual(
      torch
        .tensor([{ re: 1, im: 2 }])
        .conj()
        .imag()
        .toArray(),
      [-2],
    );
  });

  it('of a tensor that requires a gradient come without asking', () => {
    const w = torch.ones([2], { requiresGrad: true });
    assert.deepEqual([w.toArray(), [...w.mul(2).data()], w.sum().item()], [[1, 1], [2, 2], 2]);
  });

  it('of empty tensors are empty', () => {
    assert.deepEqual(
      [torch.zeros([0]).toArray(), torch.zeros([2, 0]).toArray(), torch.zeros([0, 2]).toArray()],
      [[], [[], []], []],
    );
    assert.equal(torch.zeros([3, 0]).data().length, 0);
  });

  it('are not there on the meta device', () => {
    assert.throws(() => torch.zeros([2], { device: 'meta' }).data(), TorchError);
    assert.throws(() => torch.zeros([], { device: 'meta' }).item(), TorchError);
  });

  it('item() refuses more or fewer than one', () => {
    assert.throws(() => torch.ones([3]).item(), {
      name: 'ShapeError',
      message: /a Tensor with 3 elements cannot be converted to Scalar/,
    });
    assert.throws(() => torch.ones([0]).item(), ShapeError);
  });
});

describe('what a tensor looks like', () => {
  const x = torch.zeros([2, 3, 4], { dtype: 'float64' });

  it('shape, dtype, device, layout, ndim, strides', () => {
    assert.deepEqual(
      [x.shape, x.dtype, x.device, x.layout, x.ndim, x.strides],
      [[2, 3, 4], 'float64', 'cpu', 'strided', 3, [12, 4, 1]],
    );
    assert.deepEqual([torch.ones([]).shape, torch.ones([]).ndim], [[], 0]);
    assert.equal(torch.eye(2).toSparse().layout, 'sparse_coo');
  });

  it('the shape is a copy', () => {
    x.shape[0] = 9;
    assert.equal(x.shape[0], 2);
  });

  it('size, dim, numel, stride, bytes', () => {
    assert.deepEqual([x.size(), x.size(0), x.size(-1), x.dim(), x.numel()], [[2, 3, 4], 2, 4, 3, 24]);
    assert.deepEqual([x.stride(), x.stride(-1), x.stride(0)], [[12, 4, 1], 1, 12]);
    assert.deepEqual([x.elementSize(), x.itemsize, x.nbytes], [8, 8, 192]);
    assert.throws(() => x.size(3), ShapeError);
    assert.throws(() => x.stride(-4), ShapeError);
  });

  it('T reverses the dimensions, mT the last two, H and mH conjugate', () => {
    assert.deepEqual(
      [x.T.shape, x.mT.shape, x.mH.shape],
      [
        [4, 3, 2],
        [2, 4, 3],
        [2, 4, 3],
      ],
    );
    assert.deepEqual(
      torch
        .tensor([
          [
            { re: 1, im: 1 },
            { re: 2, im: 0 },
          ],
        ])
        .H.toArray(),
      [[{ re: 1, im: -1 }], [{ re: 2, im: -0 }]],
    );
    assert.throws(() => x.H, /expected a matrix, found 3 dimensions; use mH/);
  });

  it('iterates over its first dimension', () => {
    assert.deepEqual(
      [...torch.arange(4).view(2, 2)].map((row) => row.toArray()),
      [
        [0, 1],
        [2, 3],
      ],
    );
    assert.throws(() => [...torch.ones([])], ShapeError);
  });

  it('a tensor of more dimensions than libtorch prints is no crash', () => {
    let deep = torch.ones([1]);
    for (let i = 0; i < 3000; i++) deep = deep.unsqueeze(0);
    assert.throws(() => deep.shape, /3001 dimensions/);
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});

describe('to', () => {
  const x = torch.tensor([1.5, -2]);

  it('converts the type', () => {
    assert.deepEqual(
      [x.to('int64').toArray(), x.to({ dtype: 'bool' }).toArray(), x.to('float16').dtype],
      [[1, -2], [true, true], 'float16'],
    );
  });

  it('gives the tensor itself when nothing changes, unless a copy is asked for', () => {
    assert.equal(x.to('float32'), x);
    assert.equal(x.to({ device: 'cpu' }), x);
    assert.equal(x.cpu(), x);
    const copy = x.to({ dtype: 'float32', copy: true });
    copy.fill_(0);
    assert.deepEqual(x.toArray(), [1.5, -2]);
  });

  it('takes type and device of another tensor', () => {
    assert.equal(x.to(torch.tensor([1n])).dtype, 'int64');
    assert.deepEqual([x.to(torch.empty([1], { device: 'meta' })).device], ['meta']);
  });

  it('keeps strides, and lets gradients through', () => {
    const w = torch.ones([2, 3], { requiresGrad: true });
    const converted = w.T.to('float64');
    assert.deepEqual(converted.strides, [1, 3]);
    converted.sum().backward();
    assert.deepEqual([w.grad!.dtype, w.grad!.shape], ['float32', [2, 3]]);
  });

  it('has a short name for each common type', () => {
    const names = [
      'float',
      'double',
      'half',
      'bfloat16',
      'long',
      'int',
      'short',
      'char',
      'byte',
      'bool',
      'cfloat',
      'cdouble',
    ] as const;
    const types = [
      'float32',
      'float64',
      'float16',
      'bfloat16',
      'int64',
      'int32',
      'int16',
      'int8',
      'uint8',
      'bool',
      'complex64',
      'complex128',
    ];
    assert.deepEqual(
      names.map((name) => torch.tensor([1])[name]().dtype),
      types,
    );
  });

  const loose = (target: unknown): unknown => Reflect.apply(x.to, x, [target]);
  const refused: readonly [what: string, target: unknown, kind: typeof TorchError, message: RegExp][] = [
    ['an unknown type', 'float', DTypeError, /expected a dtype such as 'float32' or 'int64', found 'float'/],
    ['an unknown device', { device: 'disk' }, DTypeError, /expected a device such as 'cpu' or 'cuda:0', found 'disk'/],
    ['a number', 3, InputError, /expected its options as an object, found 3/],
    ['nothing', undefined, InputError, /found undefined/],
    [
      'an unknown option',
      { kind: 'int8' },
      InputError,
      /the option 'kind' does not exist; it takes dtype, device, nonBlocking, copy/,
    ],
  ];
  for (const [what, target, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => loose(target),
        (error: unknown) => error instanceof kind && message.test(error.message),
      );
    });
  }
});

describe('a handle that names no tensor', () => {
  const disposed = (): Tensor => {
    const tensor = torch.ones([2], { requiresGrad: true });
    tensor.dispose();
    return tensor;
  };

  const uses: Record<string, (tensor: Tensor) => unknown> = {
    shape: (tensor) => tensor.shape,
    dtype: (tensor) => tensor.dtype,
    grad: (tensor) => tensor.grad,
    layout: (tensor) => tensor.layout,
    gradFn: (tensor) => tensor.gradFn,
    data: (tensor) => tensor.data(),
    toArray: (tensor) => tensor.toArray(),
    item: (tensor) => tensor.item(),
    add: (tensor) => tensor.add(1),
    'add as second': (tensor) => torch.ones([2]).add(tensor),
    cat: (tensor) => torch.cat([torch.ones([2]), tensor]),
    backward: (tensor) => tensor.backward(),
    'backward with it as gradient': (tensor) => torch.ones([2], { requiresGrad: true }).mul(1).backward(tensor),
    index: (tensor) => tensor.index(0),
    'index by it': (tensor) => torch.ones([2]).index(tensor),
    indexPut_: (tensor) => tensor.indexPut_([0], 1),
    to: (tensor) => tensor.to('float64'),
    requiresGrad_: (tensor) => tensor.requiresGrad_(),
    'set grad': (tensor) => (tensor.grad = null),
    'grad of another': (tensor) => (torch.ones([2], { requiresGrad: true }).grad = tensor),
    'torch.ops': (tensor) => torch.ops.aten!.relu!.default!(tensor),
    'autograd.grads': (tensor) => torch.autograd.grads([tensor]),
    setRngState: (tensor) => torch.setRngState(tensor),
    iteration: (tensor) => [...tensor],
  };
  for (const [name, use] of Object.entries(uses)) {
    it(`disposed: ${name} throws`, () => assert.throws(() => use(disposed()), DisposedTensorError));
  }

  it('disposed: the message says so, and names the operator', () => {
    assert.throws(
      () => disposed().shape,
      /the tensor was disposed, or the scope or forward that made it has ended; return it from there, or exempt it with torch\.keep\(tensor\)/,
    );
    assert.throws(
      () => torch.ones([2]).add(disposed()),
      /^DisposedTensorError: aten::add\.Tensor\(float32\[2\], disposed tensor\): the tensor was disposed/,
    );
  });

  it('stale: the slot has a new tensor, the old handle none', () => {
    const first = torch.ones([2]);
    const handle = first._handle;
    first.dispose();
    const second = torch.zeros([3]);
    const stale = new Tensor(handle);
    assert.throws(() => stale.shape, DisposedTensorError);
    stale.dispose();
    assert.deepEqual(second.shape, [3]);
  });

  it('forged: no number leads anywhere but to an error', () => {
    // Slot in the low 24 bits, generation above: 1 and 12345 are of generation 0, which none has. A slot and a generation that
    // begin like others may be alive, whatever ran before; the last slot, and the last generation of the first, are not.
    for (const forged of [
      1,
      12345,
      -1,
      0.5,
      NaN,
      Infinity,
      -Infinity,
      2 ** 53,
      1e300,
      2 ** 25 - 1,
      2 ** 53 - 2 ** 24,
    ]) {
      const tensor = new Tensor(forged);
      for (const use of [
        () => tensor.shape,
        () => tensor.add(1),
        () => tensor.backward(),
        () => tensor.data(),
        () => torch.stack([tensor]),
      ])
        assert.throws(use, TorchError, String(forged));
      tensor.dispose();
    }
    for (const forged of ['1', null, undefined, {}, 5n])
      assert.throws(() => new Tensor(forged as number).shape, Error, String(forged));
  });

  it('foreign: objects that only look like tensors are refused', () => {
    const foreign = [
      {},
      Object.create(Tensor.prototype) as object,
      { _handle: torch.ones([1])._handle },
      [],
      'x',
      5,
      null,
    ];
    for (const object of foreign) {
      assert.throws(() => Reflect.apply(torch.relu, torch, [object]), TorchError);
      assert.throws(() => Reflect.apply(torch.Tensor.prototype.relu, object, []), TorchError);
      assert.throws(() => torch.ops.aten!.relu!.default!(object as never), TorchError);
    }
    assert.throws(() => torch.autograd.backward({} as Tensor), DTypeError);
    assert.throws(() => (torch.ones([1], { requiresGrad: true }).grad = {} as Tensor), DTypeError);
  });
});
