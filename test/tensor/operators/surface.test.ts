import assert from 'node:assert/strict';
import { DTypeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { Tensor, type DType } from '../../../ts/tensor';
import { camelCase } from '../../../ts/tensor/operators/schema';
import { assertClose, goldenJson, goldenTensors } from '../../nn/golden';
import { toleranceOf } from '../../tolerances';

type Value = number | boolean | string | null | { $: string } | Value[];

interface Call {
  how: 'function' | 'method';
  name: string;
  args: Value[];
  options: Record<string, Value>;
  several: boolean;
  results: (number | boolean | string | null)[];
}

const tensors = goldenTensors('tensor-operators');

function decode(value: Value): unknown {
  if (Array.isArray(value)) return value.map(decode);
  return typeof value === 'object' && value !== null ? tensors.get(`in.${value.$}`).clone() : value;
}

/** `linalg.norm` is a member of `torch.linalg`. */
function member(owner: object, name: string): unknown {
  return name.split('.').reduce<unknown>((value, part) => Reflect.get(Object(value), camelCase(part), value), owner);
}

function run({ how, name, args, options }: Call): unknown {
  const live = args.map(decode);
  const named = Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), decode(value)]));
  const rest = Object.keys(named).length > 0 ? [...live, named] : live;
  const [owner, given] = how === 'function' ? [torch, rest] : [rest[0] as Tensor, rest.slice(1)];
  return Reflect.apply(member(owner, name) as (...args: unknown[]) => unknown, owner, given);
}

const brief = (value: Value): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value.$
    : Array.isArray(value)
      ? `[${value.map(brief).join(', ')}]`
      : String(value);

function title({ how, name, args, options }: Call): string {
  const shown = [...args.map(brief), ...Object.entries(options).map(([key, value]) => `${key}=${brief(value)}`)];
  return how === 'function'
    ? `torch.${name}(${shown.join(', ')})`
    : `${shown[0]}.${name}(${shown.slice(1).join(', ')})`;
}

describe('operators as PyTorch users call them', () => {
  const calls = goldenJson<Call[]>('tensor-operators');
  const names = [...new Set(calls.map(({ name }) => name))].sort();
  for (const name of names) {
    it(`${name} gives Python's results`, () => {
      for (const [number, call] of calls.entries()) if (call.name === name) torch.scope(() => compare(call, number));
    });
  }

  function compare(call: Call, number: number): void {
    const what = title(call);
    const found = run(call);
    assert.equal(Array.isArray(found), call.several, `${what}: an array of results`);
    const results = Array.isArray(found) ? found : [found];
    assert.equal(results.length, call.results.length, `${what}: number of results`);
    results.forEach((result: unknown, i) => {
      const plain = call.results[i];
      if (!(result instanceof Tensor)) assert.equal(result, plain, what);
      else
        assertClose(...comparable(result, tensors.get(`out.${number}.${i}`)), {
          what,
          tolerance: toleranceOf((result as Tensor).dtype, call.name),
        });
    });
  }

  /** Types without subtraction compare as numbers, once the types are known to agree. */
  function comparable(actual: Tensor, expected: Tensor): [Tensor, Tensor] {
    assert.equal(actual.dtype, expected.dtype);
    const real = [actual, expected].map((tensor) =>
      tensor.isComplex() ? torch.viewAsReal(tensor.resolveConj()) : tensor.to('float64'),
    );
    return real as [Tensor, Tensor];
  }
});

describe('type promotion', () => {
  const numbers: Record<string, number | boolean> = { true: true, '2': 2, '2.5': 2.5 };
  for (const [row, expected] of Object.entries(
    goldenJson<Record<string, Record<string, string>>>('tensor-promotion'),
  )) {
    const [op, left] = row.split(' ') as [string, DType];
    it(`${op} of ${left} with every type gives Python's type`, () => {
      const found = Object.fromEntries(Object.keys(expected).map((right) => [right, promoted(op, left, right)]));
      assert.deepEqual(found, expected);
    });
  }

  function promoted(op: string, left: DType, right: string): string {
    return torch.scope(() => {
      const x = torch.ones([2], { dtype: left });
      const y = right in numbers ? numbers[right] : torch.ones([2], { dtype: right as DType });
      try {
        return (Reflect.apply(member(torch, op) as () => Tensor, torch, [x, y]) as Tensor).dtype;
      } catch {
        return 'error';
      }
    });
  }
});

describe('arguments', () => {
  const x = torch.tensor([
    [1, 2],
    [3, 4],
  ]);
  const values = (tensor: Tensor): unknown => tensor.toArray();

  it('numbers stand on either side', () => {
    assert.deepEqual(values(torch.sub(10, x)), [
      [9, 8],
      [7, 6],
    ]);
    assert.deepEqual(values(torch.pow(2, x)), [
      [2, 4],
      [8, 16],
    ]);
    assert.deepEqual(values(torch.div(12, x)), [
      [12, 6],
      [4, 3],
    ]);
    assert.deepEqual(values(torch.maximum(x, 2)), [
      [2, 2],
      [3, 4],
    ]);
    assert.deepEqual(values(x.rsub(1)), [
      [0, -1],
      [-2, -3],
    ]);
  });

  it('a number does not widen the type of the tensor beside it', () => {
    const half = torch.ones([1], { dtype: 'float16' });
    assert.equal(torch.mul(0.5, half).dtype, 'float16');
    assert.equal(torch.mul(2, torch.ones([1], { dtype: 'int8' })).dtype, 'int8');
    assert.equal(torch.mul(2.5, torch.ones([1], { dtype: 'int8' })).dtype, 'float32');
    assert.equal(torch.add(1e20, half.float()).dtype, 'float32');
  });

  it('optional arguments go by position or by name', () => {
    assert.deepEqual(values(x.sum(1, true)), [[3], [7]]);
    assert.deepEqual(values(x.sum(1, { keepdim: true })), [[3], [7]]);
    assert.deepEqual(values(torch.sum(x, [0, 1], { keepdim: true })), [[10]]);
    assert.deepEqual(values(x.clamp(null, 2)), [
      [1, 2],
      [2, 2],
    ]);
    assert.deepEqual(values(x.clamp({ max: 2 })), [
      [1, 2],
      [2, 2],
    ]);
  });

  it('undefined counts as left out', () => {
    assert.deepEqual(values(x.sum(1, { keepdim: undefined })), [3, 7]);
    assert.deepEqual(values(x.clamp(undefined, 2)), [
      [1, 2],
      [2, 2],
    ]);
  });

  it('numbers and tensors in a row stand for a list', () => {
    assert.deepEqual(x.view(4).shape, [4]);
    assert.deepEqual(x.reshape(1, 4).shape, [1, 4]);
    assert.deepEqual(x.permute(1, 0).shape, [2, 2]);
    assert.deepEqual(x.repeat(2, 3).shape, [4, 6]);
    assert.deepEqual(torch.einsum('ij,jk->ik', x, x).toArray(), torch.mm(x, x).toArray());
    assert.deepEqual(
      torch.broadcastTensors(x, torch.ones([2])).map(({ shape }) => shape),
      [
        [2, 2],
        [2, 2],
      ],
    );
  });

  it('a typed array stands for a list of numbers', () => {
    const sizes: ArrayLike<number> = Int32Array.of(4, 1);
    assert.deepEqual(x.reshape(sizes as readonly number[]).shape, [4, 1]);
  });

  it('what writes in place returns its tensor', () => {
    const y = x.clone();
    assert.equal(y.add_(1), y);
    assert.equal(y.mul_(y), y);
    assert.equal(y.clamp_(0, 9).zero_(), y);
    assert.deepEqual(values(y), [
      [0, 0],
      [0, 0],
    ]);
  });

  it('several results come as an array', () => {
    const [largest, indices] = x.max(1);
    assert.deepEqual(
      [values(largest), values(indices)],
      [
        [2, 4],
        [1, 1],
      ],
    );
    assert.equal(x.unbind().length, 2);
    assert.deepEqual(torch.where(x.gt(2)).map(values), [
      [1, 1],
      [0, 1],
    ]);
  });

  it('memory formats, layouts, devices and types are strings', () => {
    const image = torch.zeros([1, 2, 3, 4], { dtype: 'float64', device: 'cpu', layout: 'strided' });
    assert.deepEqual(image.contiguous({ memoryFormat: 'channels_last' }).strides, [24, 1, 8, 2]);
    assert.equal(image.sum({ dtype: 'float32' }).dtype, 'float32');
  });

  it('complex numbers are { re, im }', () => {
    assert.deepEqual(x.mul({ re: 0, im: 1 }).index(0).toArray(), [
      { re: 0, im: 1 },
      { re: 0, im: 2 },
    ]);
  });
});

describe('arguments that fit no form of an operator', () => {
  const x = torch.ones([2, 3]);
  const loose = x as unknown as Record<string, (...args: unknown[]) => unknown>;

  const refused: readonly [what: string, call: () => unknown, message: RegExp][] = [
    [
      'a string',
      () => loose.add!('1'),
      /^add: no form takes \(float32\[2, 3\], "1"\); expected add\.Tensor\(Tensor self, Tensor other, /,
    ],
    [
      'an unknown option',
      () => loose.sum!(1, { keepdims: true }),
      /^sum: the option 'keepdims' does not exist\. Did you mean keepdim\?$/,
    ],
    [
      'an option as Python spells it',
      () => Reflect.apply(torch.maxPool2d, torch, [x, 2, { ceil_mode: true }]),
      /^max_pool2d: the option 'ceil_mode' does not exist\. Did you mean ceilMode\?$/,
    ],
    ['an option given twice', () => loose.sum!(1, { dim: 0 }), /no form takes/],
    [
      'too many arguments',
      () => loose.relu!(1, 2),
      /^relu: no form takes \(float32\[2, 3\], 1, 2\); expected relu\(Tensor self\) -> Tensor$/,
    ],
    ['a missing argument', () => loose.transpose!(0), /^transpose: no form takes/],
    ['a fraction as dimension', () => loose.sum!(0.5), /no form takes/],
    ['a function', () => loose.add!(() => 1), /no form takes/],
    ['a symbol', () => loose.add!(Symbol('x')), /no form takes \(float32\[2, 3\], Symbol\(x\)\)/],
    [
      'an array that holds itself',
      () => {
        const list: unknown[] = [];
        list.push(list);
        return Reflect.apply(torch.cat, torch, [list]);
      },
      /no form takes/,
    ],
    ['nothing at all', () => Reflect.apply(torch.relu, torch, []), /no form takes \(\)/],
  ];
  for (const [what, call, message] of refused) {
    it(`${what} is refused with what is expected`, () => {
      assert.throws(call, (error: unknown) => error instanceof TorchError && message.test(error.message));
    });
  }

  it('a method on something else than a tensor is refused', () => {
    assert.throws(() => Reflect.apply(torch.Tensor.prototype.add, {}, [1]), DTypeError);
  });
});
