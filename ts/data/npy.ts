/** torch.npy: NumPy's files of one array. */
import { readInput, withBytes, type FileInput, type StreamInput } from '../native/byte-source';
import { saveTo, type FileTarget, type StreamTarget } from '../native/save-target';
import type { Tensor } from '../tensor';
import type { MapOptions } from '../tensor/io/bytes';
import { checkOptions } from '../options';
import { arrayOf, fileOf } from './npy-array';

/**
 * Reads a `.npy` file, its bytes, or a stream of them, in any byte order; an array in Fortran's order keeps it as strides.
 * The elements are copied, as `numpy.load` does; `{ mmap: true }` maps them, as its `mmap_mode='c'`.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @throws InputError for a file that is absent, cut short or malformed, and for one that holds objects, records, text or dates:
 *   nothing is unpickled
 */
export function load(input: FileInput, options?: MapOptions): Tensor;
export function load(input: StreamInput, options?: MapOptions): Promise<Tensor>;
export function load(input: FileInput | StreamInput, options: MapOptions = {}): Tensor | Promise<Tensor> {
  checkOptions('npy.load', options, ['mmap']);
  return readInput(input, (whole) =>
    withBytes(whole, 'an array of NumPy', (source) => arrayOf(source, source.label, options)),
  );
}

/**
 * Writes a tensor as `numpy.save` does: the whole file or nothing, at the path as it is. Without a target it gives the bytes;
 * a stream gets them, and the result is a promise.
 * @throws InputError for a type that NumPy does not have, such as bfloat16, or when the target cannot be written
 */
export function save(tensor: Tensor, target: FileTarget): void;
export function save(tensor: Tensor, target: StreamTarget): Promise<void>;
export function save(tensor: Tensor, target?: null): Buffer;
export function save(tensor: Tensor, target?: FileTarget | StreamTarget | null): Buffer | Promise<void> | void {
  const parts = fileOf(tensor, 'npy.save');
  return saveTo(target, (write) => parts.forEach(write));
}
