/** torch.npz: NumPy's archives of named arrays. */
import { InputError } from '../errors';
import { replaceFile } from '../native/replace-file';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { checkOptions } from '../tensor/options';
import { arrayOf, fileOf } from './npy-array';
import { ZipFile } from './zip';
import { ZipWriter } from './zip-writer';

export interface NpzOptions {
  /** Compress the arrays, as `numpy.savez_compressed` does. @default false */
  readonly compressed?: boolean;
}

const ENDING = '.npy';

/**
 * Reads all arrays of a `.npz` file, by their names.
 * @throws InputError for a file that is absent or damaged, and for arrays that `npy.load` refuses
 */
export function load(path: string): Record<string, Tensor> {
  const zip = new ZipFile(path);
  try {
    return torch.scoped(() => Object.fromEntries([...zip.members.keys()].map((member) => [nameOf(member, path), arrayIn(zip, member)])));
  } finally {
    zip.close();
  }
}

/**
 * Writes tensors under their names as `numpy.savez` does: the whole file or nothing, at `path` as it is.
 * @throws InputError for a type that NumPy does not have, such as bfloat16, or when the file cannot be written
 */
export function save(tensors: Readonly<Record<string, Tensor>>, path: string, options: NpzOptions = {}): void {
  checkOptions('npz.save', options, ['compressed']);
  const { compressed = false } = options;
  replaceFile(path, (write) => {
    const zip = new ZipWriter(write, { deflate: compressed });
    for (const [name, tensor] of Object.entries(tensors)) zip.add(name + ENDING, Buffer.concat(fileOf(tensor, `npz.save: ${name}`)));
    zip.end();
  });
}

function nameOf(member: string, path: string): string {
  if (!member.endsWith(ENDING)) throw new InputError(`${path}: expected an archive of NumPy arrays (.npy), found ${member} in it.`);
  return member.slice(0, -ENDING.length);
}

function arrayIn(zip: ZipFile, member: string): Tensor {
  return arrayOf(torch.fromTypedArray(zip.readSync(member)), `${member} in ${zip.path}`);
}
