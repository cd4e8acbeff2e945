/**
 * The linear sum assignment: pairs of rows and columns, each used once, of the least total cost. Exact, by shortest
 * augmenting paths (Crouse 2016, "On implementing 2D rectangular assignment algorithms"), in the variant of SciPy's
 * linear_sum_assignment, so that ties are resolved alike too.
 */
import { InputError } from '../../errors';

/** A matrix of costs, row by row, inside of a longer array. */
export interface CostMatrix {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Where the first row starts. @default 0 */
  readonly offset?: number;
  /** Elements from one row to the next. @default columns */
  readonly stride?: number;
}

/** `min(rows, columns)` pairs in the order of the rows. */
export interface Assignment {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * The assignment of least cost. Infinity forbids a pair.
 * @param label what the matrix is, for the errors
 * @throws InputError for a cost that is NaN or minus infinity, and when forbidden pairs leave no assignment
 */
export function assignLinearSum(costs: CostMatrix, label = 'assignLinearSum'): Assignment {
  const { rows, columns } = costs;
  const transposed = columns < rows;
  checkCosts(costs, label);
  const solver = transposed ? new Solver(columns, rows, transpose(costs)) : new Solver(rows, columns, rowMajor(costs));
  for (let row = 0; row < solver.rows; row++) {
    if (!solver.augment(row))
      throw new InputError(
        `${label}: the forbidden pairs (infinite costs) leave no assignment of ${rows} rows to ${columns} columns.`,
      );
  }
  return transposed
    ? byRow(solver.rowOf, columns)
    : { rows: Int32Array.from(solver.columnOf.keys()), columns: solver.columnOf };
}

function checkCosts({ data, rows, columns, offset = 0, stride = columns }: CostMatrix, label: string): void {
  for (let row = 0; row < rows; row++) {
    const start = offset + row * stride;
    for (let at = start; at < start + columns; at++) {
      if (data[at]! > -Infinity) continue;
      throw new InputError(
        `${label}: expected costs that are numbers, found ${data[at]} in row ${row}, column ${at - start}.`,
      );
    }
  }
}

/** The matrix, row by row without gaps; itself where it already is so. */
function rowMajor({ data, rows, columns, offset = 0, stride = columns }: CostMatrix): Float64Array | Float32Array {
  if (stride === columns) return data.subarray(offset, offset + rows * columns);
  const costs = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    costs.set(data.subarray(offset + row * stride, offset + row * stride + columns), row * columns);
  return costs;
}

/** The matrix, column by column. */
function transpose({ data, rows, columns, offset = 0, stride = columns }: CostMatrix): Float64Array {
  const costs = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) costs[column * rows + row] = data[offset + row * stride + column]!;
  }
  return costs;
}

/** From the column of each row, -1 for none, the pairs in the order of the rows. */
function byRow(columnOf: Int32Array, pairs: number): Assignment {
  const rows = new Int32Array(pairs);
  const columns = new Int32Array(pairs);
  let pair = 0;
  for (let row = 0; row < columnOf.length; row++) {
    if (columnOf[row] === -1) continue;
    rows[pair] = row;
    columns[pair++] = columnOf[row]!;
  }
  return { rows, columns };
}

/** An assignment in the making, of a matrix that has at least as many columns as rows. */
class Solver {
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
  /** Prices; the cost of a pair less both is never below zero, and zero for the pairs that are assigned. */
  readonly #rowPrice: Float64Array;
  readonly #columnPrice: Float64Array;
  /** Length of the shortest path to each column, and the row before it on the path. */
  readonly #distance: Float64Array;
  readonly #previousRow: Int32Array;
  /** Columns not yet reached, in the first `open` elements. */
  readonly #remaining: Int32Array;

  readonly #costs: Float64Array | Float32Array;

  /** @param costs row by row, without gaps */
  constructor(
    readonly rows: number,
    readonly columns: number,
    costs: Float64Array | Float32Array,
  ) {
    this.#costs = costs;
    this.columnOf = new Int32Array(rows).fill(-1);
    this.rowOf = new Int32Array(columns).fill(-1);
    this.#rowPrice = new Float64Array(rows);
    this.#columnPrice = new Float64Array(columns);
    this.#distance = new Float64Array(columns);
    this.#previousRow = new Int32Array(columns);
    this.#remaining = new Int32Array(columns);
  }

  /** Gives `start` a column, by moving others along the cheapest path; false when there is none. */
  augment(start: number): boolean {
    const { columns, rowOf } = this;
    const remaining = this.#remaining;
    const distance = this.#distance;
    for (let i = 0; i < columns; i++) remaining[i] = columns - 1 - i;
    distance.fill(Infinity);
    let open = columns;
    let length = 0;
    for (let row = start; ;) {
      const at = this.#relax(row, length, open);
      if (at === -1) return false;
      const column = remaining[at]!;
      length = distance[column]!;
      // The reached columns gather behind the open ones.
      remaining[at] = remaining[--open]!;
      remaining[open] = column;
      if (rowOf[column] === -1) {
        this.#augmentPath(start, column, length, open);
        return true;
      }
      row = rowOf[column]!;
    }
  }

  /** Lengthens the path that ends in `row`, `length` long, by each open column; the index of the nearest, a free one among equals. */
  #relax(row: number, length: number, open: number): number {
    const { rowOf } = this;
    const costs = this.#costs;
    const distance = this.#distance;
    const remaining = this.#remaining;
    const previousRow = this.#previousRow;
    const columnPrice = this.#columnPrice;
    const base = row * this.columns;
    const shift = this.#rowPrice[row]!;
    let nearest = Infinity;
    let at = -1;
    for (let i = 0; i < open; i++) {
      const column = remaining[i]!;
      const through = length + costs[base + column]! - shift - columnPrice[column]!;
      if (through < distance[column]!) {
        distance[column] = through;
        previousRow[column] = row;
      }
      const least = distance[column]!;
      if (least < nearest || (least === nearest && rowOf[column] === -1)) {
        nearest = least;
        at = i;
      }
    }
    return nearest === Infinity ? -1 : at;
  }

  /** Sets the prices for the path to `end`, and moves the rows on it by one. */
  #augmentPath(start: number, end: number, length: number, open: number): void {
    const { columns, rowOf, columnOf } = this;
    const remaining = this.#remaining;
    const distance = this.#distance;
    const rowPrice = this.#rowPrice;
    const columnPrice = this.#columnPrice;
    const previousRow = this.#previousRow;
    rowPrice[start]! += length;
    for (let i = open; i < columns; i++) {
      const column = remaining[i]!;
      const slack = length - distance[column]!;
      columnPrice[column]! -= slack;
      if (column !== end) rowPrice[rowOf[column]!]! += slack;
    }
    for (let column = end; ;) {
      const row = previousRow[column]!;
      const next = columnOf[row]!;
      rowOf[column] = row;
      columnOf[row] = column;
      if (row === start) return;
      column = next;
    }
  }
}
