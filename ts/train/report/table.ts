import { Html, html } from './html';

export interface Column {
  readonly label: string;
  /** What the column means, shown when the pointer rests on its head. */
  readonly hint?: string;
  /** Digits after the point for numbers. @default 0 */
  readonly digits?: number;
  /** How numbers are written. @default with `digits` after the point */
  readonly format?: (value: number) => string;
  /** Shows a share as per cent and draws a bar behind it. @default false */
  readonly share?: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** A row that stays below the others, such as the mean. */
  readonly footer?: readonly Cell[];
}

/** Null is a value that does not exist, such as the precision over no positives. */
export type Cell = string | number | null;

/** A table that sorts by a click on a column's head. */
export function table({ columns, rows, footer }: Table): Html {
  const isNumeric = (i: number) => rows.some((cells) => typeof cells[i] === 'number');
  const row = (cells: readonly Cell[]) =>
    html`<tr>${columns.map((column, i) => cell(cells[i] ?? null, column, i === 0))}</tr>`;
  return html`<div class="scroll" tabindex="0"><table>
<thead><tr>${columns.map((column, i) => head(column, isNumeric(i)))}</tr></thead>
<tbody>${rows.map(row)}</tbody>
${footer ? html`<tfoot>${row(footer)}</tfoot>` : null}
</table></div>`;
}

function head({ label, hint }: Column, numeric: boolean): Html {
  return html`<th scope="col" aria-sort="none" class="${numeric ? 'number' : ''}"><button title="${hint ?? 'Sort'}">${label}</button></th>`;
}

function cell(
  value: Cell,
  { digits = 0, share = false, format = (number) => rounded(number, digits) }: Column,
  isFirst: boolean,
): Html {
  if (typeof value === 'string' && isFirst) return html`<th scope="row" data-value="${value}">${value}</th>`;
  if (typeof value === 'string') return html`<td data-value="${value}">${value}</td>`;
  if (value === null || !Number.isFinite(value)) return html`<td class="number" data-value="">–</td>`;
  const text = format(share ? 100 * value : value);
  const bar = share ? new Html(` style="--share:${Math.max(0, Math.min(1, value)).toFixed(4)}"`) : null;
  return html`<td class="number${share ? ' share' : ''}" data-value="${value}"${bar}>${text}</td>`;
}

/** With so many digits, and without a sign where nothing but zeros is left. */
function rounded(number: number, digits: number): string {
  const text = number.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** The mean of each column of numbers, for the footer. */
export function meanRow(rows: readonly (readonly Cell[])[]): Cell[] {
  const mean = (column: number): number | null => {
    const numbers = rows.map((row) => row[column]).filter((value) => typeof value === 'number');
    return numbers.length > 0 ? numbers.reduce((sum, value) => sum + value, 0) / numbers.length : null;
  };
  return ['Mean', ...(rows[0] ?? []).slice(1).map((_, i) => mean(i + 1))];
}
