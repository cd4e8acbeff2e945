/** Tensors as bytes: what readers and writers of files stand on. */
import { itemSize, type DType } from './dtype';
import { scoped } from './lifetime';
import { operator } from './operator';
import type { Tensor } from './tensor';

const call = (name: string, overload: string, ...args: unknown[]): Tensor => operator('aten', name, overload).call(args) as Tensor;

/** The elements of a tensor in their order, as they lie in memory, whatever their type; a copy. */
export function bytesOf(tensor: Tensor): Uint8Array {
  return scoped(() => {
    const plain = call('resolve_neg', '', call('resolve_conj', '', tensor.detach()));
    const flat = call('reshape', '', call('contiguous', '', plain), [-1]);
    return call('view', 'dtype', flat, 'uint8').data() as Uint8Array;
  });
}

/**
 * The first bytes of a file, (bytes) uint8, without reading them: they are mapped copy-on-write, so that writing to the
 * tensor never changes the file.
 */
export function mapFile(path: string, bytes: number): Tensor {
  if (bytes === 0) return call('zeros', '', [0], 'uint8');
  return operator('aten', 'from_file', '').call([path, false, bytes], { dtype: 'uint8' }) as Tensor;
}

/**
 * Elements that lie in `bytes` from `start` on: a view, or a copy where they lie askew, for a type can only be laid over bytes
 * that start at a multiple of its size.
 * @param bytes (N) uint8
 * @returns (elements)
 */
export function elementsOf(bytes: Tensor, dtype: DType, start: number, elements: number): Tensor {
  const size = itemSize(dtype);
  const part = call('slice', 'Tensor', bytes, 0, start, start + elements * size);
  return call('view', 'dtype', start % size === 0 ? part : call('clone', '', part), dtype);
}
