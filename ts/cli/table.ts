export type Cell = string | number;

/** Rows in columns: the first column to the left, the others, numbers, to the right. */
export function textTable(rows: readonly (readonly Cell[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row: readonly Cell[]) =>
    row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]!) : String(cell).padStart(widths[i]!))).join('  ');
  return `${rows.map(line).join('\n')}\n`;
}
