/**
 * A tensor: a small object with a number, the handle of an `at::Tensor` in the addon's table. A handle carries a
 * generation, so one that outlived its tensor is an error, never a crash.
 *
 * Every ATen operator whose schema starts with `Tensor self` is a method (ts/tensor/generated/methods.ts); this file holds
 * what has no schema.
 */
import { inspect } from 'node:util';
import { DisposedTensorError, DTypeError, ShapeError } from '../../errors';
import { binding } from '../../native/binding';
import { DISPOSED, guarded } from '../../native/typed-errors';
import { put2, rewind, Tag, take } from '../../native/wire';
import { isDevice, type Device } from '../types/device';
import { dtypeName, isComplex, viewAs, type DataArray, type DataOf, type DType } from '../types/dtype';
import type { TensorMethods } from '../generated/methods';
import type { Scalar } from '../creation/create';
import type { GradientHook, RemovableHandle } from '../autograd/hooks';
import type { Index } from '../members/indexing';
import type { AsyncMethods } from '../threads/async';
import type { TensorShorthands } from '../members/shorthands';
import type { TensorMembers } from '../members/tensor-members';
import type { Complex } from '../operators/operator';
import { checkOptions } from './options';
import { toJSON, toPrimitive } from '../members/to-primitive';

/** Nested arrays as `toArray()` gives them; a plain value for a tensor without dimensions. */
export type Nested<T> = T | Nested<T>[];

/** What `to()` changes, and how. */
export interface ToOptions<To extends DType = DType> {
  readonly dtype?: To;
  readonly device?: Device;
  readonly nonBlocking?: boolean;
  readonly copy?: boolean;
  /** Order of the dimensions in memory. @default 'preserve' */
  readonly memoryFormat?: 'contiguous' | 'preserve' | 'channels_last' | 'channels_last_3d';
}

export interface BackwardOptions {
  /** Keep the graph for another pass. @default createGraph */
  readonly retainGraph?: boolean;
  /** Record the backward pass itself, for higher derivatives. @default false */
  readonly createGraph?: boolean;
  /** Accumulate into these leaves only. */
  readonly inputs?: readonly Tensor[];
}

export interface IndexPutOptions {
  /** Add instead of replacing. @default false */
  readonly accumulate?: boolean;
}

interface Description {
  dtype: DType;
  device: Device;
  requiresGrad: boolean;
  isLeaf: boolean;
  shape: number[];
  strides: number[];
}

/** What other files of this folder add to the class; set once while the package loads. */
export interface TensorExtensions {
  backward(tensor: Tensor, gradient: Tensor | null, options: BackwardOptions): void;
  registerHook(tensor: Tensor, hook: GradientHook): RemovableHandle;
  registerPostAccumulateGradHook(tensor: Tensor, hook: (tensor: Tensor) => void): RemovableHandle;
  gradient(tensor: Tensor): Tensor | null;
  setGradient(tensor: Tensor, gradient: Tensor | null): void;
  release(tensor: Tensor): void;
  print(tensor: Tensor): string;
  convert(tensor: Tensor, options: ToOptions): Tensor;
  index(tensor: Tensor, indices: readonly Index[]): Tensor;
  indexPut(tensor: Tensor, indices: readonly Index[], value: Tensor | Scalar | Complex, accumulate: boolean): void;
  endOf(tensor: Tensor): string;
}

let extensions: TensorExtensions;

const UNCLONEABLE = Symbol(
  'a tensor; post torch.share(tensor) and take it there by torch.receive(), or copy it here by tensor.clone()',
);

/** @internal */
export function extendTensor(parts: TensorExtensions): void {
  extensions = parts;
}

const released = `${DISPOSED}; return it from there, or exempt it with torch.keep(tensor)`;

// The operators' methods come in through interface merging; the runtime side is installed by surface.ts.
export interface Tensor<out Type extends DType = DType>
  extends TensorMethods, TensorShorthands, TensorMembers, AsyncMethods {}

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

  /** `x.index(0, null, slice(0, 10, 2), [1, 3], mask)` is Python's `x[0, None, 0:10:2, [1, 3], mask]`. */
  index(...indices: Index[]): Tensor {
    return extensions.index(this, indices);
  }

  /** `x.indexPut_([0, slice(2)], value)` is Python's `x[0, :2] = value`, and with `accumulate` its `+=`, where an element that is named twice gets both. */
  indexPut_(
    indices: readonly Index[],
    value: Tensor | Scalar | Complex,
    options: IndexPutOptions | boolean = {},
  ): this {
    const given = typeof options === 'boolean' ? { accumulate: options } : options;
    checkOptions('Tensor.indexPut_', given, ['accumulate']);
    extensions.indexPut(this, indices, value, given.accumulate ?? false);
    return this;
  }

  /** A copy, changed as {@link indexPut_} changes the tensor itself. */
  indexPut(indices: readonly Index[], value: Tensor | Scalar | Complex, options?: IndexPutOptions | boolean): Tensor {
    return this.clone().indexPut_(indices, value, options);
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

  /** The accumulated gradient, or null before the first `backward()`. */
  get grad(): Tensor | null {
    return extensions.gradient(this);
  }

  set grad(gradient: Tensor | null) {
    extensions.setGradient(this, gradient);
  }

  /**
   * Computes the gradient of this tensor with respect to the graph's leaves and accumulates it in their `grad`. A tensor
   * of several elements needs `gradient`, the vector of the vector-Jacobian product.
   */
  backward(options?: BackwardOptions & { readonly gradient?: Tensor | null }): void;
  backward(gradient: Tensor | null, options?: BackwardOptions): void;
  backward(
    first?: Tensor | null | (BackwardOptions & { readonly gradient?: Tensor | null }),
    options: BackwardOptions = {},
  ): void {
    if (typeof first !== 'object' || first === null || first instanceof Tensor)
      return extensions.backward(this, first ?? null, options);
    const { gradient = null, ...rest } = first;
    extensions.backward(this, gradient, rest);
  }

  /**
   * Calls `hook` with the gradient of this tensor whenever one is computed, before it is used any further; a tensor that it
   * returns takes the gradient's place. Hooks run in the order of their registration. What a hook throws comes out of
   * `backward()`. A hook of a tensor that lives outside of scopes keeps alive what it refers to until it is removed or the
   * graph is freed.
   */
  registerHook(hook: GradientHook): RemovableHandle {
    return extensions.registerHook(this, hook);
  }

  /** Calls `hook` with this tensor, a leaf, whenever its `grad` has just been accumulated. */
  registerPostAccumulateGradHook(hook: (tensor: this) => void): RemovableHandle {
    return extensions.registerPostAccumulateGradHook(this, hook as (tensor: Tensor) => void);
  }

  /** A copy of the elements in row-major order. Half floats widen to Float32Array, bool is Uint8Array, complex comes in pairs. */
  data(): DataOf<Type> {
    const { dtype } = readDescription(this);
    const direct = viewAs(dtype, new ArrayBuffer(0));
    if (!direct)
      return extensions
        .convert(this.detach(), { dtype: dtype === 'complex32' ? 'complex64' : 'float32' })
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

  /** Same elements with another type, on another device, or of the type and on the device of another tensor; this tensor itself when nothing changes. */
  to<To extends DType>(dtype: To): Tensor<To>;
  to(device: Device): Tensor<Type>;
  to<To extends DType = Type>(options: ToOptions<To>): Tensor<To>;
  to<To extends DType>(other: Tensor<To>): Tensor<To>;
  to(target: DType | Device | ToOptions | Tensor): Tensor;
  to(target: DType | Device | ToOptions | Tensor): Tensor {
    return extensions.convert(
      this,
      typeof target === 'string' || target instanceof Tensor ? parseTarget(target) : target,
    );
  }

  /** The tensor on the CPU; itself when it is there. */
  cpu(): Tensor<Type> {
    return this.to({ device: 'cpu' });
  }

  /**
   * The tensor on GPU number `index`; itself when it is there.
   * @throws DeviceError without that GPU
   */
  cuda(index = 0): Tensor<Type> {
    return this.to({ device: `cuda:${index}` });
  }

  /** Frees the tensor now. Doing so twice is harmless. */
  dispose(): void {
    extensions.release(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** As PyTorch prints it. */
  toString(): string {
    return this.isDisposed ? 'tensor(<disposed>)' : extensions.print(this);
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

function readDescription(tensor: Tensor): Description {
  if (tensor._handle === 0) throw new DisposedTensorError(`${released} (${extensions.endOf(tensor)})`);
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

function parseTarget(target: string | Tensor): ToOptions {
  if (target instanceof Tensor) return { dtype: target.dtype, device: target.device };
  if (isDevice(target)) return { device: target };
  return { dtype: target as DType };
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
