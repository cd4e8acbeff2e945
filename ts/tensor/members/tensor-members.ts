/** What PyTorch's Tensor, and functions of one, say of it: its kind, size and memory; and members that call a function for each element. */
import { DTypeError, ShapeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { fromTypedArray, tensor as makeTensor, type TensorData, type TensorOptions } from '../creation/create';
import { device as checkedDevice } from '../types/device';
import { isComplex, isQuantized, viewAs, type DataArray, type DType } from '../types/dtype';
import { scoped } from '../memory/lifetime';
import { noGrad } from '../core/modes';
import { operator } from '../operators/operator';
import { checkBody } from '../core/arguments';
import { expected, checkOptions } from '../../options';
import { addMembers, Tensor } from '../core/tensor';

/** The memory under a tensor, which views share. */
export interface UntypedStorage {
  readonly device: string;
  /** Its bytes. */
  nbytes(): number;
  /** Where it begins. */
  dataPtr(): bigint;
}

export interface TensorMembers {
  /** Whether it lies in the memory of the CPU. */
  readonly isCpu: boolean;
  /** Whether it lies on a CUDA device. */
  readonly isCuda: boolean;
  /** Whether it lies on an Apple GPU. */
  readonly isMps: boolean;
  /** Whether it lies on an Intel GPU. */
  readonly isXpu: boolean;
  /** Whether it has a shape and no elements. */
  readonly isMeta: boolean;
  /** Whether its elements are quantized. */
  readonly isQuantized: boolean;
  /** Whether its layout is `'sparse_coo'`. */
  readonly isSparse: boolean;
  /** Whether its layout is `'sparse_csr'`. */
  readonly isSparseCsr: boolean;
  /** `ndim`, as a method. */
  ndimension(): number;
  /** `numel()`. */
  nelement(): number;
  /** `data()`, the typed array of the elements, a copy. NumPy's array has no other counterpart. */
  numpy(): DataArray;
  /** Its type as text, `'torch.FloatTensor'`; with a type, `to(type)`. */
  type(): string;
  type(dtype: DType): Tensor;
  /** A tensor of `data`, of this one's type and on its device unless the options say otherwise. */
  newTensor(data: TensorData, options?: TensorOptions): Tensor;
  /** Where the first element lies in memory. */
  dataPtr(): bigint;
  /** The memory that it shares with its views. */
  untypedStorage(): UntypedStorage;
  /** Dimensions from the outermost to the innermost in memory. */
  dimOrder(): number[];
  /** Replaces each element by what `fn` makes of it; on the CPU, slow, without autograd. */
  apply_(fn: (value: number) => number): this;
  /** Replaces each element by what `fn` makes of it and that of `other`, which is broadcast; on the CPU, slow, without autograd. */
  map_(other: Tensor, fn: (value: number, other: number) => number): this;
  /** Like {@link map_} with two others. */
  map2_(x: Tensor, y: Tensor, fn: (value: number, x: number, y: number) => number): this;
  /** `toSparse()`. */
  toSparseCoo(): Tensor;
  /** Step of a tensor that is quantized as a whole. */
  qScale(): number;
  /** The integer that stands for 0 in a tensor that is quantized as a whole. */
  qZeroPoint(): number;
  /** Steps of a tensor that is quantized by channels. */
  qPerChannelScales(): Tensor;
  /** The integers that stand for 0 in a tensor that is quantized by channels. */
  qPerChannelZeroPoints(): Tensor;
  /** The dimension of the channels by which a tensor is quantized. */
  qPerChannelAxis(): number;
}

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Number of elements of a tensor. */
export function numel(input: Tensor): number {
  if (!(input instanceof Tensor)) throw expected('numel', 'a tensor', input);
  return input.numel();
}

const KINDS: Readonly<Record<string, string>> = {
  float32: 'Float',
  float64: 'Double',
  float16: 'Half',
  bfloat16: 'BFloat16',
  uint8: 'Byte',
  int8: 'Char',
  int16: 'Short',
  int32: 'Int',
  int64: 'Long',
  bool: 'Bool',
  complex32: 'ComplexHalf',
  complex64: 'ComplexFloat',
  complex128: 'ComplexDouble',
};

/** The name of a value's type as `torch.typename` gives it: `'torch.FloatTensor'`; of anything but a tensor the name of its class. */
export function typename(value: unknown): string {
  if (value instanceof Tensor) return legacyType(value);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return value.constructor?.name ?? 'Object';
}

/** `tensor.type()`: `'torch.FloatTensor'`, `'torch.cuda.LongTensor'`. */
function legacyType({ dtype, device, layout }: Tensor): string {
  const kind = device.split(':')[0]!;
  const parts = ['torch', ...(kind === 'cpu' ? [] : [kind]), ...(layout.startsWith('sparse') ? ['sparse'] : [])];
  return `${parts.join('.')}.${KINDS[dtype] ?? dtype}Tensor`;
}

const onDevice = (kind: string, { device }: Tensor): boolean => checkedDevice(device).split(':')[0] === kind;

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> extends TensorMembers {}
}

addMembers({
  get isCpu() {
    return onDevice('cpu', this);
  },
  get isCuda() {
    return onDevice('cuda', this);
  },
  get isMps() {
    return onDevice('mps', this);
  },
  get isXpu() {
    return onDevice('xpu', this);
  },
  get isMeta() {
    return onDevice('meta', this);
  },
  get isQuantized() {
    return isQuantized(this.dtype);
  },
  get isSparse() {
    return this.layout === 'sparse_coo';
  },
  get isSparseCsr() {
    return this.layout === 'sparse_csr';
  },
  ndimension() {
    return this.ndim;
  },
  nelement() {
    return this.numel();
  },
  numpy() {
    if (this.requiresGrad)
      throw new DTypeError(
        'numpy: expected a tensor that requires no gradient; use tensor.detach().numpy(), or data()',
      );
    return this.data();
  },
  type(dtype?: DType) {
    return dtype === undefined ? legacyType(this) : this.to(dtype);
  },
  newTensor(data: TensorData, options: TensorOptions = {}) {
    checkOptions('newTensor', options, ['dtype', 'device', 'requiresGrad']);
    return makeTensor(data, { dtype: this.dtype, device: this.device, ...options });
  },
  dataPtr() {
    return memoryOf('dataPtr', this)[0];
  },
  untypedStorage() {
    const [, address, bytes] = memoryOf('untypedStorage', this);
    return { device: this.device, nbytes: () => bytes, dataPtr: () => address };
  },
  dimOrder() {
    const { strides } = this;
    return [...strides.keys()].sort((a, b) => strides[b]! - strides[a]! || a - b);
  },
  apply_(fn: (value: number) => number) {
    return replaced('apply_', this, [], fn);
  },
  map_(other: Tensor, fn: (value: number, other: number) => number) {
    return replaced('map_', this, [other], fn);
  },
  map2_(x: Tensor, y: Tensor, fn: (value: number, x: number, y: number) => number) {
    return replaced('map2_', this, [x, y], fn);
  },
  toSparseCoo() {
    return operator('aten', 'to_sparse').call([this]);
  },
  qScale() {
    return operator('aten', 'q_scale').call([this]);
  },
  qZeroPoint() {
    return operator('aten', 'q_zero_point').call([this]);
  },
  qPerChannelScales() {
    return operator('aten', 'q_per_channel_scales').call([this]);
  },
  qPerChannelZeroPoints() {
    return operator('aten', 'q_per_channel_zero_points').call([this]);
  },
  qPerChannelAxis() {
    return operator('aten', 'q_per_channel_axis').call([this]);
  },
});

function memoryOf(name: string, tensor: Tensor): [address: bigint, storage: bigint, bytes: number, offset: number] {
  return guarded(`Tensor.${name}`, () => binding.memoryOf(tensor._handle));
}

function replaced(
  name: string,
  tensor: Tensor,
  others: readonly Tensor[],
  fn: (...values: number[]) => number,
): Tensor {
  checkBody(name, fn);
  if (tensor.device !== 'cpu')
    throw new DTypeError(`${name}: expected a tensor on the CPU, found one on ${tensor.device}`);
  if (isComplex(tensor.dtype) || isQuantized(tensor.dtype))
    throw new DTypeError(`${name}: expected real elements, found ${tensor.dtype}`);
  const { shape } = tensor;
  if (others.some((other) => other.ndim > shape.length))
    throw new ShapeError(`${name}: expected tensors that broadcast to [${shape.join(', ')}]`);
  noGrad(() =>
    scoped(() => {
      const inputs = [tensor, ...others].map(
        (input) => input.detach().expand(shape).to('float64').data() as Float64Array,
      );
      const result = inputs[0]!.map((_, i) => Number(fn(...inputs.map((input) => input[i]!))));
      tensor.copy_(fromTypedArray(viewAs('float64', result.buffer)!, shape));
    }),
  );
  return tensor;
}
