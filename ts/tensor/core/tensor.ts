/**
 * A tensor: a small object with a number, the handle of an `at::Tensor` in the addon's table. A handle carries a
 * generation, so one that outlived its tensor is an error, never a crash.
 *
 * This file holds what the number alone gives. Every ATen operator whose schema starts with `Tensor self` is a method too
 * (ts/tensor/generated/methods.ts), and further members come from the files that call `addMembers`.
 */
import { inspect } from 'node:util';
import { DisposedTensorError, DTypeError, ShapeError } from '../../errors';
import { binding } from '../../native/binding';
import { DISPOSED, guarded } from '../../native/typed-errors';
import { put2, rewind, Tag, take } from '../../native/wire';
import type { Device } from '../types/device';
import { dtypeName, isComplex, viewAs, type DataArray, type DataOf, type DType } from '../types/dtype';
/** Nested arrays as `toArray()` gives them; a plain value for a tensor without dimensions. */
export type Nested<T> = T | Nested<T>[];

interface Description {
  dtype: DType;
  device: Device;
  requiresGrad: boolean;
  isLeaf: boolean;
  shape: number[];
  strides: number[];
}

const UNCLONEABLE = Symbol(
  'a tensor; post torch.share(tensor) and take it there by torch.receive(), or copy it here by tensor.clone()',
);

const released = `${DISPOSED}; return it from there, or exempt it with torch.keep(tensor)`;

/** Says of an object that it is a tensor, of whichever load of this package. */
export const BRAND = Symbol.for('torchts.Tensor');

/**
 * An n-dimensional array on a device, with PyTorch's methods in camelCase.
 * @typeParam Type what the compiler knows of the element type; most operators give a tensor of any
 */
export class Tensor<out Type extends DType = DType> {
  /** @internal 0 once disposed */
  _handle: number;
  /** @internal the collector frees the handle */
  _tracked = false;
  /** @internal Makes structuredClone and postMessage throw, with this text: they would copy the number of the handle. */
  readonly _clone = UNCLONEABLE;

  /** @internal Tensors are made by `torch.tensor`, `torch.zeros` and the operators. */
  constructor(handle: number) {
    this._handle = handle;
  }

  /** Whether it was freed, by `dispose()` or by the end of its scope; all but `dispose` and printing then throws a DisposedTensorError. */
  get isDisposed(): boolean {
    return this._handle === 0;
  }

  /** Size of each dimension, `[]` of a scalar; a new array each time. */
  get shape(): number[] {
    return readDescription(this).shape;
  }

  /** Steps in elements from one index to the next, of each dimension; zeros in a sparse tensor. A new array each time. */
  get strides(): number[] {
    return readDescription(this).strides;
  }

  /** Type of the elements, such as `'float32'`. */
  get dtype(): Type {
    return readDescription(this).dtype as Type;
  }

  /** Where the elements are, such as `'cpu'` or `'cuda:0'`. */
  get device(): Device {
    return readDescription(this).device;
  }

  /** `'strided'`, or how a sparse tensor is stored: `'sparse_coo'`, `'sparse_csr'`, … */
  get layout(): string {
    return guarded('Tensor.layout', () => binding.layout(this._handle));
  }

  /** Number of dimensions. */
  get ndim(): number {
    return readDescription(this).shape.length;
  }

  /** Size of one dimension, counted from the end when negative; of all without `dim`. */
  size(): number[];
  size(dim: number): number;
  size(dim?: number): number | number[] {
    const { shape } = readDescription(this);
    if (dim === undefined) return shape;
    const size = shape[dim < 0 ? dim + shape.length : dim];
    if (size === undefined)
      throw new ShapeError(`size: expected a dimension of a ${shape.length}-dimensional tensor, found ${dim}`);
    return size;
  }

  /** `ndim`, as a method. */
  dim(): number {
    return this.ndim;
  }

  /** The transpose of a matrix. */
  get T(): Tensor {
    return this.permute([...this.shape.keys()].reverse());
  }

  /** The last two dimensions swapped. */
  get mT(): Tensor {
    return this.transpose(-2, -1);
  }

  /** Number of elements. */
  numel(): number {
    return readDescription(this).shape.reduce((product, size) => product * size, 1);
  }

  /** Whether no recorded operation made it: `backward()` fills the `grad` of leaves that require one. */
  get isLeaf(): boolean {
    return readDescription(this).isLeaf;
  }

  /** Name of the operation that autograd recorded as this tensor's source, such as `'MulBackward0'`; null for a leaf. */
  get gradFn(): string | null {
    return guarded('Tensor.gradFn', () => {
      rewind();
      put2(Tag.Tensor, this._handle);
      return binding.gradFn();
    });
  }

  /**
   * Whether autograd records what is done with it; of floating point and complex tensors only.
   * @throws DTypeError when set for another type, TorchError when set to false for a tensor that is no leaf
   */
  get requiresGrad(): boolean {
    return readDescription(this).requiresGrad;
  }

  set requiresGrad(flag: boolean) {
    this.requiresGrad_(flag);
  }

  /** A copy of the elements in row-major order. Half floats widen to Float32Array, bool is Uint8Array, complex comes in pairs. */
  data(): DataOf<Type> {
    const { dtype } = readDescription(this);
    const direct = viewAs(dtype, new ArrayBuffer(0));
    if (!direct)
      return this.detach()
        .to(dtype === 'complex32' ? 'complex64' : 'float32')
        .data() as DataOf<Type>;
    return viewAs(
      dtype,
      guarded('Tensor.data', () => binding.read(this._handle)),
    ) as DataOf<Type>;
  }

  /** Nested arrays of numbers; of booleans for `bool`, of `{ re, im }` for complex. An int64 beyond 2^53 stays a bigint. */
  toArray(): Nested<number>;
  toArray<T>(): Nested<T>;
  toArray(): unknown {
    const { shape, dtype } = readDescription(this);
    const flat = this.data();
    const stride = isComplex(dtype) ? 2 : 1;
    const read = reader(flat, dtype);
    let position = 0;
    const build = (depth: number): unknown => {
      if (depth < shape.length) return Array.from({ length: shape[depth]! }, () => build(depth + 1));
      position += stride;
      return read(position - stride);
    };
    return build(0);
  }

  /**
   * The element where JavaScript wants a number (`Number(loss)`, `loss < best`), the printed tensor where it wants text. What
   * asks for neither sees an object: `if (x.eq(0))` is always taken, write `if (x.eq(0).item())`.
   * @throws ShapeError for several elements, or none, where a number is wanted
   */
  [Symbol.toPrimitive](hint: string): string | number | bigint | boolean {
    return toPrimitive(this, hint);
  }

  /** `toArray()` for `JSON.stringify`: nested arrays, `{ re, im }` of complex numbers, strings of digits for int64 beyond 2^53. */
  toJSON(): unknown {
    return toJSON(this);
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(Tensor.prototype, BRAND, { value: true });

/**
 * @internal Puts methods and accessors onto the class. The file that does so declares them too, by `declare module`, so that
 * this one knows none of the files that rest on it.
 */
export function addMembers(members: ThisType<Tensor> & object): void {
  for (const key of Reflect.ownKeys(members)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(members, key);
    Object.defineProperty(Tensor.prototype, key, { ...descriptor, enumerable: false, configurable: true });
  }
}

const freedOrigins = new WeakMap<Tensor, string>();

/** Notes where a tensor was made and freed, for the error of who uses it afterwards. */
export function noteFreed(tensor: Tensor, origins: string): void {
  freedOrigins.set(tensor, origins);
}

/** Of a tensor that was freed, where it was made and freed, if that was recorded, or how to learn it. */
export function freedAt(tensor: Tensor): string {
  return freedOrigins.get(tensor) ?? 'torch.recordOrigins() tells where it was made and freed';
}

function readDescription(tensor: Tensor): Description {
  if (tensor._handle === 0) throw new DisposedTensorError(`${released} (${freedAt(tensor)})`);
  const device = guarded('Tensor', () => binding.describe(tensor._handle)) as Device;
  rewind();
  const dtype = dtypeName(take());
  const requiresGrad = take() !== 0;
  const isLeaf = take() !== 0;
  const dims = take();
  const shape = Array.from({ length: dims }, take);
  const strides = Array.from({ length: dims }, take);
  return { dtype, device, requiresGrad, isLeaf, shape, strides };
}

function reader(flat: DataArray, dtype: DType): (index: number) => unknown {
  if (dtype === 'bool') return (index) => flat[index] !== 0;
  if (isComplex(dtype)) return (index) => ({ re: flat[index], im: flat[index + 1] });
  return (index) => toSafeNumber(flat[index]);
}

/** A bigint that a number holds exactly becomes one. */
function toSafeNumber(value: number | bigint | undefined): number | bigint {
  if (value === undefined) throw new DTypeError('expected an element, found none');
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * What operators of JavaScript see: text for a template, else the element of a tensor that has one.
 * @throws ShapeError for several elements, or none: `a + b` of such tensors is `a.add(b)`
 */
function toPrimitive(tensor: Tensor, hint: string): string | number | bigint | boolean {
  if (hint === 'string') return tensor.toString();
  const { shape, dtype } = tensor;
  if (tensor.numel() !== 1) {
    throw new ShapeError(
      `expected a tensor of one element where JavaScript wants a number, found shape [${shape.join(', ')}]; write a.add(b) for a + b, a.lt(b) for a < b, String(a) for its text`,
    );
  }
  if (isComplex(dtype))
    throw new DTypeError(
      `expected a real tensor where JavaScript wants a number, found ${dtype}; take a.real() or a.abs()`,
    );
  return tensor.item() as number | bigint | boolean;
}

/** `toArray()`, with integers that no number holds as strings of digits, since JSON knows no bigint. */
function toJSON(tensor: Tensor): unknown {
  return jsonOf(tensor.toArray<unknown>());
}

function jsonOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonOf);
  return typeof value === 'bigint' ? String(value) : value;
}
