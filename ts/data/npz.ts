/** torch.npz: NumPy's archives of named arrays. */
import { InputError } from '../errors';
import { openBytes, readInput, type FileInput, type StreamInput } from '../native/byte-source';
import { saveTo, type FileTarget, type StreamTarget } from '../native/save-target';
import * as torch from '../tensor';
import { Tensor } from '../tensor';
import { checkOptions } from '../options';
import { typeName } from '../tensor/core/arguments';
import { shownName } from './archive-file';
import { arrayOf, fileOf } from './npy-array';
import { ZipFile, type ZipOptions } from './zip';
import { ZipWriter } from './zip-writer';

export interface NpzOptions {
  /** Compress the arrays, as `numpy.savez_compressed` does. @default false */
  readonly compressed?: boolean;
}

const ENDING = '.npy';

/**
 * Reads all arrays of a `.npz` file, of its bytes, or of a stream of them, by their names.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @throws InputError for a file that is absent or damaged, and for arrays that `npy.load` refuses
 */
export function load(input: FileInput, options?: ZipOptions): Record<string, Tensor>;
export function load(input: StreamInput, options?: ZipOptions): Promise<Record<string, Tensor>>;
export function load(
  input: FileInput | StreamInput,
  options: ZipOptions = {},
): Record<string, Tensor> | Promise<Record<string, Tensor>> {
  return readInput(input, (whole) => {
    const zip = new ZipFile(whole, options);
    try {
      return torch.scoped(() =>
        Object.fromEntries([...zip.members.keys()].map((member) => [nameOf(member, zip.path), arrayIn(zip, member)])),
      );
    } finally {
      zip.close();
    }
  });
}

/**
 * Writes tensors under their names as `numpy.savez` does: the whole file or nothing, at the path as it is. Without a target
 * it gives the bytes; a stream gets them, and the result is a promise.
 * @throws InputError for a type that NumPy does not have, such as bfloat16, or when the target cannot be written
 */
export function save(tensors: Readonly<Record<string, Tensor>>, target: FileTarget, options?: NpzOptions): void;
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target: StreamTarget,
  options?: NpzOptions,
): Promise<void>;
export function save(tensors: Readonly<Record<string, Tensor>>, target?: null, options?: NpzOptions): Buffer;
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  target?: FileTarget | StreamTarget | null,
  options: NpzOptions = {},
): Buffer | Promise<void> | void {
  checkOptions('npz.save', options, ['compressed']);
  if (typeof tensors !== 'object' || tensors === null || tensors instanceof Tensor) {
    throw new InputError(
      `npz.save: expected an object of tensors by their names, found ${tensors instanceof Tensor ? 'a tensor, which npy.save writes' : typeName(tensors)}.`,
    );
  }
  const { compressed = false } = options;
  return saveTo(target, (write) => {
    const zip = new ZipWriter(write, { deflate: compressed });
    for (const [name, tensor] of Object.entries(tensors))
      zip.add(name + ENDING, Buffer.concat(fileOf(tensor, `npz.save: ${name}`)));
    zip.end();
  });
}

function nameOf(member: string, path: string): string {
  if (!member.endsWith(ENDING))
    throw new InputError(`${path}: expected an archive of NumPy arrays (.npy), found ${shownName(member)} in it.`);
  return member.slice(0, -ENDING.length);
}

function arrayIn(zip: ZipFile, member: string): Tensor {
  return arrayOf(openBytes(zip.readSync(member), 'an array of NumPy'), `${member} in ${zip.path}`);
}
