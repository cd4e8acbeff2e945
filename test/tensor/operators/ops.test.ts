import assert from 'node:assert/strict';
import { DTypeError, InputError, ShapeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { Tensor } from '../../../ts/tensor';
import { assertNumber } from '../../nn/golden';

const { aten } = torch.ops as { aten: torch.OperatorNamespace };
const call = (name: string, overload: string, ...args: Parameters<torch.OperatorCall>): unknown =>
  aten[name]![overload]!(...args);
const values = (result: unknown): unknown => (result as Tensor).toArray();

describe('torch.ops', () => {
  const x = torch.tensor([
    [1, 2],
    [3, 4],
  ]);

  it('reaches an overload by its name, the nameless one as default', () => {
    assert.deepEqual(values(call('add', 'Tensor', x, x)), [
      [2, 4],
      [6, 8],
    ]);
    assert.deepEqual(values(call('relu', 'default', x.neg())), [
      [0, 0],
      [0, 0],
    ]);
  });

  it('takes keyword arguments as the schema spells them, or in camelCase', () => {
    assert.deepEqual(values(call('add', 'Tensor', x, x, { alpha: -1 })), [
      [0, 0],
      [0, 0],
    ]);
    assert.deepEqual(values(call('div', 'Tensor_mode', x, x, { rounding_mode: 'floor' })), [
      [1, 1],
      [1, 1],
    ]);
    assert.deepEqual(values(call('div', 'Tensor_mode', x, x, { roundingMode: 'floor' })), [
      [1, 1],
      [1, 1],
    ]);
    assert.deepEqual(values(call('sum', 'dim_IntList', x, { dim: [0] })), [4, 6]);
  });

  it('lets trailing arguments out that have a default', () => {
    assert.deepEqual(values(call('sum', 'dim_IntList', x, [1])), [3, 7]);
    assert.deepEqual(values(call('sum', 'dim_IntList', x, [1], true)), [[3], [7]]);
    assert.deepEqual((call('var', 'correction', x) as Tensor).shape, []);
  });

  it('null is None', () => {
    assert.deepEqual(values(call('clamp', 'default', x, null, 2)), [
      [1, 2],
      [2, 2],
    ]);
    assert.deepEqual(values(call('sum', 'dim_IntList', x, null)), 10);
    assert.deepEqual(values(call('index', 'Tensor', x, [null, torch.tensor([1]).long()])), [[2], [4]]);
  });

  it('names types, devices, layouts and memory formats by strings', () => {
    const made = call('empty', 'memory_format', [1, 2, 2, 2], {
      dtype: 'bfloat16',
      device: 'cpu',
      layout: 'strided',
      memory_format: 'channels_last',
    }) as Tensor;
    assert.deepEqual(
      [made.dtype, made.device, made.layout, made.strides],
      ['bfloat16', 'cpu', 'strided', [8, 1, 4, 2]],
    );
  });

  it('several results come as an array, lists of tensors too', () => {
    const [largest, indices] = call('max', 'dim', x, 1) as Tensor[];
    assert.deepEqual(
      [values(largest), values(indices)],
      [
        [2, 4],
        [1, 1],
      ],
    );
    assert.deepEqual((call('unbind', 'int', x) as Tensor[]).map(values), [
      [1, 2],
      [3, 4],
    ]);
  });

  it('gives numbers, booleans and strings as they are', () => {
    assert.equal(call('size', 'int', x, -1), 2);
    assert.equal(call('is_floating_point', 'default', x), true);
    assert.equal(call('result_type', 'Tensor', x, torch.tensor([1n])), 'float32');
  });

  it('gives null for a tensor that is undefined', () => {
    const zeros = torch.zeros([2, 2]);
    const gradients = call(
      'native_layer_norm_backward',
      'default',
      x,
      x,
      [2],
      zeros.sum(1, true),
      zeros.sum(1, true),
      null,
      null,
      [true, false, false],
    ) as unknown[];
    assert.ok(gradients[0] instanceof Tensor);
    assert.deepEqual(gradients.slice(1), [null, null]);
  });

  it('what writes in place, or into `out`, gives that same object', () => {
    const y = x.clone();
    assert.equal(call('add_', 'Tensor', y, x), y);
    const out = torch.empty([2, 2]);
    assert.equal(call('add', 'out', x, x, { out }), out);
    assert.deepEqual(values(out), [
      [2, 4],
      [6, 8],
    ]);
  });

  it('foreach operators and fused optimizers take lists and write them', () => {
    const parameters = [torch.ones([2]), torch.ones([3])];
    const gradients = parameters.map((tensor) => tensor.mul(0.5));
    call('_foreach_add_', 'List', parameters, gradients, { alpha: -2 });
    assert.deepEqual(parameters.map(values), [
      [0, 0],
      [0, 0, 0],
    ]);
    const empty: Tensor[] = [];
    const rest = {
      lr: 0.1,
      momentum: 0,
      weight_decay: 0,
      dampening: 0,
      nesterov: false,
      maximize: false,
      is_first_step: true,
    };
    call('_fused_sgd_', 'default', parameters, gradients, empty, rest);
    assertNumber(parameters[0]!.data()[0] as number, -0.05);
  });

  it('other namespaces are there too', () => {
    const { mkldnn } = torch.ops as { mkldnn: torch.OperatorNamespace };
    assert.match(mkldnn._linear_pointwise!.default!.schema, /^mkldnn::_linear_pointwise\(/);
  });

  it('an overload carries its schema', () => {
    assert.equal(aten.add!.Tensor!.schema, 'aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor');
  });

  it('an unknown operator says what there is', () => {
    assert.throws(() => aten.ad!.default!.schema, {
      name: 'InputError',
      message: 'torch.ops.aten.ad.default: libtorch registers no operator of that name in aten',
    });
    assert.throws(() => call('relu', 'Tensor', x), {
      message: 'torch.ops.aten.relu.Tensor: there is no such overload; relu has default, out',
    });
    assert.throws(() => torch.ops.atenn!.relu!.default!(x), /the namespaces are .*aten, /);
  });

  const refused: readonly [what: string, body: () => unknown, kind: typeof TorchError, message: RegExp][] = [
    [
      'an unknown keyword',
      () => call('add', 'Tensor', x, x, { beta: 1 }),
      InputError,
      /^aten::add\.Tensor: the argument 'beta' does not exist; it takes \(self, other, alpha\)$/,
    ],
    [
      'an argument given twice',
      () => call('add', 'Tensor', x, x, { other: x }),
      InputError,
      /the argument 'other' is given twice/,
    ],
    [
      'too many arguments',
      () => call('relu', 'default', x, 1),
      DTypeError,
      /^aten::relu: expected at most 1 arguments \(self\), found 2$/,
    ],
    [
      'a missing argument',
      () => call('add', 'Tensor', x),
      DTypeError,
      /^aten::add\.Tensor\(float32\[2, 2\]\): argument 'other' \(Tensor\) is missing$/,
    ],
    [
      'undefined where there is no default',
      () => call('add', 'Tensor', x, undefined),
      DTypeError,
      /argument 'other' \(Tensor\) is missing/,
    ],
    [
      'null where None is not allowed',
      () => call('add', 'Tensor', x, null),
      DTypeError,
      /argument 'other' must be Tensor, found null/,
    ],
    [
      'a number for a tensor',
      () => call('relu', 'default', 1),
      DTypeError,
      /argument 'self' must be Tensor, found an integer/,
    ],
    [
      'a string for a number',
      () => call('add', 'Tensor', x, x, 'two'),
      DTypeError,
      /argument 'alpha' must be Scalar, found a string/,
    ],
    ['a list for a tensor', () => call('relu', 'default', [x]), DTypeError, /must be Tensor, found an array/],
    ['a tensor for a list', () => call('cat', 'default', x), DTypeError, /must be Tensor\[\], found a tensor/],
    [
      'a number in a list of tensors',
      () => call('cat', 'default', [x, 1] as never),
      DTypeError,
      /must be Tensor\[\], found an integer/,
    ],
    ['a list inside of a list', () => call('sum', 'dim_IntList', x, [[0]]), DTypeError, /an array inside of an array/],
    ['a fraction for an integer', () => call('select', 'int', x, 0.5, 0), DTypeError, /must be int, found a number/],
    [
      'an unknown dtype',
      () => call('empty', 'memory_format', [1], { dtype: 'float33' }),
      DTypeError,
      /expected a dtype such as 'float32' or 'int64', found 'float33'/,
    ],
    [
      'an unknown device',
      () => call('empty', 'memory_format', [1], { device: 'disk' }),
      DTypeError,
      /expected a device such as 'cpu' or 'cuda:0', found 'disk'/,
    ],
    [
      'an unknown layout',
      () => call('empty', 'memory_format', [1], { layout: 'dense' }),
      DTypeError,
      /expected a layout such as 'strided' or 'sparse_coo', found 'dense'/,
    ],
    [
      'an unknown memory format',
      () => call('contiguous', 'default', x, { memory_format: 'nhwc' }),
      DTypeError,
      /expected a memory format \('contiguous', .*\), found 'nhwc'/,
    ],
    [
      'a bigint beyond 64 bits',
      () => call('add', 'Tensor', x, x, 2n ** 64n),
      DTypeError,
      /expected a bigint of 64 bits, found 18446744073709551616/,
    ],
    [
      'an object of another kind',
      () => call('relu', 'default', new Date() as never),
      DTypeError,
      /expected a tensor, number, string, boolean, array or null, found Date/,
    ],
    ['a function', () => call('relu', 'default', (() => 1) as never), DTypeError, /found a function/],
    [
      'shapes that do not fit',
      () => call('mm', 'default', x, torch.ones([3, 2])),
      ShapeError,
      /^aten::mm\(float32\[2, 2\], float32\[3, 2\]\): mat1 and mat2 shapes cannot be multiplied/,
    ],
  ];
  for (const [what, body, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(body, (error: unknown) => error instanceof kind && message.test(error.message));
    });
  }

  it('an error carries the trace of libtorch out of sight', () => {
    assert.throws(
      () => call('mm', 'default', x, torch.ones([3, 2])),
      (error: unknown) =>
        error instanceof TorchError &&
        /Exception raised from/.test(error.nativeTrace ?? '') &&
        !Object.keys(error).includes('nativeTrace'),
    );
  });
});
