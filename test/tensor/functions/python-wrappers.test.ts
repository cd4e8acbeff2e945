import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { Tensor, type DType, type Nested } from '../../../ts/tensor';
import { camelCase } from '../../../ts/tensor/operators/schema';

interface Case {
  readonly where: 'torch' | 'method' | 'nn.functional';
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}
type Parameters = readonly (readonly [name: string, fallback: unknown])[];

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/python-wrappers.json'), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly 'torch.functional': Readonly<Record<string, Parameters | null>>;
  readonly 'nn.functional': Readonly<Record<string, Parameters | null>>;
};

interface Plain {
  readonly tensor: Nested<number>;
  readonly dtype: DType;
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && 'tensor' in value;

/** What a value of the golden stands for. */
function made(value: unknown): unknown {
  if (isPlain(value)) {
    if (!value.dtype.startsWith('complex')) return torch.tensor(value.tensor, { dtype: value.dtype });
    return torch.viewAsComplex(
      torch.tensor(value.tensor, { dtype: value.dtype === 'complex64' ? 'float32' : 'float64' }),
    );
  }
  if (Array.isArray(value)) return value.map(made);
  if (typeof value === 'object' && value !== null && 'number' in value)
    return value.number === 'inf' ? Infinity : -Infinity;
  return value;
}

/** Equal in type and shape, and within 1e-5 of each other: sums may be taken in another order on another processor. */
function assertClose(found: unknown, expected: unknown, where = 'result'): void {
  if (isPlain(expected)) {
    assert.ok(found instanceof Tensor, `${where}: expected a tensor, found ${String(found)}`);
    const dense = found.layout === 'strided' ? found : found.toDense();
    const wanted = made(expected) as Tensor;
    assert.deepEqual([dense.dtype, dense.shape], [wanted.dtype, wanted.shape], where);
    if (dense.numel() > 0)
      assert.ok(
        torch.allclose(dense, wanted, { rtol: 1e-5, atol: 1e-5, equalNan: true }),
        `${where}: expected ${String(wanted)}, found ${String(dense)}`,
      );
  } else if (Array.isArray(expected)) {
    assert.ok(
      Array.isArray(found) && found.length === expected.length,
      `${where}: expected ${expected.length} results, found ${String(found)}`,
    );
    for (const [i, item] of expected.entries()) assertClose((found as unknown[])[i], item, `${where}[${i}]`);
  } else assert.deepEqual(found, expected, where);
}

function run({ where, name, args, options }: Case): unknown {
  const given = args.map(made);
  const named = Object.entries(options).map(([key, value]) => [camelCase(key), made(value)]);
  if (named.length > 0) given.push(Object.fromEntries(named));
  const key = camelCase(name);
  const owner: object = where === 'torch' ? torch : where === 'method' ? (given.shift() as Tensor) : nn.functional;
  return Reflect.apply(Reflect.get(owner, key) as (...values: unknown[]) => unknown, owner, given);
}

function title({ where, name, args, options }: Case): string {
  const shown = args.map((value) => (isPlain(value) ? 'tensor' : JSON.stringify(value)?.slice(0, 20)));
  return `${where}.${name}(${[...shown, ...Object.keys(options).map((key) => `${key}=`)].join(', ')})`;
}

describe('what PyTorch does in Python', () => {
  for (const item of golden.cases) {
    it(title(item), () => torch.scope(() => assertClose(run(item), item.result)));
  }

  it('every function of torch.functional is here', () => {
    const absent = Object.keys(golden['torch.functional']).filter((name) => !(camelCase(name) in torch));
    assert.deepEqual(absent, []);
  });
});

describe('the parameters of nn.functional', () => {
  const LEFT_OUT: Readonly<Record<string, string>> = {
    size_average: 'deprecated: reduction',
    reduce: 'deprecated: reduction',
    _stacklevel: 'of warnings in Python',
    out: 'torch.ops has it',
    return_indices: 'the functions WithIndices',
    _random_samples: 'drawn at random',
  };
  const LEFT_OUT_OF: Readonly<Record<string, readonly string[]>> = { gumbel_softmax: ['eps'] }; // without effect in PyTorch

  for (const [name, parameters] of Object.entries(golden['nn.functional'])) {
    const fn: unknown = Reflect.get(nn.functional, camelCase(name));
    if (typeof fn !== 'function' || name === 'multi_head_attention_forward' || !parameters) continue;
    const optional = parameters.filter(
      ([key, value]) => value !== 'required' && !(key in LEFT_OUT) && !LEFT_OUT_OF[name]?.includes(key),
    );
    const required = parameters.length - parameters.filter(([, value]) => value !== 'required').length;
    if (optional.length === 0 || parameters.length === 0) continue;

    it(`${name} has ${optional.map(([key]) => key).join(', ')}`, () => {
      const x = torch.ones([1, 1, 1, 1]);
      let message = '';
      try {
        Reflect.apply(fn, nn.functional, [...Array<Tensor>(Math.max(1, required)).fill(x), { noSuchOption: 1 }]);
      } catch (error) {
        message = (error as Error).message;
      }
      const [, list = ''] = /the option 'noSuchOption' does not exist; it takes (.*)$/.exec(message) ?? [];
      const taken = list.split(', ');
      assert.ok(list !== '', message || 'no error for an option that does not exist');
      const missing = optional.map(([key]) => camelCase(key)).filter((key) => !taken.includes(key));
      assert.deepEqual(missing, []);
    });
  }
});
