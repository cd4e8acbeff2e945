/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON header,
 * the header, the bytes of the tensors. Each tensor is read into memory of its own, since a file may change while its tensors
 * live; written one tensor at a time, into a temporary file that is renamed when it is whole.
 */
import { InputError } from '../../errors';
import { readInput, withBytes, type FileInput, type StreamInput } from '../../native/byte-source';
import { saveTo, type FileTarget, type StreamTarget } from '../../native/save-target';
import { ElementReader, type MapOptions, TensorBytes } from './bytes';
import { itemSize } from '../types/dtype';
import { operator } from '../operators/operator';
import { scoped } from '../memory/lifetime';
import { checkOptions } from '../../options';
import { typeName } from '../core/arguments';
import { CODES, readHeader, type Entry } from './safetensors-header';
import { Tensor } from '../core/tensor';

const call = (name: string, overload: string, ...args: unknown[]): Tensor =>
  operator('aten', name, overload).call(args) as Tensor;

const KIND = 'a safetensors file';

function tensorOf(reader: ElementReader, { dtype, shape, data_offsets: [from, to] }: Entry, start: number): Tensor {
  const target = CODES[dtype]!;
  const elements = reader.read(target, start + from, (to - from) / itemSize(target));
  // `data` gives the view a version of its own: else autograd would take a change of one in place for a change of all.
  return call('data', '', call('view', '', elements, shape));
}

/**
 * Reads all tensors of a file, of its bytes, or of a stream of them.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @throws InputError for a file that is absent, cut short, malformed, or changed while it is read
 */
export function load(input: FileInput, options?: MapOptions): Record<string, Tensor>;
export function load(input: StreamInput, options?: MapOptions): Promise<Record<string, Tensor>>;
export function load(
  input: FileInput | StreamInput,
  options: MapOptions = {},
): Record<string, Tensor> | Promise<Record<string, Tensor>> {
  checkOptions('safetensors.load', options, ['mmap']);
  return readInput(input, (whole) =>
    withBytes(whole, KIND, (source) => {
      const { entries, start } = readHeader(source);
      return scoped(() => {
        const reader = new ElementReader(source, options);
        return Object.fromEntries(entries.map(([name, entry]) => [name, tensorOf(reader, entry, start)]));
      });
    }),
  );
}

/** The string-to-string metadata of a file. */
export function metadata(input: FileInput): Record<string, string> {
  return withBytes(input, KIND, readHeader).metadata;
}

interface Item {
  readonly name: string;
  readonly tensor: Tensor;
  /** The format's name of its type. */
  readonly code: string;
}

function itemOf(name: string, tensor: unknown): Item {
  if (!(tensor instanceof Tensor))
    throw new InputError(`safetensors: expected a tensor as '${name}', found ${typeof tensor}`);
  if (name === '__metadata__')
    throw new InputError("safetensors: no tensor can have the name '__metadata__', which the format keeps for itself");
  const { dtype } = tensor;
  const code = Object.keys(CODES).find((key) => CODES[key] === dtype);
  if (tensor.layout !== 'strided')
    throw new InputError(
      `safetensors: tensor '${name}' is ${tensor.layout}, and the format holds dense tensors; save tensor.toDense()`,
    );
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
 * Writes tensors to a file, atomically: at `target` stands either the old file or the whole new one. Without a target it gives
 * the bytes; a stream gets them, and the result is a promise.
 * Tensors lie in the order of the reference writer, so that the same tensors give the same file there and here.
 * @throws InputError for tensors that the format does not hold, and with the cause when the target cannot be written
 */
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target: FileTarget,
  meta?: Readonly<Record<string, string>>,
): void;
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target: StreamTarget,
  meta?: Readonly<Record<string, string>>,
): Promise<void>;
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target?: null,
  meta?: Readonly<Record<string, string>>,
): Buffer;
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target?: FileTarget | StreamTarget | null,
  meta?: Readonly<Record<string, string>>,
): Buffer | Promise<void> | void {
  if (typeof tensors !== 'object' || tensors === null || Array.isArray(tensors) || tensors instanceof Tensor)
    throw new InputError(`safetensors.save: expected an object of tensors by their names, found ${typeName(tensors)}`);
  const items = sorted(Object.entries(tensors).map(([name, tensor]) => itemOf(name, tensor)));
  if (meta && !Object.values(meta).every((value) => typeof value === 'string')) {
    throw new InputError('safetensors: expected metadata that maps strings to strings');
  }
  const header = layout(items, meta);
  return saveTo(target, (write) => {
    write(header);
    for (const { tensor } of items) write(new TensorBytes(tensor));
  });
}
