/** Tensors as bytes: what readers and writers of files stand on. */
import { binding } from '../../native/binding';
import type { ByteSource } from '../../native/byte-source';
import type { LazyBytes } from '../../native/replace-file';
import { guarded } from '../../native/typed-errors';
import { fromTypedArray } from '../creation/create';
import { itemSize, type DType } from '../types/dtype';
import { scoped } from '../memory/lifetime';
import { operator } from '../operators/operator';
import type { Tensor } from '../core/tensor';

const call = (name: string, overload: string, ...args: unknown[]): Tensor =>
  operator('aten', name, overload).call(args) as Tensor;

/** Where the memory of what is read comes from. */
export interface MapOptions {
  /**
   * Map the file instead of reading it: tensors cost no memory until they are used. Only for files that nobody writes to
   * meanwhile: one that is changed in place changes the tensors, and one that is truncated ends the process. What is
   * written to the tensors never reaches the file. @default false
   */
  readonly mmap?: boolean;
}

/** The elements of a tensor in their order, as they lie in memory, whatever their type; a copy. */
export function bytesOf(tensor: Tensor): Uint8Array {
  return new Uint8Array(guarded('reading the bytes of a tensor', () => binding.read(tensor._handle)));
}

/** The bytes of a tensor for a writer, so that they are copied once: to where they go. */
export class TensorBytes implements LazyBytes {
  constructor(readonly tensor: Tensor) {}

  toBytes(): Uint8Array {
    return bytesOf(this.tensor);
  }

  /**
   * The same bytes as a tensor on the device of the tensor, which shares its memory where that has the elements in their order.
   * Belongs to the running scope.
   * @returns (bytes) uint8
   */
  view(): Tensor {
    const values = call('resolve_neg', '', call('resolve_conj', '', call('detach', '', this.tensor)));
    return call('view', 'dtype', call('contiguous', '', call('reshape', '', values, [-1])), 'uint8');
  }
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
 * Elements that lie in `bytes` from `start` on: a view, or a copy where they are not aligned, for a view as another type must
 * start at a multiple of its size.
 * @param bytes (N) uint8
 * @returns (elements)
 */
function elementsOf(bytes: Tensor, dtype: DType, start: number, elements: number): Tensor {
  const size = itemSize(dtype);
  const part = call('slice', 'Tensor', bytes, 0, start, start + elements * size);
  return call('view', 'dtype', start % size === 0 ? part : call('clone', '', part), dtype);
}

/** @internal Reads elements out of one source, each time into memory of their own, or all as parts of one mapping. */
export class ElementReader {
  #whole: Tensor | undefined;
  readonly #options: MapOptions;

  constructor(
    readonly source: ByteSource,
    options: MapOptions = {},
  ) {
    this.#options = options;
  }

  /**
   * Belongs to the running scope.
   * @returns (elements)
   * @throws InputError when the source ends before them; nothing is allocated then
   */
  read(dtype: DType, position: number, elements: number): Tensor {
    this.source.requireInside(position, elements * itemSize(dtype));
    // A byte that is neither 0 nor 1 is no boolean to libtorch.
    if (dtype === 'bool') return scoped(() => call('ne', 'Scalar', this.read('uint8', position, elements), 0));
    const isMapped = this.#options.mmap === true && this.source.path !== undefined;
    return isMapped ? this.#mapped(dtype, position, elements) : this.#copied(dtype, position, elements);
  }

  #mapped(dtype: DType, position: number, elements: number): Tensor {
    this.source.requireUnchanged();
    this.#whole ??= mapFile(this.source.path!, this.source.size);
    // `data` gives the view a version of its own: else autograd would take a change of one in place for a change of all.
    return scoped(() => call('data', '', elementsOf(this.#whole!, dtype, position, elements)));
  }

  #copied(dtype: DType, position: number, elements: number): Tensor {
    const { source } = this;
    if (source.descriptor === undefined) {
      const bytes = source.upTo(position, elements * itemSize(dtype));
      return scoped(() => call('data', '', call('view', 'dtype', fromTypedArray(bytes), dtype)));
    }
    const target = operator('aten', 'empty', 'memory_format').call([[elements]], { dtype }) as Tensor;
    const wanted = elements * itemSize(dtype);
    const found = guarded('reading a file', () => binding.readFile(target._handle, source.descriptor!, position));
    if (found < wanted) throw source.cutShort();
    return target;
  }
}
