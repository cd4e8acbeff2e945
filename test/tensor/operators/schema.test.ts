import assert from 'node:assert/strict';
import { TorchError } from '../../../ts/errors';
import { binding } from '../../../ts/native/binding';
import { camelCase, parseSchema, type Schema, type SchemaParameter } from '../../../ts/tensor/operators/schema';

/** What libtorch prints for a parsed schema, put together again. */
function write({ namespace, name, overload, parameters }: Schema): string {
  const parts: string[] = [];
  parameters.forEach((parameter, i) => {
    if (parameter.keywordOnly && !parameters[i - 1]?.keywordOnly) parts.push('*');
    parts.push(parameter.name);
  });
  return `${namespace}::${name}${overload ? `.${overload}` : ''}(${parts.join(', ')})`;
}

describe('parseSchema', () => {
  const texts = binding.schemas();

  it('understands every schema of the loaded libtorch', () => {
    assert.ok(texts.length > 3000, `${texts.length} schemas`);
    for (const text of texts) {
      const schema = parseSchema(text);
      assert.ok(text.startsWith(write(schema).split('(')[0]!), text);
      assert.equal(schema.text, text);
    }
  });

  it('reads every parameter down to a type it knows', () => {
    const bases = new Set(texts.flatMap((text) => parseSchema(text).parameters.map(({ base }) => base)));
    const plain = [
      'Any',
      'Device',
      'Generator',
      'Layout',
      'MemoryFormat',
      'Scalar',
      'ScalarType',
      'Storage',
      'Stream',
      'Tensor',
      'bool',
      'float',
      'int',
      'str',
    ];
    const nested = ['Tensor[][]', 'str[][]']; // no value of JavaScript fits these
    assert.deepEqual([...bases].filter((base) => !base.startsWith('__torch__.')).sort(), [...plain, ...nested].sort());
  });

  it('names every parameter and every result', () => {
    for (const text of texts) {
      const { parameters, returns } = parseSchema(text);
      for (const { name, key } of parameters) assert.match(`${name} ${key}`, /^\w+ \w+$/, text);
      for (const type of returns) assert.match(type, /^(\w|\.)+(\[\])*\??$/, text);
    }
  });

  const parameter = (text: string): SchemaParameter => parseSchema(`aten::f(${text}) -> ()`).parameters[0]!;

  it('reads lists, options and defaults', () => {
    const plain = {
      name: 'x',
      key: 'x',
      base: 'Tensor',
      list: false,
      listLength: null,
      optional: false,
      optionalElement: false,
      keywordOnly: false,
      written: false,
      fallback: null,
    };
    assert.deepEqual(parameter('Tensor x'), plain);
    assert.deepEqual(parameter('Tensor(a!) x'), { ...plain, written: true });
    assert.deepEqual(parameter('Tensor(a) x'), plain);
    assert.deepEqual(parameter('Tensor? x=None'), { ...plain, optional: true, fallback: 'None' });
    assert.deepEqual(parameter('Tensor[] x'), { ...plain, list: true });
    assert.deepEqual(parameter('Tensor(a!)[] x'), { ...plain, list: true, written: true });
    assert.deepEqual(parameter('Tensor?[] x'), { ...plain, list: true, optionalElement: true });
    assert.deepEqual(parameter('SymInt[2]? x=[1, 1]'), {
      ...plain,
      base: 'int',
      list: true,
      listLength: 2,
      optional: true,
      fallback: '[1, 1]',
    });
    assert.deepEqual(parameter('int[1] x=0'), { ...plain, base: 'int', list: true, listLength: 1, fallback: '0' });
    assert.deepEqual(parameter('*, str some_mode="a, b)"'), {
      ...plain,
      name: 'some_mode',
      key: 'someMode',
      base: 'str',
      keywordOnly: true,
      fallback: '"a, b)"',
    });
  });

  it('counts what may and what must stand by position', () => {
    const counts = (text: string): number[] => [parseSchema(text).positional, parseSchema(text).required];
    assert.deepEqual(counts('aten::f(Tensor a, int b, int c=1, *, int d=2) -> Tensor'), [3, 2]);
    assert.deepEqual(counts('aten::f(Tensor a, int c=1, *, int d, int e=2) -> Tensor'), [2, 3]); // d can only come by name
    assert.deepEqual(counts('aten::f() -> Tensor'), [0, 0]);
  });

  it('reads results', () => {
    assert.deepEqual(parseSchema('aten::f() -> ()').returns, []);
    assert.deepEqual(parseSchema('aten::f() -> Tensor(a!)').returns, ['Tensor']);
    assert.deepEqual(parseSchema('aten::f() -> (Tensor values, Tensor[] rest, int)').returns, [
      'Tensor',
      'Tensor[]',
      'int',
    ]);
  });

  it('refuses what is no schema', () => {
    for (const text of ['', 'add', 'aten::add(', 'aten::add(Tensor) -> Tensor'])
      assert.throws(() => parseSchema(text), TorchError, text);
  });
});

describe('camelCase', () => {
  it('joins the words of a name and keeps underscores at its ends', () => {
    const pairs = {
      rounding_mode: 'roundingMode',
      add_: 'add_',
      _foreach_add_: '_foreachAdd_',
      conv2d: 'conv2d',
      max_pool2d_with_indices: 'maxPool2dWithIndices',
      mH: 'mH',
      __and__: '__and__',
      log_softmax: 'logSoftmax',
      upsample_nearest2d: 'upsampleNearest2d',
    };
    assert.deepEqual(Object.keys(pairs).map(camelCase), Object.values(pairs));
  });

  it('gives the surface no name twice', () => {
    const names = new Set(
      binding
        .schemas()
        .map((text) => parseSchema(text))
        .filter(({ namespace }) => namespace === 'aten')
        .map(({ name }) => name),
    );
    const keys = new Map<string, string>();
    for (const name of names) {
      const key = camelCase(name);
      assert.ok(!keys.has(key), `${name} and ${keys.get(key)} are both ${key}`);
      keys.set(key, name);
    }
  });
});
