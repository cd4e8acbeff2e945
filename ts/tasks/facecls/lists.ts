/**
 * The list files of CelebA in the forms in which they go about: the official text files, the CSV files of the Kaggle copy, and
 * what spreadsheets and scripts make of either. Which it is, the first line says.
 */
import { posix } from 'node:path';
import { InputError } from '../../errors';
import { tableRows, type TableRow } from './table';

export const splits = ['train', 'val', 'test'] as const;
export type Split = (typeof splits)[number];

/** Rows of a list file. Row `i` is about the image `names[i]` and stands in line `lines[i]`, counted from 1. */
export class Rows {
  readonly names: string[] = [];
  readonly lines: number[] = [];
  readonly #rows = new Map<string, number>();

  /** The row of an image; undefined when the file has none. */
  rowOf(name: string): number | undefined {
    return this.#rows.get(name);
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  /** Adds a row and gives its index; undefined when the image has one already. */
  add(name: string, line: number): number | undefined {
    if (this.#rows.has(name)) return undefined;
    const row = this.names.length;
    this.#rows.set(name, row);
    this.names.push(name);
    this.lines.push(line);
    return row;
  }
}

export interface AttributeList {
  readonly attributes: readonly string[];
  readonly rows: Rows;
  /** 1 where the file says 1, 0 where it says -1 or 0; (rows, attributes), row after row. */
  readonly labels: Uint8Array;
  /** The splits, where a column of the same file says them. */
  readonly partition?: PartitionList;
}

export interface PartitionList {
  readonly rows: Rows;
  /** The split of each row: 0 train, 1 val, 2 test. */
  readonly splits: Uint8Array;
}

/**
 * Reads `list_attr_celeba.txt` (number of rows, names of the attributes, then `<file> <-1 or 1>...`
 * between any number of blanks) or `list_attr_celeba.csv` (`image_id,<attribute>...` in any order, then rows).
 * A column `split` or `partition` may say the splits. Any attributes are taken, not only CelebA's forty; a no is -1, 0 or false, a yes 1 or true, the same throughout the file.
 * @param label what to call the file in errors
 * @throws InputError with the line number
 */
export function parseAttributes(bytes: Uint8Array, label: string): AttributeList {
  const table = tableRows(bytes, label);
  const { attributes, announced, nameColumn, splitColumn, columns, first } = attributeHeader(table, label);
  const width = columns.length;
  const labels = new Uint8Array((table.length - first) * width);
  const signs = new Signs(label);
  const rows = new Rows();
  const found: number[] = [];
  const expected = Math.max(nameColumn, splitColumn ?? 0, ...columns) + 1;
  for (const { cells, line } of table.slice(first)) {
    if (cells.length !== expected && !(cells.length > expected && cells.slice(expected).every((cell) => cell === ''))) {
      throw error(label, line, `the file name and ${expected - 1} values`, `${cells.length - 1} values`);
    }
    const at = addRow(rows, cells[nameColumn]!, { line, label }) * width;
    for (let k = 0; k < width; k++) labels[at + k] = signs.read(cells[columns[k]!]!, attributes[k]!, line);
    if (splitColumn !== undefined) found.push(requireSplit(cells[splitColumn], line, label));
  }
  if (announced !== undefined && announced !== rows.names.length) {
    throw new InputError(
      `${label} line 1: expected the number of rows below, found ${announced}, but there are ${rows.names.length} rows; the file is incomplete or was edited.`,
    );
  }
  return {
    attributes,
    rows,
    labels,
    ...(splitColumn !== undefined && { partition: { rows, splits: Uint8Array.from(found) } }),
  };
}

/**
 * Reads `list_eval_partition.txt` (`<file> <0, 1 or 2>`, no header) or the CSV of the same name (header `image_id,partition`).
 * @throws InputError with the line number
 */
export function parsePartition(bytes: Uint8Array, label: string): PartitionList {
  const table = tableRows(bytes, label);
  const { nameColumn, splitColumn, first } = partitionHeader(table);
  const found: number[] = [];
  const rows = new Rows();
  for (const { cells, line } of table.slice(first)) {
    addRow(rows, cells[nameColumn]!, { line, label });
    const split = requireSplit(cells[splitColumn], line, label);
    if (first === 0 && cells.slice(2).some((cell) => cell !== ''))
      throw error(label, line, 'the file name and one value', 'more');
    found.push(split);
  }
  return { rows, splits: Uint8Array.from(found) };
}

/** What the column of file names is called. */
const NAME_COLUMN = /^(image|img|file|image)?[ _-]?(id|name|file|path|image|img)s?$|^images?$|^files?$/i;
const SPLIT_COLUMN = /^(partition|split|set|subset|fold)$/i;

interface AttributeHeader {
  readonly attributes: readonly string[];
  readonly announced?: number;
  readonly nameColumn: number;
  /** Where the split stands, if this file says it. */
  readonly splitColumn?: number;
  /** Where each attribute stands. */
  readonly columns: readonly number[];
  /** The first row of values. */
  readonly first: number;
}

function attributeHeader(table: readonly TableRow[], label: string): AttributeHeader {
  const [head, second] = table;
  const cells = head?.cells ?? [];
  if (cells.length === 1 && /^\d+$/.test(cells[0]!)) {
    const names = second?.cells ?? [];
    // Some copies head the column of names too, or begin the line with a comma for it.
    const own =
      names[0] !== undefined &&
      (names[0] === '' || NAME_COLUMN.test(names[0])) &&
      table[2]?.cells.length === names.length
        ? names.slice(1)
        : names;
    return {
      announced: Number(cells[0]),
      attributes: attributeNames(own, second?.line ?? 2, label),
      nameColumn: 0,
      columns: own.map((_, index) => index + 1),
      first: 2,
    };
  }
  const nameColumn = cells.findIndex((name) => NAME_COLUMN.test(name));
  if (nameColumn < 0) {
    throw error(
      label,
      head?.line ?? 1,
      'the number of rows (official file) or a header with image_id (Kaggle copy)',
      cells.length ? `'${cells.slice(0, 3).join(' ')}'` : 'an empty file',
    );
  }
  // A table written by pandas may begin with a column of row numbers, which has no name.
  const columns = [...cells.keys()].filter(
    (index) =>
      index !== nameColumn &&
      cells[index] !== '' &&
      !/^unnamed: \d+$/i.test(cells[index]!) &&
      !SPLIT_COLUMN.test(cells[index]!),
  );
  const splitColumn = cells.findIndex((name) => SPLIT_COLUMN.test(name));
  return {
    attributes: attributeNames(
      columns.map((index) => cells[index]!),
      head!.line,
      label,
    ),
    nameColumn,
    ...(splitColumn >= 0 && { splitColumn }),
    columns,
    first: 1,
  };
}

function attributeNames(names: readonly string[], line: number, label: string): readonly string[] {
  if (names.length === 0 || /^-?1$/.test(names[1] ?? ''))
    throw error(label, line, 'the names of the attributes', names.length ? `'${names.slice(0, 3).join(' ')}'` : 'none');
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw error(label, line, 'each attribute once', `${repeated} twice`);
  return names;
}

function partitionHeader([head]: readonly TableRow[]): { nameColumn: number; splitColumn: number; first: number } {
  const cells = head?.cells ?? [];
  const splitColumn = cells.findIndex((name) => SPLIT_COLUMN.test(name));
  const nameColumn = cells.findIndex((name) => NAME_COLUMN.test(name));
  if (splitColumn >= 0 && nameColumn >= 0) return { nameColumn, splitColumn, first: 1 };
  return { nameColumn: 0, splitColumn: 1, first: nameColumn === 0 && splitOf(cells[1] ?? '') < 0 ? 1 : 0 };
}

/** @throws InputError for what is no split */
function requireSplit(value: string | undefined, line: number, label: string): number {
  const split = splitOf(value ?? '');
  if (split >= 0) return split;
  throw error(
    label,
    line,
    '0 (train), 1 (val) or 2 (test) after the file name',
    value === undefined || value === '' ? 'nothing' : `'${value}'`,
  );
}

function splitOf(value: string): number {
  const number = ['0', '1', '2'].indexOf(value.replace(/\.0+$/, ''));
  if (number >= 0) return number;
  const role = /^(train|val|test)(id|idation|ing)?$/i.exec(value)?.[1]?.toLowerCase();
  return splits.findIndex((split) => split === role);
}

/** Reads the marks of a file, which has -1 and 1 or 0 and 1, not both. */
class Signs {
  /** Where the first no of either kind stands. */
  readonly #noes = new Map<'-1' | '0', number>();
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  read(cell: string, attribute: string, line: number): 0 | 1 {
    if (cell === '1' || cell === '-1') return cell === '1' ? 1 : this.#no('-1', line);
    if (cell === '0') return this.#no('0', line);
    const word = cell.toLowerCase().replace(/\.0+$/, '');
    if (['1', '+1', 'true', 'yes'].includes(word)) return 1;
    if (['false', 'no'].includes(word)) return 0;
    if (word === '-1' || word === '0') return this.#no(word, line);
    throw error(this.#label, line, `1 or -1 for ${attribute}`, cell === '' ? 'nothing' : `'${cell}'`);
  }

  #no(kind: '-1' | '0', line: number): 0 {
    const other = this.#noes.get(kind === '0' ? '-1' : '0');
    if (other !== undefined)
      throw error(
        this.#label,
        line,
        `-1 and 1 or 0 and 1 throughout, one no meaning the other`,
        `${kind} here and ${kind === '0' ? '-1' : '0'} in line ${other}`,
      );
    if (!this.#noes.has(kind)) this.#noes.set(kind, line);
    return 0;
  }
}

/** Adds a row for a file, by its name without folders; an image that comes again is an error. */
function addRow(
  rows: Rows,
  written: string,
  { line, label }: { readonly line: number; readonly label: string },
): number {
  const name = posix.basename(written.replaceAll('\\', '/'));
  if (name === '') throw error(label, line, 'the name of a file', 'nothing');
  const row = rows.add(name, line);
  if (row !== undefined) return row;
  throw error(label, line, 'each image once', `${name}, which is in line ${rows.lines[rows.rowOf(name)!]} too`);
}

function error(label: string, line: number, expected: string, found: string): InputError {
  return new InputError(`${label} line ${line}: expected ${expected}, found ${found}.`);
}
