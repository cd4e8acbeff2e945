import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { binding } from '../../ts/native/binding';
import { replaceWire, Tag } from '../../ts/native/wire';
import * as torch from '../../ts/tensor';

describe('the wire', () => {
  const header = readFileSync(path.join(__dirname, '..', '..', 'native', 'wire.h'), 'utf8');

  it('has the same tags in C++ and in TypeScript', () => {
    const tags = Object.fromEntries(
      [...header.matchAll(/^ {2}k(\w+) = (\d+),$/gm)].map(([, name, value]) => [name, Number(value)]),
    );
    assert.deepEqual(tags, Tag);
  });

  it('documents every tag', () => {
    const documented = [...header.matchAll(/^\/\/ {3}k(\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(documented, Object.keys(Tag));
  });

  it('grows for arguments longer than itself', () => {
    torch.scope(() => assert.equal(torch.ones([5000]).split(Array.from({ length: 5000 }, () => 1)).length, 5000));
    const many = Array.from({ length: 20_000 }, (_, i) => torch.full([1], i));
    assert.equal(torch.cat(many).sum().item(), (20_000 * 19_999) / 2);
    torch.scope(() => assert.equal(torch.stack(many, 1).shape[1], 20_000));
    for (const tensor of many) tensor.dispose();
  });

  it('grows for results longer than itself', () => {
    torch.scope(() => {
      const parts = torch.arange(30_000).unbind();
      assert.equal(parts.length, 30_000);
      assert.equal(parts[29_999]!.item(), 29_999);
      assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
    });
  });

  it('carries numbers, bigints, complex numbers and strings unchanged', () => {
    const { aten } = torch.ops as { aten: torch.OperatorNamespace };
    const echo = (value: number | bigint | { re: number; im: number }, dtype: string): unknown =>
      (aten.scalar_tensor!.default!(value, { dtype }) as torch.Tensor).item();
    for (const value of [0, -1, 0.5, 2 ** 53 - 1, -(2 ** 53 - 1), Number.MAX_VALUE, Number.MIN_VALUE, Infinity, NaN])
      assert.deepEqual(echo(value, 'float64'), value);
    assert.ok(Object.is(echo(-0, 'float64'), -0));
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n * 2n ** 22n + 7n])
      assert.equal(echo(value, 'int64'), value);
    assert.equal(echo(2n ** 64n - 1n, 'uint64'), 2n ** 64n - 1n);
    assert.deepEqual(echo({ re: -0.5, im: 3 }, 'complex128'), { re: -0.5, im: 3 });
    assert.throws(() => torch.zeros([1], { dtype: 'größe' as never }), /found 'größe'/);
  });

  it('refuses a list that claims more elements than it has', () => {
    for (const length of [1e15, 5000, -1, NaN]) {
      const wire = new Float64Array(4096);
      wire.set([Tag.List, length]);
      binding.attachWire(wire);
      replaceWire(wire);
      assert.throws(
        () => binding.grads(),
        /expected a list of at most 4094 elements, found a length of/,
        String(length),
      );
    }
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });

  it('an error in the middle of the arguments leaves it in order', () => {
    const { aten } = torch.ops as { aten: torch.OperatorNamespace };
    assert.throws(() => aten.cat!.default!([torch.ones([1]), Symbol('x') as never]));
    assert.throws(() => aten.add!.Tensor!(torch.ones([1]), 'text'));
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});
