/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON header,
 * the header, the bytes of the tensors. Read by memory map, so that a checkpoint costs no memory until it is used; written
 * as a stream, one tensor at a time, into a temporary file that is renamed when it is whole.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '../errors';
import { itemSize } from './dtype';
import { operator } from './operator';
import { scoped } from './lifetime';
import { CODES, readHeader, type Entry } from './safetensors-header';
import { Tensor } from './tensor';

const call = (name: string, overload: string, ...args: unknown[]): Tensor => operator('aten', name, overload).call(args) as Tensor;

function slice(whole: Tensor, { dtype, shape, data_offsets: [from, to] }: Entry, start: number): Tensor {
  const target = CODES[dtype]!;
  let bytes = call('slice', 'Tensor', whole, 0, start + from, start + to);
  // A type can only be laid over bytes that start at a multiple of its size; writers pad the header, but need not.
  if ((start + from) % itemSize(target) !== 0) bytes = call('clone', '', bytes);
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

const LONGEST_WRITE = 1 << 30; // the system takes less than 2^31 bytes at a time

function write(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, Math.min(bytes.length - done, LONGEST_WRITE));
}

interface Item {
  readonly name: string;
  readonly tensor: Tensor;
  /** The format's name of its type. */
  readonly code: string;
}

function itemOf(name: string, tensor: unknown): Item {
  if (!(tensor instanceof Tensor)) throw new InputError(`safetensors: expected a tensor as '${name}', found ${typeof tensor}`);
  if (name === '__metadata__') throw new InputError("safetensors: no tensor can have the name '__metadata__', which the format keeps for itself");
  const { dtype } = tensor;
  const code = Object.keys(CODES).find((key) => CODES[key] === dtype);
  if (!code) throw new InputError(`safetensors: tensor '${name}' has dtype ${dtype}, which the format does not hold`);
  return { name, tensor, code };
}

/** The order of the reference writer. */
function sorted(items: readonly Item[]): Item[] {
  const codes = Object.keys(CODES);
  return [...items].sort((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code) || (a.name < b.name ? -1 : 1));
}

function layout(items: readonly Item[], meta: Readonly<Record<string, string>> | undefined): Buffer {
  const header = Object.assign(Object.create(null) as Record<string, unknown>, meta && { __metadata__: meta });
  let offset = 0;
  for (const { name, tensor, code } of items) {
    const end = offset + tensor.nbytes;
    header[name] = { dtype: code, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
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
    const plain = call('resolve_neg', '', call('resolve_conj', '', tensor.detach()));
    const flat = call('reshape', '', call('contiguous', '', plain), [-1]);
    return call('view', 'dtype', flat, 'uint8').data() as Uint8Array;
  });
}

function create(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new InputError(`${path}: cannot be written (${(error as Error).message})`, { cause: error });
  }
}

/**
 * Writes tensors to a file, atomically: at `path` stands either the old file or the whole new one.
 * Tensors lie in the order of the reference writer, so that the same tensors give the same file there and here.
 */
export function save(tensors: Readonly<Record<string, Tensor>>, path: string, meta?: Readonly<Record<string, string>>): void {
  const items = sorted(Object.entries(tensors).map(([name, tensor]) => itemOf(name, tensor)));
  if (meta && !Object.values(meta).every((value) => typeof value === 'string')) {
    throw new InputError('safetensors: expected metadata that maps strings to strings');
  }
  const header = layout(items, meta);
  const temporary = `${path}.${process.pid}.tmp`;
  const file = create(temporary);
  try {
    try {
      write(file, header);
      for (const { tensor } of items) write(file, bytesOf(tensor));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
