/**
 * The list files of CelebA, in the two forms in which they go about: the official text files and the
 * CSV files of the Kaggle copy. Which of the two a file is, its first line says.
 */
import { InputError } from '../../errors';

export const splits = ['train', 'val', 'test'] as const;
export type Split = (typeof splits)[number];

/** Rows of a list file. Row `i` is about the image `names[i]` and stands in line `lines[i]`, counted from 1. */
export class Rows {
  readonly names: string[] = [];
  readonly lines: number[] = [];
  private readonly rows = new Map<string, number>();

  /** The row of an image; undefined when the file has none. */
  rowOf(name: string): number | undefined {
    return this.rows.get(name);
  }

  has(name: string): boolean {
    return this.rows.has(name);
  }

  /** Adds a row and gives its index; undefined when the image has one already. */
  add(name: string, line: number): number | undefined {
    if (this.rows.has(name)) return undefined;
    const row = this.names.length;
    this.rows.set(name, row);
    this.names.push(name);
    this.lines.push(line);
    return row;
  }
}

export interface AttributeList {
  readonly attributes: readonly string[];
  readonly rows: Rows;
  /** 1 where the file says 1, 0 where it says -1; (rows, attributes), row after row. */
  readonly labels: Uint8Array;
}

export interface PartitionList {
  readonly rows: Rows;
  /** The split of each row: 0 train, 1 val, 2 test. */
  readonly splits: Uint8Array;
}

/**
 * Reads `list_attr_celeba.txt` (number of rows, names of the attributes, then `<file> <-1 or 1>...`
 * between any number of blanks) or `list_attr_celeba.csv` (`image_id,<attribute>...`, then rows).
 * Any attributes are taken, not only CelebA's forty.
 * @param label what to call the file in errors
 * @throws InputError with the line number
 */
export function parseAttributes(bytes: Buffer, label: string): AttributeList {
  const lines = new Lines(bytes, label);
  const { attributes, announced } = attributeHeader(lines);
  const width = attributes.length;
  // A value takes two bytes or more, so no row is without room.
  const labels = new Uint8Array(bytes.length / 2 + 1);
  const rows = new Rows();
  while (lines.next()) {
    const at = addRow(rows, lines, lines.token()!) * width;
    let column = 0;
    for (; column < width && lines.toToken(); column++) labels[at + column] = lines.sign(attributes[column]!);
    column += lines.tokens().length;
    if (column !== width) throw lines.error(`the file name and ${width} values`, `${column} values`);
  }
  if (announced !== undefined && announced !== rows.names.length) {
    throw new InputError(`${label} line 1: expected the number of rows below, found ${announced}, but there are ${rows.names.length} rows; the file is incomplete or was edited.`);
  }
  return { attributes, rows, labels: labels.subarray(0, rows.names.length * width) };
}

/**
 * Reads `list_eval_partition.txt` (`<file> <0, 1 or 2>`, no header) or the CSV of the same name (header `image_id,partition`).
 * @throws InputError with the line number
 */
export function parsePartition(bytes: Buffer, label: string): PartitionList {
  const lines = new Lines(bytes, label);
  const found: number[] = [];
  const rows = new Rows();
  while (lines.next()) {
    const name = lines.token()!;
    if (lines.number === 1 && name === 'image_id') continue;
    addRow(rows, lines, name);
    const value = lines.token();
    const split = ['0', '1', '2'].indexOf(value ?? '');
    if (split < 0) throw lines.error('0 (train), 1 (val) or 2 (test) after the file name', value === undefined ? 'nothing' : `'${value}'`);
    if (lines.toToken()) throw lines.error('the file name and one value', 'more');
    found.push(split);
  }
  return { rows, splits: Uint8Array.from(found) };
}

function attributeHeader(lines: Lines): { attributes: string[]; announced?: number } {
  const first = lines.next() ? lines.tokens() : [];
  if (first[0] === 'image_id') return { attributes: attributeNames(lines, first.slice(1)) };
  if (first.length !== 1 || !/^\d+$/.test(first[0]!)) {
    throw lines.error('the number of rows (official file) or a header that starts with image_id (Kaggle copy)', first.length ? `'${first.slice(0, 3).join(' ')}'` : 'an empty file');
  }
  return { announced: Number(first[0]), attributes: attributeNames(lines, lines.next() ? lines.tokens() : []) };
}

function attributeNames(lines: Lines, names: string[]): string[] {
  if (names.length === 0 || /^-?1$/.test(names[1] ?? '')) throw lines.error('the names of the attributes', names.length ? `'${names.slice(0, 3).join(' ')}'` : 'none');
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw lines.error('each attribute once', `${repeated} twice`);
  return names;
}

/** Adds the row of the current line; an image that comes again is an error. */
function addRow(rows: Rows, lines: Lines, name: string): number {
  const row = rows.add(name, lines.number);
  if (row !== undefined) return row;
  throw lines.error('each image once', `${name}, which is in line ${rows.lines[rows.rowOf(name)!]} too`);
}

const enum Byte {
  Tab = 9,
  LineFeed = 10,
  CarriageReturn = 13,
  Blank = 32,
  Comma = 44,
  Minus = 45,
  One = 49,
}

/** Walks the tokens of a text line by line, on its bytes: the 26 MB of the official file take a fraction of a second. */
class Lines {
  /** Number of the current line, from 1. */
  number = 0;
  private at: number;
  private end: number;
  private nextLine: number;

  constructor(
    private readonly bytes: Buffer,
    private readonly label: string,
  ) {
    if (/^\s*<(!doctype html|html|head)/i.test(bytes.toString('latin1', 0, 512))) {
      throw new InputError(`Expected a list of CelebA in ${label}, found a web page: the host sent a page instead of the file. Open it in a browser to see why, and download the file again.`);
    }
    const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.at = this.end = this.nextLine = hasByteOrderMark ? 3 : 0;
  }

  /** Goes to the next line that is not blank; false at the end. */
  next(): boolean {
    while (this.nextLine < this.bytes.length) {
      this.at = this.nextLine;
      const lineFeed = this.bytes.indexOf(Byte.LineFeed, this.at);
      this.end = lineFeed < 0 ? this.bytes.length : lineFeed;
      this.nextLine = this.end + 1;
      this.number++;
      if (this.toToken()) return true;
    }
    return false;
  }

  /** Goes to the next token of the line; false when there is none. */
  toToken(): boolean {
    while (this.at < this.end && isSeparator(this.bytes[this.at]!)) this.at++;
    return this.at < this.end;
  }

  /** Takes the next token of the line. */
  token(): string | undefined {
    return this.toToken() ? this.bytes.toString('utf8', this.at, this.skipToken()) : undefined;
  }

  /** Takes the rest of the line. */
  tokens(): string[] {
    const tokens: string[] = [];
    for (let token = this.token(); token !== undefined; token = this.token()) tokens.push(token);
    return tokens;
  }

  /** Takes the token at hand, which has to be 1 or -1: gives 1 or 0. */
  sign(attribute: string): 0 | 1 {
    const start = this.at;
    const end = this.skipToken();
    if (end - start === 1 && this.bytes[start] === Byte.One) return 1;
    if (end - start === 2 && this.bytes[start] === Byte.Minus && this.bytes[start + 1] === Byte.One) return 0;
    throw this.error(`1 or -1 for ${attribute}`, `'${this.bytes.toString('utf8', start, end)}'`);
  }

  error(expected: string, found: string): InputError {
    return new InputError(`${this.label} line ${Math.max(1, this.number)}: expected ${expected}, found ${found}.`);
  }

  private skipToken(): number {
    while (this.at < this.end && !isSeparator(this.bytes[this.at]!)) this.at++;
    return this.at;
  }
}

function isSeparator(byte: number): boolean {
  return byte === Byte.Blank || byte === Byte.Comma || byte === Byte.CarriageReturn || byte === Byte.Tab;
}
