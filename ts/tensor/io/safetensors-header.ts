/** The header of a safetensors file: what it names, and the checks that keep a damaged file from being read. */
import { InputError } from '../../errors';
import type { ByteSource } from '../../native/byte-source';
import { rejectPointer } from '../../native/lfs-pointer';
import { itemSize, type DType } from '../types/dtype';

/** The format's names of element types, in the order in which the reference writer lays tensors out: every one is aligned. */
export const CODES: Readonly<Record<string, DType>> = {
  U64: 'uint64',
  I64: 'int64',
  F64: 'float64',
  C64: 'complex64',
  F32: 'float32',
  U32: 'uint32',
  I32: 'int32',
  BF16: 'bfloat16',
  F16: 'float16',
  U16: 'uint16',
  I16: 'int16',
  F8_E5M2FNUZ: 'float8_e5m2fnuz',
  F8_E4M3FNUZ: 'float8_e4m3fnuz',
  F8_E8M0: 'float8_e8m0fnu',
  F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const LONGEST_HEADER = 100_000_000; // the limit of the reference implementation
/** libtorch's operators take no more. */
const MOST_DIMENSIONS = 64;

export interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

export interface Header {
  entries: [string, Entry][];
  metadata: Record<string, string>;
  /** Where the tensors' bytes start, and how many the file has from there. */
  start: number;
  bytes: number;
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  const sizes = (list: unknown): boolean =>
    Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
  return (
    typeof entry?.dtype === 'string' &&
    sizes(entry.shape) &&
    sizes(entry.data_offsets) &&
    entry.data_offsets?.length === 2
  );
}

function checkEntry(path: string, name: string, entry: unknown, available: number): asserts entry is Entry {
  if (!isEntry(entry))
    throw new InputError(`${path}: the header's entry '${name}' is malformed; the file is damaged, fetch it again`);
  const [from, to] = entry.data_offsets;
  const dtype = Object.hasOwn(CODES, entry.dtype) ? CODES[entry.dtype] : undefined;
  if (!dtype) throw new InputError(`${path}: tensor '${name}' has the unknown type ${entry.dtype}`);
  if (entry.shape.length > MOST_DIMENSIONS)
    throw new InputError(
      `${path}: tensor '${name}' has ${entry.shape.length} dimensions; there are at most ${MOST_DIMENSIONS}`,
    );
  const wanted = entry.shape.reduce((product, length) => product * length, itemSize(dtype));
  if (to - from !== wanted) {
    throw new InputError(
      `${path}: tensor '${name}' of shape [${entry.shape.join(', ')}] wants ${wanted} bytes, its range has ${to - from}`,
    );
  }
  if (to > available) {
    throw new InputError(
      `${path}: tensor '${name}' ends at byte ${to}, the file holds ${available}; it is cut short, fetch it again`,
    );
  }
}

/** @throws InputError for a file that is cut short or malformed */
export function readHeader(source: ByteSource): Header {
  const { label, size } = source;
  rejectPointer(source);
  const length = size >= 8 ? Number(source.read(0, 8).readBigUInt64LE()) : -1;
  if (length < 2 || length > LONGEST_HEADER) {
    throw new InputError(`${label}: expected a safetensors file, found ${size} bytes without a valid header`);
  }
  if (8 + length > size) {
    throw new InputError(
      `${label}: the header is to have ${length} bytes, the file has ${size} in all; it is cut short, fetch it again`,
    );
  }
  return parseHeader(label, source.read(8, length).toString('utf8'), 8 + length, size - 8 - length);
}

function parseHeader(path: string, text: string, start: number, bytes: number): Header {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: the safetensors header is not valid JSON; the file is damaged, fetch it again`, {
      cause: error,
    });
  }
  if (!isObject(parsed))
    throw new InputError(`${path}: expected an object as safetensors header; the file is damaged, fetch it again`);
  const { __metadata__: metadata = {}, ...rest } = parsed;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw new InputError(`${path}: expected metadata that maps strings to strings`);
  }
  const entries = Object.entries(rest).map(([name, entry]): [string, Entry] => {
    checkEntry(path, name, entry, bytes);
    return [name, entry];
  });
  checkCover(path, entries, bytes);
  return { entries, metadata: metadata as Record<string, string>, start, bytes };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The format's own rule: the ranges follow one another without gap or overlap, and fill the file. */
function checkCover(path: string, entries: readonly [string, Entry][], available: number): void {
  let end = 0;
  const ranges = entries.map(([name, entry]) => ({ name, from: entry.data_offsets[0], to: entry.data_offsets[1] }));
  for (const { name, from, to } of ranges.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) {
      throw new InputError(
        `${path}: tensor '${name}' begins at byte ${from}, the one before it ends at ${end}; the file is damaged, fetch it again`,
      );
    }
    end = to;
  }
  if (end !== available) {
    throw new InputError(
      `${path}: the tensors end at byte ${end}, the file holds ${available}; it is damaged, fetch it again`,
    );
  }
}
