import assert from 'node:assert/strict';
import { InputError } from '../../../ts/errors';
import { assignLinearSum, type CostMatrix } from '../../../ts/models/detr/assignment';
import { goldenTensors } from '../../nn/golden';

const CASES = 10_000;

/** The numbers of scripts/golden/assignment.py. */
function draws(seed: number): () => number {
  let x = seed;
  return () => (x = (Math.imul(1664525, x) + 1013904223) >>> 0) >>> 8;
}

function matrix(seed: number): CostMatrix {
  const next = draws(seed);
  let [rows, columns] = [(next() % 13) + 1, (next() % 13) + 1];
  if (seed % 250 === 0) [rows, columns] = seed % 500 === 0 ? [100, 50] : [50, 100];
  const span = [3, 20, 100_000][next() % 3]!;
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => next() % span) };
}

function costs(rows: number[][]): CostMatrix {
  return { data: Float64Array.from(rows.flat()), rows: rows.length, columns: rows[0]?.length ?? 0 };
}

function pairs(rows: number[][]): number[][] {
  const found = assignLinearSum(costs(rows));
  return Array.from(found.rows, (row, i) => [row, found.columns[i]!]);
}

function total({ data, columns }: CostMatrix, found: { rows: Int32Array; columns: Int32Array }): number {
  return found.rows.reduce((sum, row, i) => sum + data[row * columns + found.columns[i]!]!, 0);
}

/** Tries everything. */
function leastTotal(rows: number[][], used = new Set<number>(), row = 0): number {
  if (row === rows.length) return 0;
  let least = Infinity;
  for (let column = 0; column < rows[0]!.length; column++) {
    if (used.has(column)) continue;
    least = Math.min(least, rows[row]![column]! + leastTotal(rows, new Set([...used, column]), row + 1));
  }
  return least;
}

describe('assignLinearSum', () => {
  it('finds the least total, by hand', () => {
    assert.deepEqual(
      pairs([
        [4, 1, 3],
        [2, 0, 5],
        [3, 2, 2],
      ]),
      [
        [0, 1],
        [1, 0],
        [2, 2],
      ],
    );
    assert.deepEqual(
      pairs([
        [1, 2],
        [3, 5],
        [0, 9],
      ]),
      [
        [0, 1],
        [2, 0],
      ],
    );
    assert.deepEqual(pairs([[7, 3, 9, 1]]), [[0, 3]]);
    assert.deepEqual(pairs([[7], [3], [9]]), [[1, 0]]);
  });

  it('finds the least total that trying everything finds', () => {
    const next = draws(1);
    for (let i = 0; i < 200; i++) {
      const rows = Array.from({ length: (next() % 5) + 1 }, () =>
        Array.from({ length: 5 }, () => (next() % 2000) / 1000 - 1),
      );
      const table = costs(rows);
      assert.ok(Math.abs(total(table, assignLinearSum(table)) - leastTotal(rows)) < 1e-12);
    }
  });

  it('agrees with SciPy on 10,000 matrices, ties included', () => {
    const golden = goldenTensors('assignment');
    const expected = { total: golden.get('total').data(), pairs: golden.get('pairs').data() };
    for (let seed = 0; seed < CASES; seed++) {
      const table = matrix(seed);
      const found = assignLinearSum(table);
      assert.equal(total(table, found), expected.total[seed], `total of case ${seed}`);
      const hash = found.rows.reduce(
        (value, row, i) => (value * 31 + row * 131 + found.columns[i]! + 1) % 2147483647,
        0,
      );
      assert.equal(hash, expected.pairs[seed], `pairs of case ${seed}`);
    }
  });

  it('reads a matrix inside of another', () => {
    const data = Float32Array.from([9, 9, 9, 9, 9, 1, 5, 9, 5, 1, 9, 9]);
    assert.deepEqual(assignLinearSum({ data, rows: 2, columns: 2, offset: 5, stride: 3 }), {
      rows: Int32Array.of(0, 1),
      columns: Int32Array.of(0, 1),
    });
  });

  it('gives no pairs for no rows or no columns', () => {
    for (const [rows, columns] of [
      [0, 4],
      [4, 0],
      [0, 0],
    ] as const) {
      assert.deepEqual(assignLinearSum({ data: new Float64Array(), rows, columns }), {
        rows: Int32Array.of(),
        columns: Int32Array.of(),
      });
    }
  });

  it('keeps to finite costs where some are infinite', () => {
    assert.deepEqual(
      pairs([
        [Infinity, 1],
        [2, Infinity],
      ]),
      [
        [0, 1],
        [1, 0],
      ],
    );
    const max = Number.MAX_VALUE;
    assert.deepEqual(
      pairs([
        [max, 1],
        [2, max],
      ]),
      [
        [0, 1],
        [1, 0],
      ],
    );
  });

  it('says what it cannot solve', () => {
    const solve = (rows: number[][]) => () => assignLinearSum(costs(rows), 'Image 3');
    assert.throws(
      solve([
        [1, 2],
        [NaN, 3],
      ]),
      new InputError('Image 3: expected costs that are numbers, found NaN in row 1, column 0.'),
    );
    assert.throws(
      solve([[-Infinity]]),
      new InputError('Image 3: expected costs that are numbers, found -Infinity in row 0, column 0.'),
    );
    assert.throws(
      solve([
        [1, Infinity],
        [2, Infinity],
      ]),
      new InputError('Image 3: the forbidden pairs (infinite costs) leave no assignment of 2 rows to 2 columns.'),
    );
  });
});
