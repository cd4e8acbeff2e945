/** Tensors as NumPy's array files: elements behind a header. */
import { InputError } from '../errors';
import * as torch from '../tensor';
import { Tensor } from '../tensor';
import { bytesOf, elementsOf } from '../tensor/bytes';
import { isComplex, itemSize, type DType } from '../tensor/dtype';
import { cutShort, npyHeader, readNpyHeader, type NpyHeader } from './npy-header';

/**
 * The array of a file: its elements where they lie, as long as they lie there as libtorch has them, else a copy.
 * @param file (bytes) uint8
 * @param label what to call the file in errors
 * @throws InputError for a file that is no array, cut short or malformed, or does not hold numbers
 */
export function arrayOf(file: Tensor, label: string): Tensor {
  const size = file.numel();
  const header = readNpyHeader((bytes) => firstBytes(file, Math.min(bytes, size)), label);
  const { dtype, fortranOrder, shape, start } = header;
  const elements = shape.reduce((product, length) => product * length, 1);
  const isInside = start + elements * itemSize(dtype) <= size; // false for what is no number too
  if (!isInside) throw cutShort(label);
  return torch.scoped(() => {
    const values = valuesOf(file, header, elements);
    if (!fortranOrder) return values.view(shape);
    return values.view([...shape].reverse()).permute([...shape.keys()].reverse());
  });
}

function firstBytes(file: Tensor, bytes: number): Buffer {
  return Buffer.from(torch.scoped(() => file.narrow(0, 0, bytes).data() as Uint8Array));
}

/** The elements in the order of the file: (elements). */
function valuesOf(file: Tensor, { dtype, bigEndian, start }: NpyHeader, elements: number): Tensor {
  // A byte that is neither 0 nor 1 is no boolean to libtorch.
  if (dtype === 'bool') return elementsOf(file, 'uint8', start, elements).ne(0);
  return bigEndian ? swapped(file.narrow(0, start, elements * itemSize(dtype)), dtype) : elementsOf(file, dtype, start, elements);
}

/** Elements whose bytes are in the other order; both parts of a complex number are turned for themselves. */
function swapped(bytes: Tensor, dtype: DType): Tensor {
  const size = isComplex(dtype) ? itemSize(dtype) / 2 : itemSize(dtype);
  return elementsOf(bytes.view([-1, size]).flip([1]).view([-1]), dtype, 0, bytes.numel() / itemSize(dtype));
}

/**
 * The bytes of an array file with the elements of a tensor.
 * @param label what to call the tensor in errors
 * @throws InputError for a type that NumPy does not have
 */
export function fileOf(tensor: Tensor, label: string): Uint8Array[] {
  if (!(tensor instanceof Tensor)) throw new InputError(`${label}: expected a tensor, found ${typeof tensor}.`);
  return [npyHeader(tensor.dtype, tensor.shape, label), bytesOf(tensor)];
}
