/**
 * The header of NumPy's array files: magic bytes, a version, the length of what follows, and a Python dictionary with type,
 * order and shape of the elements (numpy/lib/format.py; NEP 1).
 */
import { InputError } from '../errors';
import type { DType } from '../tensor';

/** What a header says. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  /** The first dimension is the one that changes fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** The place of the first element. */
  readonly start: number;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** NumPy's own readers stop at 10,000 bytes, since to them a header is code; here a hostile one could only fill the memory. */
const LONGEST_HEADER = 2 ** 20;
/** Elements begin at a multiple of it, so that they can be mapped. */
const ALIGNMENT = 64;
/** NumPy leaves room for the first dimension to grow to so many digits. */
const GROWTH_DIGITS = 21;
/** Neither NumPy nor libtorch has more. */
const MOST_DIMENSIONS = 64;

/** NumPy's names of the types that libtorch has. */
const TYPES: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

/** What stands behind the letters of the other types. */
const REFUSED: Readonly<Record<string, string>> = {
  O: 'Python objects, which only running code of the file could read',
  U: 'text',
  S: 'byte strings',
  a: 'byte strings',
  V: 'raw bytes or records',
  M: 'dates',
  m: 'time spans',
  f: 'floating point numbers that libtorch does not have',
  c: 'complex numbers that libtorch does not have',
};

/**
 * @param read gives the first bytes of the file, fewer at its end
 * @param label what to call the file in errors
 * @throws InputError for what is no array file, is cut short or malformed, or holds anything but numbers and booleans
 */
export function readNpyHeader(read: (bytes: number) => Buffer, label: string): NpyHeader {
  const prefix = read(12);
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC))
    throw new InputError(`${label}: expected an array of NumPy, found something else.`);
  if (prefix.length < 12) throw cutShort(label);
  const [major, minor] = prefix.subarray(MAGIC.length);
  if (![1, 2, 3].includes(major!) || minor !== 0) {
    throw new InputError(
      `${label}: expected an array file of version 1.0, 2.0 or 3.0, found version ${major}.${minor}.`,
    );
  }
  const [length, at] = major === 1 ? [prefix.readUInt16LE(8), 10] : [prefix.readUInt32LE(8), 12];
  if (length > LONGEST_HEADER)
    throw new InputError(`${label}: expected a header of at most ${LONGEST_HEADER} bytes, found one of ${length}.`);
  const head = read(at + length);
  if (head.length < at + length) throw cutShort(label);
  return { ...parse(head.toString(major === 3 ? 'utf8' : 'latin1', at), label), start: at + length };
}

export function cutShort(label: string): InputError {
  return new InputError(`${label} ends before its array does; it is cut short, make or fetch it again.`);
}

function parse(text: string, label: string): Omit<NpyHeader, 'start'> {
  const { descr, fortran_order: fortranOrder, shape } = pythonLiteral(text, label);
  const isShape =
    Array.isArray(shape) &&
    shape.length <= MOST_DIMENSIONS &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (descr === undefined || typeof fortranOrder !== 'boolean' || !isShape) throw malformed(text, label);
  return { ...elementType(descr, label), fortranOrder, shape: shape as number[] };
}

/** A dictionary of strings, booleans, whole numbers, tuples and lists: Python and JSON write them nearly alike. */
function pythonLiteral(text: string, label: string): Readonly<Record<string, unknown>> {
  const json = text
    .replaceAll("'", '"')
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/(\d)L\b/g, '$1') // Python 2 marks long numbers so
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replace(/,\s*(?=[\]}])/g, '');
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw malformed(text, label, cause);
  }
  throw malformed(text, label);
}

function malformed(text: string, label: string, cause?: unknown): InputError {
  return new InputError(
    `${label}: expected a header with descr, fortran_order and shape, found ${JSON.stringify(text.slice(0, 100).trim())}; the file is damaged.`,
    { cause },
  );
}

function elementType(descr: unknown, label: string): Pick<NpyHeader, 'dtype' | 'bigEndian'> {
  if (typeof descr !== 'string') throw refused('records', label);
  const [, order, name] = /^([<>|=]?)(.*)$/s.exec(descr)!;
  const dtype = Object.hasOwn(TYPES, name!) ? TYPES[name!] : undefined;
  if (dtype) return { dtype, bigEndian: order === '>' };
  throw refused(`${REFUSED[name!.charAt(0)] ?? 'elements of an unknown type'} (${descr})`, label);
}

function refused(what: string, label: string): InputError {
  return new InputError(
    `${label}: expected an array of numbers or booleans, found ${what}; save an array of numbers instead.`,
  );
}

/**
 * The header that NumPy writes for elements in the order of their dimensions.
 * @throws InputError for a type that NumPy does not have
 */
export function npyHeader(dtype: DType, shape: readonly number[], label: string): Buffer {
  const name = Object.keys(TYPES).find((key) => TYPES[key] === dtype);
  if (name === undefined)
    throw new InputError(`${label}: NumPy has no ${dtype}; convert the tensor first, such as by tensor.to('float32').`);
  const order = name.endsWith('1') ? '|' : '<';
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const room = shape.length > 0 ? ' '.repeat(Math.max(0, GROWTH_DIGITS - String(shape[0]).length)) : '';
  const text = `{'descr': '${order}${name}', 'fortran_order': False, 'shape': ${tuple}, }${room}`;
  const padding = ' '.repeat(ALIGNMENT - ((MAGIC.length + 4 + text.length + 1) % ALIGNMENT));
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length + padding.length + 1);
  return Buffer.concat([MAGIC, Buffer.of(1, 0), length, Buffer.from(`${text}${padding}\n`, 'latin1')]);
}
