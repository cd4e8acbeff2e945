import assert from 'node:assert/strict';
import { join } from 'node:path';
import { jit } from '../../ts';
import { TorchError } from '../../ts/errors';
import { binding } from '../../ts/native/binding';
import { replaceWire } from '../../ts/native/wire';
import * as torch from '../../ts/tensor';
import { liveTensors } from '../live-tensors';

const file = join(__dirname, '../golden/script-typed.pt');
const x = torch.keep(torch.tensor([1, 2]));
const y = torch.keep(torch.tensor([10, 20]));

// scripts/golden/script.py: a module whose methods call themselves `this`.
describe('arguments and results of TorchScript methods', () => {
  const script = jit.load(file);
  const lists = (value: torch.Result): unknown => {
    if (value instanceof torch.Tensor) return value.toArray();
    if (Array.isArray(value)) return value.map(lists);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lists(item as torch.Result)]));
  };
  const call = (method: string, ...args: unknown[]): unknown => lists(script.call<torch.Result>(method, ...args));

  it('lists of tensors and optional ones', () => {
    assert.deepEqual(call('forward', [x, y]), [11, 22]);
    assert.deepEqual(call('forward', [x, y], { scale: 2 }), [22, 44]);
    assert.deepEqual(call('forward', [x, y], null), [11, 22]);
    assert.deepEqual(call('forward', { tensors: [x], scale: 0.5 }), [0.5, 1]);
    assert.deepEqual(call('optionals', [x, null]), [false, true]);
  });

  it('tuples, and lists in lists', () => {
    assert.deepEqual(call('nested', [x, [1, 2]], [[1, 2], [], [3]]), [[3, 6], [[1, 2], [], [3]], { a: [[1, 2]] }]);
  });

  it('dictionaries, as an object or a Map, by position and by name', () => {
    assert.deepEqual(call('dictionary', { a: x, b: y }), { a: [1, 2], b: [10, 20] });
    assert.deepEqual(call('dictionary', { a: x }, { factor: 3 }), { a: [3, 6] });
    assert.deepEqual(call('dictionary', { features: { a: x }, factor: 3 }), { a: [3, 6] });
    assert.deepEqual(call('dictionary', { features: x }), { features: [1, 2] });
    assert.deepEqual(call('dictionary', new Map([['a', x]])), { a: [1, 2] });
    assert.deepEqual(call('dictionary', {}), {});
    assert.deepEqual(call('numbered', { 3: 0.5 }), { 3: 0.5 });
    assert.deepEqual(call('numbered', new Map([[3, 0.5]])), { 3: 0.5 });
  });

  it('NamedTuples, as an object or an array', () => {
    assert.deepEqual(call('pair', { first: x, count: 1 }), { first: [2, 3], count: 2 });
    assert.deepEqual(call('pair', [x, 1]), { first: [2, 3], count: 2 });
  });

  it('members of an enumeration, by name or value', () => {
    assert.deepEqual(call('colour', 'RED'), ['RED', true]);
    assert.deepEqual(call('colour', 2), ['BLUE', false]);
    assert.throws(() => call('colour', 'GREEN'), /argument 'colour' \(.*Colour\) must be one of RED, BLUE/);
  });

  it('objects of a scripted class, as their attributes', () => {
    assert.deepEqual(call('counter', { step: x, start: 4 }), { start: 5, step: [2, 4] });
    assert.throws(() => call('counter', { start: 4 }), /argument 'counter' .* must be an object with all 2 attributes/);
    assert.throws(() => call('counter', { start: 4, stop: x }), /has no attribute 'stop'/);
  });

  it('unions', () => {
    assert.deepEqual([call('either', 'x'), call('either', 7)], ['x', 7]);
    assert.throws(() => call('either', x), /argument 'value' must be .*, found a tensor/);
  });

  it('go beside the event loop as well', async () => {
    assert.deepEqual((await script.forwardAsync([[x, y], 2])).toArray(), [22, 44]);
    assert.deepEqual((await script.forwardAsync([[x, y], { scale: 2 }])).toArray(), [22, 44]);
  });

  it('of another kind are named', () => {
    const itself: unknown[] = [];
    itself.push(itself);
    const wrong: readonly (readonly [RegExp, string, ...unknown[]])[] = [
      [/argument 'tensors' must be List\[Tensor\], found a tensor/, 'forward', x],
      [/argument 'tensors' must be Tensor, found an integer/, 'forward', [1]],
      [/argument 'pair' \(Tuple\[Tensor, List\[int\]\]\) must be an array of 2/, 'nested', [x], [[1]]],
      [/argument 'grid' must be int, found a string/, 'nested', [x, [1]], [['a']]],
      [/argument 'features' must be Dict\[str, Tensor\], found an array/, 'dictionary', [x]],
      [/argument 'features' must be Tensor, found a number/, 'dictionary', { a: 1.5 }],
      [/has integers as keys, found 'a'/, 'numbered', { a: 1 }],
      [/has no field 'last'/, 'pair', { first: x, last: 1 }],
      [/nested at most 64 deep/, 'forward', itself],
      [/argument 'tensors' \(List\[Tensor\]\) is missing/, 'forward'],
    ];
    for (const [message, ...args] of wrong)
      assert.throws(
        () => call(...args),
        (error: Error) => message.test(error.message) && error instanceof TorchError,
        String(message),
      );
  });
});

// scripts/golden/script.py
describe('results of TorchScript that JavaScript cannot hold', () => {
  const script = jit.load(join(__dirname, '../golden/script-unwritable.pt'));
  const sum = (): unknown => torch.ones([2]).add(1).toArray();

  it('are refused, and operators go on', () => {
    assert.throws(() => script.forward(x), /the result has the type Future, which JavaScript cannot hold/);
    assert.deepEqual(sum(), [2, 2]);
  });

  it('are refused beside the event loop too, and operators go on', async () => {
    await assert.rejects(script.forwardAsync(x), /the result has the type Future/);
    assert.deepEqual(sum(), [2, 2]);
  });

  it('leave none of their tensors behind', async () => {
    const before = await liveTensors();
    for (let i = 0; i < 5; i++) {
      assert.throws(() => script.forward(x), /Future/);
      await assert.rejects(script.forwardAsync(x), /Future/);
    }
    assert.equal(await liveTensors(), before);
  });

  it('are lists that hold themselves', () => {
    assert.throws(() => script.call('itself', x), /the result is nested deeper than 64, or holds itself/);
  });
});

describe('the state of a TorchScript module', () => {
  it('may have more tensors than the wire has room for', () => {
    const count = 2100;
    const buffers = Array.from({ length: count }, (_, i) => [`w${i}`, torch.full([1], i)] as const);
    const state = { name: 'Many', parameters: [], buffers, inputNames: ['input'] };
    const script = torch.traceScript((input) => input.add(1), [x], state);
    const small = new Float64Array(4096); // as it is before anything long was passed
    binding.attachWire(small);
    replaceWire(small);
    assert.deepEqual(
      Object.entries(script.stateDict()).map(([name, tensor]) => [name, tensor.item()]),
      Array.from({ length: count }, (_, i) => [`w${i}`, i]),
    );
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});
