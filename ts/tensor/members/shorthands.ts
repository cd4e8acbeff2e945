/** What PyTorch's Tensor has beside the operators whose first argument it is: conversions by name, sizes in bytes, iteration. */
import { ShapeError } from '../../errors';
import { itemSize, type DType } from '../types/dtype';
import { lu, nonzero, norm, stft, type LuOptions, type NormArguments, type StftOptions } from '../functions/functional';
import { operator } from '../operators/operator';
import { recordStream, type Stream } from '../accelerator/streams';
import { addMembers, type Nested, type Tensor } from '../core/tensor';
import {
  unique,
  uniqueConsecutive,
  type Unique,
  type UniqueConsecutive,
  type UniqueExtras,
  type UniqueOptions,
} from '../functions/unique';

export interface TensorShorthands {
  /** `to('float32')` */
  float(): Tensor;
  /** `to('float64')` */
  double(): Tensor;
  /** `to('float16')` */
  half(): Tensor;
  /** `to('bfloat16')` */
  bfloat16(): Tensor;
  /** `to('int64')` */
  long(): Tensor;
  /** `to('int32')` */
  int(): Tensor;
  /** `to('int16')` */
  short(): Tensor;
  /** `to('int8')` */
  char(): Tensor;
  /** `to('uint8')` */
  byte(): Tensor;
  /** `to('bool')` */
  bool(): Tensor;
  /** `to('complex64')` */
  cfloat(): Tensor;
  /** `to('complex128')` */
  cdouble(): Tensor;

  /** The conjugate transpose of a matrix. */
  readonly H: Tensor;
  /** The conjugate transpose of the last two dimensions. */
  readonly mH: Tensor;
  /** Bytes of one element. */
  readonly itemsize: number;
  /** Bytes of all elements. */
  readonly nbytes: number;
  /** Bytes of one element. */
  elementSize(): number;
  /** Steps in elements from one index to the next, of one dimension or of all. */
  stride(): number[];
  stride(dim: number): number;

  /** See `torch.norm`. */
  norm(...args: NormArguments): Tensor;
  /** See `torch.stft`. */
  stft(nFft: number, options?: StftOptions): Tensor;
  /** See `torch.nonzero`. */
  nonzero(options: { readonly asTuple: true }): Tensor[];
  nonzero(options?: { readonly asTuple?: boolean }): Tensor;
  /** See `torch.lu`. */
  lu(options?: LuOptions): Tensor[];

  /** `toArray()` under PyTorch's name. */
  tolist<T = number>(): Nested<T>;
  /** This tensor's elements where `condition` holds, those of `other` elsewhere. */
  where(condition: Tensor, other: Tensor | number): Tensor;
  /** The n-th derivative of digamma. */
  polygamma(n: number): Tensor;
  /** See `torch.unique`. */
  unique(options: UniqueOptions & UniqueExtras): Tensor[];
  unique(options?: UniqueOptions): Tensor;
  unique(sorted: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: number): Tensor | Tensor[];
  /** See `torch.uniqueConsecutive`. */
  uniqueConsecutive(options: UniqueOptions & UniqueExtras): Tensor[];
  uniqueConsecutive(options?: Omit<UniqueOptions, 'sorted'>): Tensor;
  uniqueConsecutive(returnInverse: boolean, returnCounts?: boolean, dim?: number): Tensor | Tensor[];
  /**
   * Keeps the memory from being used for another tensor before the work of `stream` so far is done: for tensors that were made
   * on one stream and are used on another.
   */
  recordStream(stream: Stream): void;
  /** The slices along the first dimension. */
  [Symbol.iterator](): IterableIterator<Tensor>;
}

const CONVERSIONS: Readonly<Record<string, DType>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  bfloat16: 'bfloat16',
  long: 'int64',
  int: 'int32',
  short: 'int16',
  char: 'int8',
  byte: 'uint8',
  bool: 'bool',
  cfloat: 'complex64',
  cdouble: 'complex128',
};

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> extends TensorShorthands {}
}

addMembers({
  get H() {
    if (this.ndim !== 2) throw new ShapeError(`H: expected a matrix, found ${this.ndim} dimensions; use mH`);
    return this.adjoint();
  },
  get mH() {
    return this.adjoint();
  },
  get itemsize() {
    return itemSize(this.dtype);
  },
  get nbytes() {
    return this.numel() * itemSize(this.dtype);
  },
  elementSize() {
    return itemSize(this.dtype);
  },
  stride(dim?: number) {
    const { strides } = this;
    if (dim === undefined) return strides;
    const stride = typeof dim === 'number' ? strides.at(dim) : undefined;
    if (stride === undefined)
      throw new ShapeError(`stride: expected a dimension of a ${strides.length}-dimensional tensor, found ${dim}`);
    return stride;
  },
  norm(...args: NormArguments) {
    return norm(this, ...args);
  },
  stft(nFft: number, ...args: unknown[]) {
    return stft(this, nFft, ...args);
  },
  nonzero(options?: { readonly asTuple?: boolean }) {
    return nonzero(this, options);
  },
  lu(options?: LuOptions) {
    return lu(this, options);
  },
  tolist() {
    return this.toArray();
  },
  where(condition: Tensor, other: Tensor | number) {
    return operator('aten', 'where', typeof other === 'number' ? 'ScalarOther' : 'self').call([condition, this, other]);
  },
  polygamma(n: number) {
    return operator('aten', 'polygamma').call([n, this]);
  },
  unique(...args: Parameters<Unique> extends [Tensor, ...infer Rest] ? Rest : never) {
    return unique(this, ...args);
  },
  uniqueConsecutive(...args: Parameters<UniqueConsecutive> extends [Tensor, ...infer Rest] ? Rest : never) {
    return uniqueConsecutive(this, ...args);
  },
  recordStream(stream: Stream) {
    recordStream(this, stream);
  },
  *[Symbol.iterator]() {
    if (this.ndim === 0) throw new ShapeError('a tensor without dimensions cannot be iterated over');
    yield* this.unbind();
  },
});

addMembers(
  Object.fromEntries(
    Object.entries(CONVERSIONS).map(([name, dtype]) => [
      name,
      function (this: Tensor): Tensor {
        return this.to(dtype);
      },
    ]),
  ),
);
