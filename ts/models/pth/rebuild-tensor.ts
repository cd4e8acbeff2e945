/** The tensors that a checkpoint describes (torch/_utils.py, `_rebuild_…`), from numbers that are checked first. */
import { InputError, TorchError } from '../../errors';
import * as torch from '../../tensor';
import { Tensor, type DType } from '../../tensor';
import { isComplex, isFloatingPoint, itemSize } from '../../tensor/types/dtype';
import type { Budget } from './budget';
import { isCount, Storage } from './storage';
import { Global, PickledDict } from './unpickle';

type Sizes = readonly number[];
type Args = readonly unknown[];

/** Operators of libtorch stop there. */
const MOST_DIMENSIONS = 64;

const aten = (name: string, overload: string, ...args: unknown[]): Tensor =>
  (torch.ops['aten']![name]![overload] as (...args: unknown[]) => Tensor)(...args);

export class TensorBuilder {
  readonly #label: string;
  readonly #budget: Budget;

  constructor(label: string, budget: Budget) {
    this.#label = label;
    this.#budget = budget;
  }

  /** `_rebuild_tensor(storage, offset, size, stride)`, and `_rebuild_tensor_v2` with requires_grad, hooks and marks. */
  dense([storage, offset, size, stride, grad, , marks]: Args, dtype?: unknown): Tensor {
    return withGrad(marked(this.#strided(this.#storage(storage, dtype), offset, size, stride), marks), grad);
  }

  /** `_rebuild_tensor_v3`, which has the type before the marks. */
  untyped([storage, offset, size, stride, grad, hooks, dtype, marks]: Args): Tensor {
    return this.dense([storage, offset, size, stride, grad, hooks, marks], dtype);
  }

  /** `_rebuild_parameter(data, requires_grad, hooks)` */
  parameter([tensor, grad]: Args): Tensor {
    return withGrad(this.#tensor(tensor), grad);
  }

  /** `_rebuild_qtensor(storage, offset, size, stride, quantizer_params, requires_grad, hooks)` */
  quantized([storage, offset, size, stride, parameters]: Args): Tensor {
    if (!(storage instanceof Storage) || !storage.dtype?.startsWith('q') || !Array.isArray(parameters))
      throw this.#malformed('a quantized tensor');
    const { shape, strides } = this.#layoutOf(size, stride);
    this.#budget.spend(elementsOf(shape) * itemSize(storage.tensor.dtype));
    const integers = this.#strided(storage.tensor, offset, shape, strides);
    const [scheme, scales, points, axis] = parameters as unknown[];
    const name = scheme instanceof Global ? scheme.name : '';
    if (name === 'per_tensor_affine' || name === 'per_tensor_symmetric') {
      if (typeof scales !== 'number' || !Number.isInteger(points)) throw this.#malformed('a quantized tensor');
      return aten('_make_per_tensor_quantized_tensor', 'default', integers, scales, points);
    }
    if (!/^per_channel_/.test(name) || !isCount(axis) || axis >= shape.length)
      throw this.#malformed('a quantized tensor');
    const [byChannel, zeros] = [this.#vector(scales, 'float64'), this.#vector(points, 'int64')];
    if (byChannel.numel() !== shape[axis] || zeros.numel() !== shape[axis]) throw this.#malformed('a quantized tensor');
    return aten('_make_per_channel_quantized_tensor', 'default', integers, byChannel, zeros, axis);
  }

  /** `_rebuild_sparse_tensor(layout, parts)`; the indices are checked against the size, as `torch.load` does. */
  sparse([layout, parts]: Args): Tensor {
    if (typeof layout !== 'string' || !Array.isArray(parts)) throw this.#malformed('a sparse tensor');
    if (layout === 'sparse_coo') {
      const [indices, values, size, coalesced] = parts as unknown[];
      const args = [this.#tensor(indices), this.#tensor(values), this.sizes(size)] as const;
      const is_coalesced = typeof coalesced === 'boolean' ? coalesced : null;
      this.#budget.spend(args[0].nbytes);
      return this.#checked(() => {
        torch.ops['aten']!['_validate_sparse_coo_tensor_args']!['default']!(...args, is_coalesced);
        return torch.ops['aten']!['sparse_coo_tensor']!['indices_size']!(...args, { is_coalesced }) as Tensor;
      });
    }
    if (!/^sparse_(csr|csc|bsr|bsc)$/.test(layout)) throw this.#malformed('a sparse tensor');
    const [compressed, dense, values, size] = parts as unknown[];
    const args = [this.#tensor(compressed), this.#tensor(dense), this.#tensor(values), this.sizes(size)] as const;
    this.#budget.spend(args[1].nbytes);
    return this.#checked(() => {
      torch.ops['aten']!['_validate_sparse_compressed_tensor_args']!['default']!(...args, layout);
      return torch.ops['aten']!['sparse_compressed_tensor']!['comp_plain_value_size']!(...args, {
        layout,
        dtype: args[2].dtype,
      }) as Tensor;
    });
  }

  /** `_rebuild_nested_tensor(buffer, sizes, strides, offsets)`: each part is cut out by checked numbers. */
  nested([buffer, sizes, strides, offsets]: Args): Tensor {
    const flat = this.#tensor(buffer);
    const [shapes, steps, starts] = [sizes, strides, offsets].map((part) => this.#rows(part)) as [
      Sizes[],
      Sizes[],
      Sizes[],
    ];
    if (shapes.length !== steps.length || shapes.length !== starts.length || flat.ndim !== 1)
      throw this.#malformed('a nested tensor');
    const parts = shapes.map((shape, i) => {
      this.#budget.spend(elementsOf(shape) * itemSize(flat.dtype));
      return this.#strided(flat, starts[i]![0], shape, steps[i]!);
    });
    return aten('_nested_tensor_from_tensor_list', 'default', parts);
  }

  /** `_rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad)` */
  meta([dtype, size, stride, grad]: Args): Tensor {
    const { shape, strides } = this.#layoutOf(size, stride);
    return withGrad(
      torch.ops['aten']!['empty_strided']!['default']!(shape, strides, {
        dtype: this.#dtype(dtype),
        device: 'meta',
      }) as Tensor,
      grad,
    );
  }

  /** A flat list of sizes. @throws InputError for anything else */
  sizes(value: unknown): Sizes {
    if (Array.isArray(value) && value.length <= MOST_DIMENSIONS && value.every(isCount)) return value as Sizes;
    throw this.#malformed('a tensor');
  }

  #dtype(value: unknown): DType {
    const found =
      value instanceof Global && value.module === 'torch'
        ? torch.DTYPES.find((name) => name === value.name)
        : undefined;
    if (found) return found;
    throw new InputError(
      `${this.#label}: the element type ${value instanceof Global ? value.shown : typeof value} is not known.`,
    );
  }

  #tensor(value: unknown): Tensor {
    if (value instanceof Tensor) return value;
    throw this.#malformed('a tensor');
  }

  #vector(value: unknown, dtype: DType): Tensor {
    if (value instanceof Tensor) return value;
    if (Array.isArray(value) && value.every((number) => typeof number === 'number'))
      return torch.tensor(value, { dtype });
    throw this.#malformed('a quantized tensor');
  }

  /** The rows of a small integer matrix; those of a vector have one number each. */
  #rows(value: unknown): Sizes[] {
    const tensor = this.#tensor(value);
    if (tensor.dtype !== 'int64' || tensor.layout !== 'strided' || tensor.ndim < 1 || tensor.ndim > 2)
      throw this.#malformed('a nested tensor');
    this.#budget.spend(8 * tensor.numel());
    return (tensor.reshape([tensor.size(0), -1]).toArray() as unknown[][]).map((row) => row.map(Number));
  }

  #storage(value: unknown, dtype: unknown): Tensor {
    if (!(value instanceof Storage) || value.dtype?.startsWith('q')) throw this.#malformed('a tensor');
    if (value.dtype !== undefined) return value.tensor;
    const target = this.#dtype(dtype);
    if (value.tensor.numel() % itemSize(target) !== 0) throw this.#malformed('a tensor');
    return aten('view', 'dtype', value.tensor, target);
  }

  #layoutOf(size: unknown, stride: unknown): { shape: Sizes; strides: Sizes } {
    const [shape, strides] = [this.sizes(size), this.sizes(stride)];
    if (shape.length !== strides.length || !Number.isSafeInteger(elementsOf(shape))) throw this.#malformed('a tensor');
    return { shape, strides };
  }

  /** @param flat (elements) @throws InputError for a view that reaches beyond it */
  #strided(flat: Tensor, offset: unknown, size: unknown, stride: unknown): Tensor {
    const { shape, strides } = this.#layoutOf(size, stride);
    const steps = shape.reduce((sum, length, dim) => sum + Math.max(0, length - 1) * strides[dim]!, 0);
    const isEmpty = shape.includes(0);
    const isInside = isCount(offset) && offset + (isEmpty ? 0 : steps + 1) <= flat.numel(); // false for what is no number too
    if (!isInside)
      throw new InputError(
        `${this.#label}: a tensor of size [${shape.join(', ')}] reaches beyond its storage of ${flat.numel()} elements; the file is damaged.`,
      );
    // as_strided counts from the start of the memory, which is that of the file where it is mapped.
    // `data` ends the kinship of the views: else a change of one in place would count as a change of all to autograd.
    return aten(
      'data',
      'default',
      flat.asStrided([...shape], [...strides], { storageOffset: flat.storageOffset() + offset }),
    );
  }

  #checked(body: () => Tensor): Tensor {
    try {
      return body();
    } catch (cause) {
      if (cause instanceof InputError || !(cause instanceof TorchError)) throw cause;
      throw new InputError(`${this.#label}: the parts of a sparse tensor do not fit: ${cause.message}`, { cause });
    }
  }

  #malformed(what: string): InputError {
    return new InputError(`${this.#label}: the description of ${what} is malformed; the file is damaged.`);
  }
}

function elementsOf(shape: Sizes): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** What torch.save notes of a complex tensor: that it stands for the conjugate or the negative of its memory. */
function marked(tensor: Tensor, marks: unknown): Tensor {
  if (!(marks instanceof PickledDict)) return tensor;
  const conjugate =
    marks.entries.get('conj') === true && isComplex(tensor.dtype) ? aten('_conj', 'default', tensor) : tensor;
  return marks.entries.get('neg') === true ? aten('_neg_view', 'default', conjugate) : conjugate;
}

function withGrad(tensor: Tensor, flag: unknown): Tensor {
  return flag === true && (isFloatingPoint(tensor.dtype) || isComplex(tensor.dtype))
    ? tensor.requiresGrad_(true)
    : tensor;
}
