/** torch.npy: NumPy's files of one array. */
import { statSync } from 'node:fs';
import { InputError } from '../errors';
import { replaceFile } from '../native/replace-file';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { mapFile } from '../tensor/bytes';
import { arrayOf, fileOf } from './npy-array';

/**
 * Reads a `.npy` file, in any byte order; an array in Fortran's order keeps it as strides. Elements that lie in the file as
 * libtorch has them are mapped copy-on-write: they cost no memory until they are used, and writing to the tensor never changes
 * the file.
 * @throws InputError for a file that is absent, cut short or malformed, and for one that holds objects, records, text or dates:
 *   nothing is unpickled
 */
export function load(path: string): Tensor {
  const bytes = sizeOf(path);
  return torch.scoped(() => arrayOf(mapFile(path, bytes), path));
}

/**
 * Writes a tensor as `numpy.save` does: the whole file or nothing, at `path` as it is.
 * @throws InputError for a type that NumPy does not have, such as bfloat16, or when the file cannot be written
 */
export function save(tensor: Tensor, path: string): void {
  const parts = fileOf(tensor, 'npy.save');
  replaceFile(path, (write) => parts.forEach(write));
}

function sizeOf(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return stats.size;
  } catch (cause) {
    throw new InputError(`${path}: expected an array of NumPy, found no file that can be opened (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
  throw new InputError(`${path}: expected an array of NumPy, found something that is no plain file.`);
}
