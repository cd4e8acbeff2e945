import { relative } from 'node:path';
import type { Capture, LazyBytes, Piece } from '../../native/replace-file';
import { fromTypedArray, keep, noGrad, scoped, type Tensor } from '../../tensor';
import { TensorBytes } from '../../tensor/io/bytes';
import type { StagedFile, StagedRange } from './plan';

/** Blocks grow to this size, so that what is allocated and not used stays small beside what is. */
export const LARGEST_BLOCK = 2 ** 26;
const SMALLEST_BLOCK = 2 ** 20;
/** Below this many bytes a tensor is not worth the four operators that copy it into a block. */
const SMALL_TENSOR = 2 ** 12;

interface Block {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** The same memory. (bytes) uint8 */
  readonly tensor: Tensor;
}

/**
 * Memory that the files of a checkpoint are copied into, from where another thread writes them. It grows to the size of the largest
 * checkpoint, and is used again by the next one.
 */
export class Staging {
  readonly #blocks: Block[] = [];
  /** Where the next byte goes. */
  #block = 0;
  #used = 0;

  /** Bytes in all blocks. */
  get size(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  get buffers(): SharedArrayBuffer[] {
    return this.#blocks.map(({ bytes }) => bytes.buffer);
  }

  /** Begins anew: what the blocks hold has been written. */
  clear(): void {
    this.#block = this.#used = 0;
  }

  /** Adds a block, which may have been made by another thread. */
  add(buffer: SharedArrayBuffer): void {
    const bytes = new Uint8Array(buffer);
    this.#blocks.push({ bytes, tensor: keep(fromTypedArray(bytes, undefined, { copy: false })) });
  }

  /** What takes the files of `folder`, for `capturingFiles`; a file that comes twice is as it came last. @param files gets them, by their names */
  captureInto(folder: string, files: Map<string, StagedFile>): Capture {
    return (path, content) => {
      const ranges: StagedRange[] = [];
      content((piece) => this.#copy(piece, ranges));
      const name = relative(folder, path);
      files.set(name, { name, ranges });
    };
  }

  /** Frees the tensors over the blocks. */
  dispose(): void {
    for (const { tensor } of this.#blocks) tensor.dispose();
    this.#blocks.length = 0;
    this.clear();
  }

  #copy(piece: Piece, ranges: StagedRange[]): void {
    if (isLargeTensor(piece)) return noGrad(() => scoped(() => this.#copyTensor(piece.view(), ranges)));
    const bytes = piece instanceof TensorBytes || isLazy(piece) ? piece.toBytes() : piece;
    this.#forEachRange(bytes.length, ranges, ({ bytes: target }, at, from, to) =>
      target.set(bytes.subarray(from, to), at),
    );
  }

  /** @param bytes (bytes) uint8, on any device */
  #copyTensor(bytes: Tensor, ranges: StagedRange[]): void {
    this.#forEachRange(bytes.numel(), ranges, ({ tensor: target }, at, from, to) =>
      scoped(() => void target.narrow(0, at, to - from).copy_(bytes.narrow(0, from, to - from))),
    );
  }

  /** Goes through `length` bytes, a part for each block that they lie in. @param take gets a block, where in it the part begins, and the part */
  #forEachRange(
    length: number,
    ranges: StagedRange[],
    take: (block: Block, at: number, from: number, to: number) => void,
  ): void {
    for (let from = 0; from < length;) {
      const block = this.#blockWithRoom(length - from);
      const to = Math.min(length, from + block.bytes.length - this.#used);
      take(block, this.#used, from, to);
      ranges.push({ block: this.#block, from: this.#used, to: this.#used + to - from });
      this.#used += to - from;
      from = to;
    }
  }

  #blockWithRoom(wanted: number): Block {
    if (this.#used === this.#blocks[this.#block]?.bytes.length) {
      this.#block++;
      this.#used = 0;
    }
    if (this.#block === this.#blocks.length) this.add(new SharedArrayBuffer(blockSize(Math.max(wanted, this.size))));
    return this.#blocks[this.#block]!;
  }
}

function isLazy(piece: Piece): piece is LazyBytes {
  return 'toBytes' in piece;
}

function isLargeTensor(piece: Piece): piece is TensorBytes {
  return piece instanceof TensorBytes && piece.tensor.nbytes >= SMALL_TENSOR;
}

/** @param bytes that are to go into blocks @returns the size of the next block for them */
export function blockSize(bytes: number): number {
  return Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, 2 ** Math.ceil(Math.log2(bytes))));
}
