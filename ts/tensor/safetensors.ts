/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON header,
 * the header, the bytes of the tensors. Read by memory map, so that a checkpoint costs no memory until it is used; written
 * as a stream, one tensor at a time, into a temporary file that is renamed when it is whole.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '../errors';
import { DTYPES, type DType } from './dtype';
import { operator } from './operator';
import { Tensor } from './tensor';
import { scoped } from './lifetime';

const CODES: Readonly<Record<string, DType>> = {
  F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16', I64: 'int64', I32: 'int32', I16: 'int16', I8: 'int8',
  U8: 'uint8', U16: 'uint16', U32: 'uint32', U64: 'uint64', BOOL: 'bool', C64: 'complex64', F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2', F8_E8M0: 'float8_e8m0fnu',
};
const NAMES = new Map(Object.entries(CODES).map(([code, dtype]) => [dtype, code]));
const SIZES: Readonly<Record<string, number>> = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, U16: 2, U32: 4, U64: 8, BOOL: 1, C64: 8,
  F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1,
};
const LONGEST_HEADER = 100_000_000; // the limit of the reference implementation

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

interface Header {
  entries: [string, Entry][];
  metadata: Record<string, string>;
  /** Where the tensors' bytes start, and how many the file has from there. */
  start: number;
  bytes: number;
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  const sizes = (list: unknown): boolean => Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
  return typeof entry?.dtype === 'string' && sizes(entry.shape) && sizes(entry.data_offsets) && entry.data_offsets?.length === 2;
}

function checkEntry(path: string, name: string, entry: unknown, available: number): asserts entry is Entry {
  if (!isEntry(entry)) throw new InputError(`${path}: the header's entry '${name}' is malformed; the file is damaged`);
  const [from, to] = entry.data_offsets;
  const size = SIZES[entry.dtype];
  if (size === undefined) throw new InputError(`${path}: tensor '${name}' has the unknown type ${entry.dtype}`);
  const wanted = entry.shape.reduce((product, length) => product * length, size);
  if (to - from !== wanted) {
    throw new InputError(`${path}: tensor '${name}' of shape [${entry.shape.join(', ')}] wants ${wanted} bytes, its range has ${to - from}`);
  }
  if (to > available) {
    throw new InputError(`${path}: tensor '${name}' ends at byte ${to}, the file holds ${available}; it is cut short, fetch it again`);
  }
}

function readHeader(path: string): Header {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: expected a safetensors file, found none that can be opened (${(error as Error).message})`, { cause: error });
  }
  try {
    const { size } = fstatSync(file);
    const prefix = Buffer.alloc(8);
    const length = readSync(file, prefix, 0, 8, 0) === 8 ? Number(prefix.readBigUInt64LE()) : -1;
    if (length < 2 || length > LONGEST_HEADER || 8 + length > size) {
      throw new InputError(`${path}: expected a safetensors file, found ${size} bytes without a valid header`);
    }
    const text = Buffer.alloc(length);
    readSync(file, text, 0, length, 8);
    return parseHeader(path, text.toString('utf8'), 8 + length, size - 8 - length);
  } finally {
    closeSync(file);
  }
}

function parseHeader(path: string, text: string, start: number, bytes: number): Header {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${path}: the safetensors header is not valid JSON; the file is damaged`, { cause: error });
  }
  const { __metadata__: metadata, ...rest } = parsed;
  const entries = Object.entries(rest).map(([name, entry]): [string, Entry] => {
    checkEntry(path, name, entry, bytes);
    return [name, entry];
  });
  return { entries, metadata: (metadata ?? {}) as Record<string, string>, start, bytes };
}

const call = (name: string, overload: string, ...args: unknown[]): Tensor => operator('aten', name, overload).call(args) as Tensor;

function slice(whole: Tensor, { dtype, shape, data_offsets: [from, to] }: Entry, start: number): Tensor {
  const target = CODES[dtype]!;
  let bytes = call('slice', 'Tensor', whole, 0, start + from, start + to);
  // A type can only be laid over bytes that start at a multiple of its size; writers pad the header, but need not.
  if ((start + from) % SIZES[dtype]! !== 0) bytes = call('clone', '', bytes);
  // `data` ends the kinship of the views: else a change of one in place would count as a change of all to autograd.
  return call('data', '', call('view', '', call('view', 'dtype', bytes, target), shape));
}

/**
 * Reads all tensors of a file. Their memory is the file's, mapped copy-on-write: writing to a tensor never changes the file.
 * @throws InputError for a file that is absent, cut short or malformed
 */
export function load(path: string): Record<string, Tensor> {
  const { entries, start, bytes } = readHeader(path);
  return scoped(() => {
    const empty = bytes === 0;
    const whole = empty
      ? call('zeros', '', [start], 'uint8')
      : (operator('aten', 'from_file', '').call([path, false, start + bytes], { dtype: 'uint8' }) as Tensor);
    return Object.fromEntries(entries.map(([name, entry]) => [name, slice(whole, entry, start)]));
  });
}

/** The string-to-string metadata of a file. */
export function metadata(path: string): Record<string, string> {
  return readHeader(path).metadata;
}

function write(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function layout(tensors: readonly (readonly [string, Tensor])[], meta: Readonly<Record<string, string>> | undefined): Buffer {
  const header: Record<string, unknown> = meta ? { __metadata__: meta } : {};
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const code = NAMES.get(tensor.dtype);
    if (!code) throw new InputError(`safetensors: tensor '${name}' has dtype ${tensor.dtype}, which the format does not hold`);
    const size = tensor.numel() * SIZES[code]!;
    header[name] = { dtype: code, shape: tensor.shape, data_offsets: [offset, offset + size] };
    offset += size;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([prefix, padded]);
}

/** The raw bytes of a tensor, whatever its type. */
function bytesOf(tensor: Tensor): Uint8Array {
  return scoped(() => {
    const flat = call('reshape', '', call('contiguous', '', tensor.detach()), [-1]);
    return call('view', 'dtype', flat, 'uint8').data() as Uint8Array;
  });
}

/**
 * Writes tensors to a file, atomically: at `path` stands either the old file or the whole new one.
 * Larger types come first, then names in order, as the reference writer does, so that every tensor is aligned.
 */
export function save(tensors: Readonly<Record<string, Tensor>>, path: string, meta?: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    if (!(tensor instanceof Tensor)) throw new InputError(`safetensors: expected a tensor as '${name}', found ${typeof tensor}`);
    return [name, tensor] as const;
  });
  const width = (dtype: DType): number => SIZES[NAMES.get(dtype) ?? ''] ?? 0;
  entries.sort(([a, x], [b, y]) => width(y.dtype) - width(x.dtype) || DTYPES.indexOf(x.dtype) - DTYPES.indexOf(y.dtype) || (a < b ? -1 : 1));
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    write(file, layout(entries, meta));
    for (const [, tensor] of entries) write(file, bytesOf(tensor));
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
