/** Tensors as NumPy's array files: elements behind a header. */
import { InputError } from '../errors';
import type { ByteSource } from '../native/byte-source';
import * as torch from '../tensor';
import { Tensor } from '../tensor';
import { bytesOf, ElementReader, type MapOptions } from '../tensor/io/bytes';
import { isComplex, itemSize, type DType } from '../tensor/types/dtype';
import { typeName } from '../tensor/core/arguments';
import { cutShort, npyHeader, readNpyHeader, type NpyHeader } from './npy-header';

/**
 * The array of a file, in memory of its own.
 * @param label what to call the file in errors
 * @throws InputError for a file that is no array, cut short or malformed, or does not hold numbers
 */
export function arrayOf(source: ByteSource, label: string, options?: MapOptions): Tensor {
  const header = readNpyHeader((bytes) => source.upTo(0, bytes), label);
  const { dtype, fortranOrder, shape, start } = header;
  const elements = shape.reduce((product, length) => product * length, 1);
  const isInside = start + elements * itemSize(dtype) <= source.size; // false for what is no number too
  if (!isInside) throw cutShort(label);
  return torch.scoped(() => {
    const values = valuesOf(new ElementReader(source, options), header, elements);
    if (!fortranOrder) return values.view(shape);
    return values.view([...shape].reverse()).permute([...shape.keys()].reverse());
  });
}

/** The elements in the order of the file: (elements). */
function valuesOf(reader: ElementReader, { dtype, bigEndian, start }: NpyHeader, elements: number): Tensor {
  if (!bigEndian) return reader.read(dtype, start, elements);
  return swapped(reader.read('uint8', start, elements * itemSize(dtype)), dtype);
}

/** Elements whose bytes are in the other order; both parts of a complex number are turned for themselves. */
function swapped(bytes: Tensor, dtype: DType): Tensor {
  const size = isComplex(dtype) ? itemSize(dtype) / 2 : itemSize(dtype);
  const turned = bytes.view([-1, size]).flip([1]).view([-1]);
  return torch.ops['aten']!['view']!['dtype']!(turned, dtype) as Tensor;
}

/**
 * The bytes of an array file with the elements of a tensor.
 * @param label what to call the tensor in errors
 * @throws InputError for a type that NumPy does not have
 */
export function fileOf(tensor: Tensor, label: string): Uint8Array[] {
  if (!(tensor instanceof Tensor)) throw new InputError(`${label}: expected a tensor, found ${typeName(tensor)}.`);
  if (tensor.layout !== 'strided')
    throw new InputError(`${label}: NumPy has no ${tensor.layout} arrays; save tensor.toDense() instead.`);
  return [npyHeader(tensor.dtype, tensor.shape, label), bytesOf(tensor)];
}
