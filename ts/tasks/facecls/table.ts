import { CsvError, parse } from 'csv-parse/sync';
import { decodeText, requireText, textLines } from '../../data/text';
import { InputError } from '../../errors';

/** One row of a list file. */
export interface TableRow {
  readonly cells: readonly string[];
  /** Where it stands, from 1. */
  readonly line: number;
}

/**
 * The rows of a list: values between commas, semicolons or tabs (a CSV, with quotes where it has them), or between blanks.
 * Blank rows are left out.
 * @param label what to call the file in errors
 * @throws InputError for a web page, a Git LFS pointer or a packed file in place of it, and for quotes that do not fit
 */
export function tableRows(bytes: Uint8Array, label: string): TableRow[] {
  requireText(bytes, label);
  const text = decodeText(bytes);
  if (/^\s*<(!doctype html|html|head)/i.test(text.slice(0, 512))) {
    throw new InputError(
      `Expected a list of CelebA in ${label}, found a web page: the host sent a page instead of the file. Open it in a browser to see why, and download the file again.`,
    );
  }
  const delimiter = delimiterOf(text);
  // A parser of quotes takes ten times as long, which the 202,599 rows of CelebA without any quote need not wait for.
  if (delimiter !== undefined && text.includes('"')) return csvRows(text, delimiter, label);
  return splitRows(text, delimiter);
}

/** Of the first line with something in it; undefined for blanks. */
function delimiterOf(text: string): string | undefined {
  const first = /\S.*/.exec(text)?.[0].replace(/"[^"]*"/g, '') ?? '';
  return [',', ';', '\t'].find((delimiter) => first.includes(delimiter));
}

function splitRows(text: string, delimiter: string | undefined): TableRow[] {
  const rows: TableRow[] = [];
  textLines(text).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '') return;
    rows.push({
      cells: delimiter === undefined ? line.split(/\s+/) : raw.split(delimiter).map((cell) => cell.trim()),
      line: index + 1,
    });
  });
  return rows;
}

function csvRows(text: string, delimiter: string, label: string): TableRow[] {
  try {
    const found = parse(text, {
      delimiter,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return found.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InputError(`${label}: expected comma-separated values, found: ${cause.message}.`, { cause });
  }
}
