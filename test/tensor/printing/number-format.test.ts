import assert from 'node:assert/strict';
import { floatFormat, wholeFormat } from '../../../ts/tensor/printing/number-format';

describe('columns of numbers', () => {
  const written = (values: number[]): string[] => values.map(floatFormat(values).write);

  it('whole numbers end in a point', () => assert.deepEqual(written([1, -20, 0]), ['1.', '-20.', '0.']));

  it('fractions have four digits, rounded half to even', () => {
    assert.deepEqual(written([1 / 32, 3 / 32, 5 / 32, -1 / 32]), ['0.0312', '0.0938', '0.1562', '-0.0312']);
    assert.deepEqual(written([1.00005, 1.00015]), ['1.0001', '1.0002']); // no ties: both lie above
  });

  it('exponents have two digits or more', () => {
    assert.deepEqual(written([1e-7, 1]), ['1.0000e-07', '1.0000e+00']);
    assert.deepEqual(written([1e-300, 1]), ['1.0000e-300', '1.0000e+00']);
  });

  it('an exponent comes with a factor of more than 1000, above 1e8 and below 1e-4', () => {
    assert.deepEqual(written([0.001, 1]), ['0.0010', '1.0000']);
    assert.deepEqual(written([0.001, 1.001]), ['1.0000e-03', '1.0010e+00']);
    assert.deepEqual(written([1e8]), ['100000000.']);
    assert.deepEqual(written([1e8 + 1]), ['1.0000e+08']);
    assert.deepEqual(written([0.0001]), ['0.0001']);
    assert.deepEqual(written([0.00009]), ['9.0000e-05']);
  });

  it('zeros, infinities and NaNs neither widen the column nor choose its form', () => {
    const column = floatFormat([0.5, Infinity, -Infinity, NaN, 0, -0]);
    assert.equal(column.width, 6);
    assert.deepEqual([Infinity, -Infinity, NaN, 0, -0].map(column.write), ['inf', '-inf', 'nan', '0.0000', '-0.0000']);
    assert.equal(floatFormat([Infinity, NaN]).width, 1);
  });

  it('integers and booleans are written as Python writes them', () => {
    const integers = wholeFormat([1, -300, 2n ** 63n]);
    assert.deepEqual(
      [integers.width, integers.write(-300), integers.write(2n ** 63n)],
      [19, '-300', '9223372036854775808'],
    );
    assert.deepEqual([wholeFormat([true, false]).width, wholeFormat([true]).write(true)], [5, 'True']);
  });
});
