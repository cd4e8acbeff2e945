/** Tensors of every layout, right and wrong: what the fuzzer passes to operators. */
import { TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Random } from './random';

const SHAPES = [
  [],
  [0],
  [1],
  [3],
  [2, 3],
  [3, 3],
  [0, 3],
  [3, 0],
  [1, 3, 4],
  [2, 3, 4],
  [2, 0, 4],
  [2, 3, 4, 4],
  [1, 2, 3, 4, 5],
];
const TYPES = [
  'float32',
  'float32',
  'float32',
  'float64',
  'int64',
  'int64',
  'int32',
  'uint8',
  'bool',
  'bfloat16',
  'float16',
  'complex64',
] as const;
/** Beside small numbers: what indices, lengths, exponents and sizes may be at worst. */
export const EXTREMES = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 31n, 2n ** 40n, -1n, 0n, 100n, -100n];
const EXTREME_FLOATS = [NaN, Infinity, -Infinity, 1e30, -1e30, 0, -1];

type Operators = Readonly<Record<string, Readonly<Record<string, (...args: unknown[]) => torch.Tensor>>>>;
export const aten = torch.ops['aten'] as unknown as Operators;

export class Tensors {
  readonly #lent: (BigInt64Array | Float32Array | Int32Array)[] = [];
  readonly #parts: torch.Tensor[] = [];

  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Any tensor; where a layout cannot be had, a dense one. */
  any(): torch.Tensor {
    const dense = this.#dense();
    try {
      return this.#laidOut(dense);
    } catch (error) {
      if (!(error instanceof TorchError)) throw error;
      return dense;
    }
  }

  /** Several of one shape and type, as the operators on lists want them, but for one that now and then is another. */
  alike(count: number): torch.Tensor[] {
    const shape = this.#random.pick(SHAPES);
    return Array.from({ length: count }, () =>
      this.#random.chance(0.05) ? this.any() : torch.randint(-2, 5, shape).to('float32'),
    );
  }

  /** Changes the memory that was lent, and the inner parts that were taken, behind libtorch's back. */
  disturb(): void {
    for (const array of this.#lent) {
      if (array instanceof BigInt64Array) array.fill(this.#random.pick(EXTREMES));
      else array.fill(this.#random.pick([1e9, -1e9, -1, NaN]));
    }
    for (const part of this.#parts) this.#spoil(part);
  }

  #spoil(part: torch.Tensor): void {
    try {
      torch.noGrad(() => {
        if (this.#random.chance(0.8)) aten['fill_']!['Scalar']!(part, this.#random.pick(EXTREMES));
        else aten['resize_']!['default']!(part, this.#random.pick([[0], [1], [2, 7], [1000]]));
      });
    } catch (error) {
      if (!(error instanceof TorchError)) throw error;
    }
  }

  #dense(): torch.Tensor {
    const random = this.#random;
    const shape = random.pick(SHAPES);
    const dtype = random.pick(TYPES);
    if (random.chance(0.03)) return torch.full(shape, random.pick(EXTREMES), { dtype: 'int64' });
    if (random.chance(0.03)) return torch.full(shape, random.pick(EXTREME_FLOATS));
    if (random.chance(0.05)) return this.#lend(shape);
    const made = torch.randint(-2, 5, shape).to(dtype);
    return /^(float|bfloat|complex)/.test(dtype) && random.chance(0.3) ? made.requiresGrad_() : made;
  }

  #lend(shape: readonly number[]): torch.Tensor {
    const length = shape.reduce((a, b) => a * b, 1);
    const array = this.#random.pick([
      () => new BigInt64Array(length),
      () => new Float32Array(length),
      () => new Int32Array(length),
    ])();
    this.#lent.push(array);
    return torch.fromTypedArray(array, shape, { copy: false });
  }

  #laidOut(dense: torch.Tensor): torch.Tensor {
    const random = this.#random;
    switch (random.few(28)) {
      case 0:
        return dense.dim() > 1 ? dense.transpose(0, 1) : dense;
      case 1:
        return dense.expand([2, ...dense.shape]);
      case 2:
        return aten['as_strided']!['default']!(dense, [2, 2], [random.few(1), 1]);
      case 3:
        return dense.to({ device: 'meta' });
      case 4:
        dense.dispose();
        return dense;
      case 5:
        return aten['to_mkldnn']!['default']!(dense);
      case 6:
      case 7:
        return this.#tamper(dense.toSparse());
      case 8:
        return this.#uncoalesced(dense);
      case 9:
      case 10:
        return this.#tamper(this.#compressed(dense));
      case 11:
        return this.#unsafe();
      case 12:
      case 13:
        return this.#tamper(this.#nested());
      case 14:
      case 15:
        return this.#tamper(this.#quantized(dense));
      default:
        return dense;
    }
  }

  #uncoalesced(dense: torch.Tensor): torch.Tensor {
    const sparse = dense.toSparse();
    return torch.cat([sparse, sparse]);
  }

  #compressed(dense: torch.Tensor): torch.Tensor {
    const random = this.#random;
    switch (random.few(3)) {
      case 0:
        return dense.toSparseCsr();
      case 1:
        return dense.toSparseCsc();
      case 2:
        return dense.toSparseBsr([1, random.pick([1, 3, 4])]);
      default:
        return dense.toSparseBsc([random.pick([1, 3, 4]), 1]);
    }
  }

  #indices(shape: readonly number[]): torch.Tensor {
    const random = this.#random;
    if (random.chance(0.3)) return torch.full(shape, random.pick(EXTREMES), { dtype: 'int64' });
    if (random.chance(0.3)) return this.#lend(shape);
    return torch.randint(random.few(1) - 1, 4, shape, { dtype: 'int64' });
  }

  /** Made of parts that nobody has checked. */
  #unsafe(): torch.Tensor {
    const random = this.#random;
    const values = torch.ones([2]);
    switch (random.few(4)) {
      case 0:
        return aten['_sparse_coo_tensor_unsafe']!['default']!(
          this.#indices([2, 2]),
          values,
          [3, 3],
          random.chance(0.3) ? { is_coalesced: true } : {},
        );
      case 1:
        return aten['_sparse_csr_tensor_unsafe']!['default']!(this.#indices([4]), this.#indices([2]), values, [3, 3]);
      case 2:
        return aten['_sparse_bsc_tensor_unsafe']!['default']!(
          this.#indices([4]),
          this.#indices([2]),
          torch.ones([2, 1, 1]),
          [3, 3],
        );
      case 3:
        return aten['sparse_coo_tensor']!['indices_size']!(this.#indices([1, 2]), values, [
          random.pick([3, 0, 2 ** 40]),
        ]);
      default:
        return aten['_nested_view_from_buffer']!['default']!(
          torch.ones([12]),
          this.#indices([2, 2]),
          this.#indices([2, 2]),
          this.#indices([2]),
        );
    }
  }

  #nested(): torch.Tensor {
    const random = this.#random;
    const width = random.pick([3, 3, 4, 0]);
    const rows = Array.from({ length: 1 + random.few(2) }, () =>
      torch.randint(-2, 5, [random.few(3), width]).to('float32'),
    );
    const made = aten['_nested_tensor_from_tensor_list']!['default']!(rows);
    return random.chance(0.2) ? made.transpose(1, 2) : made;
  }

  #quantized(dense: torch.Tensor): torch.Tensor {
    const random = this.#random;
    const real = dense.to('float32');
    const dtype = random.pick(['quint8', 'qint8', 'qint32']);
    if (real.dim() === 0 || random.chance(0.5))
      return aten['quantize_per_tensor']!['default']!(real, random.pick([0.1, 1]), random.few(3), dtype);
    const channels = real.shape[0]!;
    return aten['quantize_per_channel']!['default']!(
      real,
      torch.ones([channels]),
      torch.zeros([channels], { dtype: 'int64' }),
      0,
      dtype,
    );
  }

  /** Takes an inner part now and then, and changes it at once or later. */
  #tamper(whole: torch.Tensor): torch.Tensor {
    const random = this.#random;
    if (!random.chance(0.4)) return whole;
    const name = random.pick([
      '_indices',
      '_values',
      'indices',
      'values',
      'crow_indices',
      'col_indices',
      'ccol_indices',
      'row_indices',
      '_nested_tensor_size',
      '_nested_tensor_strides',
      '_nested_tensor_storage_offsets',
      'q_per_channel_scales',
      'q_per_channel_zero_points',
    ]);
    try {
      const part = aten[name]!['default']!(whole);
      if (random.chance(0.5)) this.#spoil(part);
      else this.#parts.push(part);
    } catch (error) {
      if (!(error instanceof TorchError)) throw error; // another layout's part
    }
    return whole;
  }
}
