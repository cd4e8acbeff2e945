import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../ts/errors';
import { requireSizes, resolveOptions } from '../../ts/nn/options';
import * as repr from '../../ts/nn/python-repr';
import { expandSize } from '../../ts/nn/sizes';

describe('resolveOptions', () => {
  const defaults = { bias: true, eps: 1e-5 };

  it('lays the given options over the defaults, and counts undefined as left out', () => {
    assert.deepEqual(resolveOptions('Layer', defaults), defaults);
    assert.deepEqual(resolveOptions('Layer', defaults, { bias: false, eps: undefined }), { bias: false, eps: 1e-5 });
  });

  it('names an unknown option, and the one that was meant', () => {
    assert.throws(
      () => resolveOptions('Layer', defaults, { epsilon: 1 } as object),
      new InputError('Layer has no option "epsilon": it takes "bias", "eps".'),
    );
    assert.throws(() => resolveOptions('Layer', defaults, { EPS: 1 } as object), /has no option "EPS": write "eps"/);
  });

  it('refuses what is no object', () => {
    assert.throws(() => resolveOptions('Layer', defaults, 3 as unknown as object), /Layer takes its options as one object, got 3: write \{ bias: … \}/);
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
    assert.throws(() => requireSizes('Layer', { width: 0 }, 1), /Layer: width must be an integer of at least 1, got 0/);
    assert.throws(() => requireSizes('Layer', { width: NaN }), /got NaN/);
  });
});

describe('values as Python prints them', () => {
  it('floats', () => {
    const printed = [1, 0, 0.1, 1e-5, 1e-12, 1.5e-7, 0.0001, 0.00012, -2.5, 1e16, 123456.75].map(repr.float);
    assert.deepEqual(printed, ['1.0', '0.0', '0.1', '1e-05', '1e-12', '1.5e-07', '0.0001', '0.00012', '-2.5', '1e+16', '123456.75']);
  });

  it('tuples, sizes and booleans', () => {
    assert.deepEqual([repr.tuple([3]), repr.tuple([3, 4]), repr.size(2), repr.size([1, 2])], ['(3,)', '(3, 4)', '2', '(1, 2)']);
    assert.deepEqual([repr.bool(true), repr.bool(false)], ['True', 'False']);
  });
});
