import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../ts/errors';
import { requireSizes } from '../../ts/nn/options';
import * as repr from '../../ts/nn/python-repr';
import { expandSize } from '../../ts/nn/sizes';
import { expected, resolveOptions } from '../../ts/options';
import { ones } from '../../ts/tensor';

describe('resolveOptions', () => {
  const defaults = { bias: true, eps: 1e-5 };

  it('lays the given options over the defaults, and counts undefined as left out', () => {
    assert.deepEqual(resolveOptions('Layer', defaults), defaults);
    assert.deepEqual(resolveOptions('Layer', defaults, { bias: false, eps: undefined }), { bias: false, eps: 1e-5 });
  });

  it('names an unknown option, and the one that was meant', () => {
    const refused = (key: string, message: string): void => {
      assert.throws(
        () => resolveOptions('Layer', { ...defaults, labelSmoothing: 0 }, { [key]: 1 } as object),
        new InputError(`Layer: the option '${key}' does not ${message}`),
      );
    };
    refused('label_smoothing', 'exist. Did you mean labelSmoothing?');
    refused('EPS', 'exist. Did you mean eps?');
    refused('epsilon', 'exist. Did you mean eps?');
    refused('biass', 'exist. Did you mean bias?');
    refused('labelSmoothnig', 'exist. Did you mean labelSmoothing?');
    refused('momentum', 'exist; it takes bias, eps, labelSmoothing');
  });

  it('refuses what is no object, tensors and arrays among them', () => {
    for (const [value, shown] of [
      [3, '3'],
      [null, 'null'],
      [[1], '[1]'],
      [ones([2]), 'a tensor float32[2]'],
    ] as const) {
      const message = `Layer: expected its options as an object, found ${shown}; write { bias: … }`;
      assert.throws(() => resolveOptions('Layer', defaults, value as unknown as object), new InputError(message));
    }
  });

  it('reads an instance of a class, such as a layer, for the options that it has', () => {
    class Fields {
      readonly bias = false;
      readonly inFeatures = 3;
    }
    assert.deepEqual(resolveOptions('Layer', defaults, new Fields()), { bias: false, eps: 1e-5 });
  });
});

describe('expected', () => {
  it('says what was expected and what was found, in one sentence', () => {
    const said = (found: unknown): string =>
      expected('mseLoss', 'a tensor for target', found).message.replace(
        'mseLoss: expected a tensor for target, found ',
        '',
      );
    const found = [null, undefined, 3, 'x', 4n, [1, 2], [{}], { a: 1 }, new Map(), ones([2, 1])].map(said);
    assert.deepEqual(found, [
      'null',
      'undefined',
      '3',
      '"x"',
      '4n',
      '[1, 2]',
      'an array of 1',
      '{ a }',
      'an instance of Map',
      'a tensor float32[2, 1]',
    ]);
    assert.equal(expected('f', 'a number', null, 'write 3').message, 'f: expected a number, found null; write 3');
  });
});

describe('sizes', () => {
  it('one number stands for all dimensions', () => {
    assert.deepEqual(expandSize('Conv2d', 'stride', 2, 2), [2, 2]);
    assert.deepEqual(expandSize('Conv2d', 'stride', [1, 3], 2), [1, 3]);
    assert.throws(() => expandSize('Conv2d', 'stride', [1], 2), ShapeError);
  });

  it('counts are whole and not below their least', () => {
    requireSizes('Layer', { width: 0 });
    assert.throws(
      () => requireSizes('Layer', { width: 0 }, 1),
      /Layer: expected an integer of at least 1 for width, found 0/,
    );
    assert.throws(() => requireSizes('Layer', { width: NaN }), /found NaN/);
  });
});

describe('values as Python prints them', () => {
  it('floats', () => {
    const printed = [1, 0, 0.1, 1e-5, 1e-12, 1.5e-7, 0.0001, 0.00012, -2.5, 1e16, 123456.75].map(repr.float);
    assert.deepEqual(printed, [
      '1.0',
      '0.0',
      '0.1',
      '1e-05',
      '1e-12',
      '1.5e-07',
      '0.0001',
      '0.00012',
      '-2.5',
      '1e+16',
      '123456.75',
    ]);
  });

  it('tuples, sizes and booleans', () => {
    assert.deepEqual(
      [repr.tuple([3]), repr.tuple([3, 4]), repr.size(2), repr.size([1, 2])],
      ['(3,)', '(3, 4)', '2', '(1, 2)'],
    );
    assert.deepEqual([repr.bool(true), repr.bool(false)], ['True', 'False']);
  });
});
