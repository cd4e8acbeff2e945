/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON header,
 * the header, the bytes of the tensors. Read by memory map, so that a checkpoint costs no memory until it is used; written
 * as a stream, one tensor at a time, into a temporary file that is renamed when it is whole.
 */
import { InputError } from '../errors';
import { replaceFile } from '../native/replace-file';
import { bytesOf, elementsOf, mapFile } from './bytes';
import { itemSize } from './dtype';
import { operator } from './operator';
import { scoped } from './lifetime';
import { CODES, readHeader, type Entry } from './safetensors-header';
import { Tensor } from './tensor';

const call = (name: string, overload: string, ...args: unknown[]): Tensor => operator('aten', name, overload).call(args) as Tensor;

function slice(whole: Tensor, { dtype, shape, data_offsets: [from, to] }: Entry, start: number): Tensor {
  const target = CODES[dtype]!;
  const elements = elementsOf(whole, target, start + from, (to - from) / itemSize(target));
  // `data` ends the kinship of the views: else a change of one in place would count as a change of all to autograd.
  return call('data', '', call('view', '', elements, shape));
}

/**
 * Reads all tensors of a file. Their memory is the file's, mapped copy-on-write: writing to a tensor never changes the file.
 * @throws InputError for a file that is absent, cut short or malformed
 */
export function load(path: string): Record<string, Tensor> {
  const { entries, start, bytes } = readHeader(path);
  return scoped(() => {
    const whole = mapFile(path, start + bytes);
    return Object.fromEntries(entries.map(([name, entry]) => [name, slice(whole, entry, start)]));
  });
}

/** The string-to-string metadata of a file. */
export function metadata(path: string): Record<string, string> {
  return readHeader(path).metadata;
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
  replaceFile(path, (write) => {
    write(header);
    for (const { tensor } of items) write(bytesOf(tensor));
  });
}
