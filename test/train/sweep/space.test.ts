import assert from 'node:assert/strict';
import { Rng } from '../../../ts/data/rng';
import { InputError } from '../../../ts/errors';
import { dimensionsOf, gridOf, randomParameters, type ParameterValues } from '../../../ts/train/sweep/space';

const only = (values: ParameterValues) => dimensionsOf({ key: values })[0]!;

describe('the values of a key', () => {
  it('of a list have equal parts, in their order', () => {
    const { at, positionOf, values } = only(['a', 'b', [1, 2], null]);
    assert.deepEqual(
      [0, 0.24, 0.25, 0.5, 0.99, 1].map((position) => at(position)),
      ['a', 'a', 'b', [1, 2], null, null],
    );
    assert.deepEqual(values!.map(positionOf), [0.125, 0.375, 0.625, 0.875]);
  });

  it('of a range go from end to end, by differences or by factors', () => {
    assert.deepEqual(
      [0, 0.25, 1].map((position) => only({ min: -1, max: 3 }).at(position)),
      [-1, 0, 3],
    );
    const log = only({ min: 1e-4, max: 1, scale: 'log' });
    assert.deepEqual(
      [0, 0.5, 1].map((position) => Number(Number(log.at(position)).toPrecision(12))),
      [1e-4, 1e-2, 1],
    );
    assert.ok(Math.abs(log.positionOf(1e-3) - 0.25) < 1e-12);
  });

  it('of a step are min, min + step, … up to max, each as likely', () => {
    const { values, at, positionOf } = only({ min: 0.1, max: 0.5, step: 0.1 });
    assert.deepEqual(values, [0.1, 0.2, 0.3, 0.4, 0.5]);
    assert.deepEqual(
      [0, 0.2, 0.99].map((position) => at(position)),
      [0.1, 0.2, 0.5],
    );
    assert.ok(Math.abs(positionOf(0.3) - 0.5) < 1e-12);
    assert.deepEqual(only({ min: 1, max: 4, step: 2 }).values, [1, 3]);
  });

  it('of a step on a log scale are as likely as their parts of the scale', () => {
    // The ends of the parts are the middles by factors: of 1, 2, 3, 4 they are √2, √6 and √12.
    const { at, positionOf } = only({ min: 1, max: 4, step: 1, scale: 'log' });
    const share = (value: number) => Math.log(value) / Math.log(4);
    const edges = [Math.sqrt(2), Math.sqrt(6), Math.sqrt(12)].map(share);
    for (const [i, edge] of edges.entries()) {
      assert.equal(at(edge - 1e-9), i + 1);
      assert.equal(at(edge + 1e-9), i + 2);
    }
    assert.ok(Math.abs(positionOf(2) - (edges[0]! + edges[1]!) / 2) < 1e-12);
    for (const value of [1, 2, 3, 4]) assert.equal(at(positionOf(value)), value);
  });

  it('are refused where there are none', () => {
    const refused = (values: unknown, message: RegExp) =>
      assert.throws(
        () => only(values as ParameterValues),
        (error) => error instanceof InputError && message.test(error.message),
      );
    refused([], /^sweep: expected a list of at least one value for key, found \[\]$/);
    refused([1, 1], /values that are all different for key/);
    refused({ min: 2, max: 1 }, /a number for min below that of max for key, found 2 and 1/);
    refused({ min: 0, max: 1, scale: 'log' }, /a number above 0 for min, the scale being log for key, found 0/);
    refused({ min: 0, max: 1, scale: 'cubic' }, /linear or log for scale/);
    refused({ min: 0, max: 1, step: 0 }, /a step above 0/);
    refused({ min: 0, max: 1, sale: 'log' }, /sweep: key: the option 'sale' does not exist. Did you mean scale\?/);
    refused(3, /a list of values, or \{ min, max \} for key, found 3/);
    assert.throws(() => dimensionsOf({}), /at least one key in parameters, found none/);
  });
});

describe('a grid', () => {
  it('has all combinations, the last key moving fastest', () => {
    const grid = gridOf(dimensionsOf({ a: [1, 2], b: { min: 0, max: 1, step: 0.5 }, c: ['x'] }));
    assert.deepEqual(
      grid.map(({ a, b, c }) => [a, b, c]),
      [
        [1, 0, 'x'],
        [1, 0.5, 'x'],
        [1, 1, 'x'],
        [2, 0, 'x'],
        [2, 0.5, 'x'],
        [2, 1, 'x'],
      ],
    );
  });

  it('is refused over a range without end', () => {
    assert.throws(
      () => gridOf(dimensionsOf({ lr: { min: 0, max: 1 } })),
      /expected values, or a step, for lr of a grid, found a range; give one, or take the method random/,
    );
  });
});

describe('random parameters', () => {
  const dimensions = dimensionsOf({ a: { min: 0, max: 1 }, b: [10, 20, 30, 40] });

  it('are those of the stream of the trial and the key, whichever trials came before', () => {
    for (const trial of [0, 7]) {
      const { a, b } = randomParameters(dimensions, 5, trial);
      assert.equal(a, new Rng(5, trial, 0).uniform());
      assert.equal(b, [10, 20, 30, 40][Math.floor(4 * new Rng(5, trial, 1).uniform())]);
    }
  });

  it('spread over all values', () => {
    const drawn = Array.from({ length: 400 }, (_, trial) => randomParameters(dimensions, 0, trial));
    const mean = drawn.reduce((sum, { a }) => sum + Number(a), 0) / drawn.length;
    assert.ok(Math.abs(mean - 0.5) < 0.06, String(mean)); // four standard errors
    for (const value of [10, 20, 30, 40]) {
      const share = drawn.filter(({ b }) => b === value).length / drawn.length;
      assert.ok(Math.abs(share - 0.25) < 0.09, String(share));
    }
  });
});
