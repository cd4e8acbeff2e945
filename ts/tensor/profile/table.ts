import { InputError } from '../../errors';
import { checkOptions } from '../../options';
import type { OperatorTimes } from './events';

export interface TableOptions {
  /** What the largest of stands first. @default 'selfTime' */
  readonly sortBy?: 'selfTime' | 'totalTime' | 'count';
  /** At most so many operators. @default 100 */
  readonly rowLimit?: number;
  /** One row for each combination of shapes; they must have been recorded. @default false */
  readonly groupByShapes?: boolean;
}

const SORTS = ['selfTime', 'totalTime', 'count'] as const;
const WIDEST_NAME = 55;

/** @param total microseconds that the percentages refer to */
export function table(rows: readonly OperatorTimes[], total: number, options: TableOptions): string {
  checkOptions('Profile.table', options, ['sortBy', 'rowLimit', 'groupByShapes']);
  const { sortBy = 'selfTime', rowLimit = 100, groupByShapes = false } = options;
  if (!SORTS.includes(sortBy))
    throw new InputError(`Profile.table: expected sortBy to be ${SORTS.join(', ')}, found ${String(sortBy)}`);
  const head = [
    'Name',
    'Self CPU %',
    'Self CPU',
    'CPU total %',
    'CPU total',
    'CPU time avg',
    '# of Calls',
    ...(groupByShapes ? ['Input Shapes'] : []),
  ];
  const percent = (time: number): string => `${(total === 0 ? 0 : (100 * time) / total).toFixed(2)}%`;
  const body = [...rows]
    .sort((a, b) => b[sortBy] - a[sortBy])
    .slice(0, rowLimit)
    .map(({ name, shapes, count, selfTime, totalTime }) => [
      shorten(name),
      percent(selfTime),
      duration(selfTime),
      percent(totalTime),
      duration(totalTime),
      duration(totalTime / count),
      String(count),
      ...(groupByShapes ? [shapes] : []),
    ]);
  return `${align([head, ...body])}\nSelf CPU time total: ${duration(total)}\n`;
}

function shorten(name: string): string {
  return name.length <= WIDEST_NAME ? name : `${name.slice(0, WIDEST_NAME - 3)}...`;
}

/** Microseconds in the unit that suits them. */
function duration(time: number): string {
  if (time >= 1e6) return `${(time / 1e6).toFixed(3)}s`;
  return time >= 1e3 ? `${(time / 1e3).toFixed(3)}ms` : `${time.toFixed(3)}us`;
}

/** Columns of equal width, the first one flush left, with rules around the heading and at the end. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [rule, lines[0]!, rule, ...lines.slice(1), rule].join('\n');
}
