import assert from 'node:assert/strict';
import { TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

type Operators = Readonly<Record<string, Readonly<Record<string, (...args: unknown[]) => torch.Tensor>>>>;
const aten = torch.ops['aten'] as unknown as Operators;
const inductor = torch.ops['inductor'] as unknown as Operators;
const quantized = (shape: readonly number[]): torch.Tensor =>
  aten['quantize_per_tensor']!['default']!(torch.ones(shape), 1, 0, 'qint32');
const nested = (): torch.Tensor =>
  aten['_nested_tensor_from_tensor_list']!['default']!([0, 2, 3].map((rows) => torch.ones([rows, 3])));
const whole = (values: readonly (number | bigint)[] | readonly (readonly number[])[]): torch.Tensor =>
  torch.tensor(values as number[], { dtype: 'int64' });
const values = (tensor: torch.Tensor): number[] => Array.from(tensor.reshape([-1]).data() as Float32Array, Number);

/** Each of these ended the process, or never ended. */
const WRONG: Readonly<Record<string, () => unknown>> = {
  'indices of a pooling outside of its plane': () =>
    aten['adaptive_max_pool2d_backward']!['default']!(
      torch.ones([1, 1, 2, 2]),
      torch.ones([1, 1, 4, 4]),
      torch.full([1, 1, 2, 2], 1e9, { dtype: 'int64' }),
    ),
  'indices of a pooling in three dimensions': () =>
    aten['max_pool3d_with_indices_backward']!['default']!(
      torch.ones([1, 1, 1, 1, 1]),
      torch.ones([1, 1, 2, 2, 2]),
      [2, 2, 2],
      [2, 2, 2],
      [0, 0, 0],
      [1, 1, 1],
      false,
      torch.full([1, 1, 1, 1, 1], -5, { dtype: 'int64' }),
    ),
  'samples of a fractional pooling outside of 0 to 1': () =>
    aten['fractional_max_pool2d']!['default']!(torch.ones([1, 1, 8, 8]), [2, 2], [3, 3], torch.full([1, 1, 2], 1e9)),
  'offsets of bags that end early': () =>
    aten['embedding_bag']!['default']!(torch.ones([4, 3]), whole([1, 2, 3]), whole([0, 3, 1]), false, 2),
  'indices of bags without offsets': () =>
    aten['embedding_bag']!['default']!(torch.ones([4, 3]), whole([1]), whole([]), false, 2),
  'lengths of segments beyond the data': () =>
    torch.segmentReduce(torch.ones([6, 2]), 'sum', { lengths: whole([2n ** 40n]), unsafe: true }),
  'offsets of segments that fall': () =>
    torch.segmentReduce(torch.ones([6, 2]), 'sum', { offsets: whole([0, 5, 2, 6]), unsafe: true }),
  'targets of CTC that are no label': () =>
    aten['ctc_loss']!['IntList']!(torch.zeros([5, 1, 4]), whole([[100000000, 1]]), [5], [2]),
  'lengths of CTC below nought': () =>
    aten['ctc_loss']!['IntList']!(torch.zeros([5, 1, 4]), whole([[1, 1]]), [5], [-2]),
  'targets of a backward pass of nll_loss': () =>
    aten['nll_loss_backward']!['default']!(
      torch.ones([]),
      torch.ones([2, 3]),
      whole([0, 1e9]),
      null,
      1,
      -100,
      torch.ones([]),
    ),
  'a batch norm of no channel': () =>
    aten['native_batch_norm']!['default']!(torch.ones([3, 0]), null, null, null, null, true, 0.1, 1e-5),
  'a group norm of more elements than can be counted': () =>
    aten['native_group_norm']!['default']!(torch.zeros([0]), null, null, 2 ** 16, 2 ** 16, 2 ** 32, 1, 1e-5),
  'a weight that is too short for its channels': () =>
    aten['native_batch_norm']!['default']!(torch.ones([3, 4]), torch.ones([1]), null, null, null, true, 0.1, 1e-5),
  'moments of another size': () =>
    aten['_fused_adam_']!['default']!(
      [torch.ones([100])],
      [torch.ones([1])],
      [torch.ones([1])],
      [torch.ones([1])],
      [],
      [torch.ones([])],
      { lr: 0.1, beta1: 0.9, beta2: 0.9, weight_decay: 0, eps: 1e-8, amsgrad: false, maximize: false },
    ),
  'fewer gradients than parameters': () =>
    aten['_fused_sgd_']!['default']!([torch.ones([2]), torch.ones([2])], [torch.ones([2])], [], {
      weight_decay: 0,
      momentum: 0,
      lr: 1,
      dampening: 0,
      nesterov: false,
      maximize: false,
      is_first_step: true,
    }),
  'distances of what is no list of points': () => aten['_pdist_forward']!['default']!(torch.ones([2, 2, 0, 4]), -1),
  'the least exponent': () => torch.linalg.matrixPower(torch.eye(2), -(2n ** 63n) as unknown as number),
  'a degree that takes a lifetime': () => aten['special_legendre_polynomial_p']!['n_scalar']!(torch.full([1], 2), 1e15),
  'a distribution without an end': () => aten['_standard_gamma']!['default']!(torch.full([1], -5)),
  'a compressed tensor whose rows end elsewhere': () =>
    aten['_sparse_csr_tensor_unsafe']!['default']!(
      whole([0n, 5000000n]),
      whole([0]),
      torch.ones([1]),
      [1, 3],
    ).toDense(),
  'a sparse tensor whose index is too large': () =>
    aten['_sparse_coo_tensor_unsafe']!['default']!(whole([[1e9]]), torch.ones([1]), [3]).toDense(),
  'a nested tensor outside of its buffer': () =>
    aten['add']!['Tensor']!(
      aten['_nested_view_from_buffer']!['default']!(torch.ones([4]), whole([[2, 2]]), whole([[2, 1]]), whole([1e9])),
      1,
    ),
  'a view outside of the memory': () =>
    inductor['_reinterpret_tensor']!['default']!(torch.ones([2]), [4], [1], 1e9).data(),
  'a view with a step beyond the memory': () =>
    inductor['_reinterpret_tensor']!['default']!(torch.ones([2]), [2], [2 ** 40]).data(),
  'a part outside of a pool': () =>
    inductor['_alloc_from_pool']!['default']!(
      torch.zeros([16], { dtype: 'uint8' }),
      2 ** 32,
      'float32',
      [4],
      [1],
    ).data(),
  'an order for no elements in the layout of oneDNN': () =>
    aten['to_mkldnn']!['default']!(torch.ones([3, 0])).transpose(0, 1),
  'a copy of what has no memory of its own': () => aten['copy']!['default']!(torch.eye(3).toSparseCsr(), torch.eye(3)),
  'fewer weights than tensors': () =>
    aten['_foreach_lerp_']!['ScalarList']!([torch.ones([2])], [torch.ones([2]).requiresGrad_()], []),
  'nothing to concatenate into a quantized tensor': () => aten['cat']!['out']!([], 0, { out: quantized([3]) }),
  'a negative view of a quantized tensor': () => aten['_neg_view']!['default']!(quantized([3])).clone(),
  'a nested weight to pack': () => aten['fbgemm_pack_gemm_matrix_fp16']!['default']!(nested()),
  'a nested weight to saturate': () => aten['_saturate_weight_to_fp16']!['default']!(nested()),
  'a weight without elements to saturate': () =>
    aten['_saturate_weight_to_fp16']!['default']!(torch.ones([1000000, 0])),
  'coefficients without a column for each part': () =>
    aten['_compute_linear_combination']!['default']!(torch.ones([1000, 2]), torch.ones([1000, 1])),
  'coefficients of another type': () =>
    aten['_compute_linear_combination']!['default']!(torch.ones([2, 2]), whole([[1, 2]])),
  'an index in the layout of oneDNN': () =>
    aten['index_copy_']!['default']!(
      torch.ones([3]),
      0,
      aten['to_mkldnn']!['default']!(torch.ones([3])),
      torch.ones([3]),
    ),
  'a source in the layout of oneDNN': () =>
    aten['scatter_add_']!['default']!(
      torch.ones([3]),
      0,
      whole([0, 1, 2]),
      aten['to_mkldnn']!['default']!(torch.ones([3])),
    ),
  'a search for NaN in half precision': () =>
    torch.ops['c10d']!['check_for_nan']!['default']!(torch.ones([3], { dtype: 'bfloat16' })),
  'a gradient of softmax of another shape': () =>
    aten['_log_softmax_backward_data']!['default']!(torch.ones([1000000, 3]), torch.ones([1, 3]), 1, 'float32'),
  'a gradient of an average of another batch': () =>
    aten['_adaptive_avg_pool3d_backward']!['default']!(torch.ones([1, 2, 2, 2, 2]), torch.ones([100000, 2, 2, 2, 2])),
  'a gradient of a pooling of another batch': () =>
    aten['adaptive_max_pool3d_backward']!['default']!(
      torch.ones([1, 2, 2, 2, 2]),
      torch.ones([100000, 2, 2, 2, 2]),
      whole([0]).expand([1, 2, 2, 2, 2]),
    ),
  'an output padding beyond the stride': () =>
    aten['convolution_backward']!['default']!(
      torch.ones([1, 8, 7]),
      torch.ones([1, 4, 5]),
      torch.ones([4, 8, 3]),
      [8],
      [1],
      [0],
      [1],
      true,
      [2 ** 40],
      1,
      [true, true, false],
    ),
  'a gradient of a convolution of another batch': () =>
    aten['convolution_backward']!['default']!(
      torch.ones([0, 1, 1, 1, 7]),
      torch.ones([1, 1, 1, 1, 10]),
      torch.ones([1, 1, 1, 1, 4]),
      [0, 3],
      [1, 1, 1],
      [0, 0, 0],
      [1, 1, 1],
      false,
      [0, 0, 0],
      1,
      [true, true, true],
    ),
  'a kernel that the weight has not': () =>
    aten['slow_conv3d']!['default']!(torch.ones([1, 1, 1, 1, 10000]), torch.ones([4, 1, 1, 1, 1]), [1, 1, 9000]),
  'a weight of another kernel': () =>
    aten['slow_conv_transpose3d']!['default']!(torch.ones([1, 1, 4, 5, 2]), torch.ones([1, 1, 4, 4000, 1]), [4, 3, 1]),
  'a gradient of a padding of another size': () =>
    aten['replication_pad1d_backward']!['default']!(torch.ones([1, 0, 6]), torch.ones([1, 100000, 3]), [1, 2]),
  'a view by strides that nobody compares': () => aten['_reshape_alias']!['default']!(torch.ones([2]), [8], [2 ** 40]),
  'one size for a quantized plane': () => aten['_adaptive_avg_pool2d']!['default']!(quantized([1, 8, 4, 3]), [4]),
  'a gradient of an average of nothing': () =>
    aten['_adaptive_avg_pool3d_backward']!['default']!(torch.ones([1, 8, 4, 3, 7]), torch.ones([1, 8, 4, 0, 7])),
  'a gradient of an average of no batch': () =>
    aten['avg_pool2d_backward']!['default']!(
      torch.ones([1, 2, 1, 3]),
      torch.ones([0, 2, 1, 9]),
      [1, 7],
      [1, 3],
      [0, 2],
      false,
      true,
      7,
    ),
  'a scale that the sizes have not': () =>
    aten['_upsample_bilinear2d_aa']!['default']!(torch.ones([6, 3, 10, 20]), [3, 3], false, 1e-5),
  'places that a gradient has not': () =>
    aten['_sparse_mm_reduce_impl_backward']!['default']!(
      torch.eye(5).toSparseCsr(),
      torch.ones([5, 3]),
      torch.ones([5, 3]),
      'amax',
      whole([]).reshape([5, 0]),
      [true, true],
    ),
  'statistics that are too short to update': () =>
    aten['_batch_norm_with_update']!['default']!(
      torch.ones([3, 1000000]),
      null,
      null,
      torch.ones([1]),
      torch.ones([1]),
      0.1,
      1e-5,
    ),
  'nothing of a nested tensor': () => aten['sqrt']!['default']!(aten['narrow']!['default']!(nested(), 0, 0, 0)),
  'fewer states of the cell than hidden ones': () =>
    aten['lstm']!['data']!(
      torch.ones([1, 3]),
      whole([1]),
      [torch.ones([4, 1, 3]), torch.ones([1, 1, 3])],
      [torch.ones([12, 3]), torch.ones([12, 3])],
      false,
      1,
      0,
      false,
      false,
    ),
  'a quantized tensor as numbers': () => aten['view_copy']!['dtype']!(quantized([3]), 'int64'),
};

describe('what operators leave unchecked', () => {
  for (const [title, call] of Object.entries(WRONG))
    it(`${title}: a typed error`, () => assert.throws(call, TorchError));

  it('a backward pass checks indices too, and by itself', () => {
    const weight = torch.ones([4, 3]).requiresGrad_();
    const gradient = torch.ones([2, 3]);
    assert.throws(
      () => aten['embedding_dense_backward']!['default']!(gradient, whole([0, 2n ** 40n]), 4, -1, true),
      /expected 'indices' from 0 to 3/,
    );
    const array = new BigInt64Array([1n, 2n]);
    const rows = aten['embedding']!['default']!(weight, torch.fromTypedArray(array, [2], { copy: false }));
    array.fill(2n ** 40n);
    rows.sum().backward();
    assert.deepEqual(values(weight.grad!.sum(1)), [0, 3, 3, 0]);
  });

  it('compressed indices are compared before they are followed', () => {
    const wrong = (): torch.Tensor =>
      aten['_sparse_csr_tensor_unsafe']!['default']!(whole([0n, 2n ** 40n, 1n]), whole([0]), torch.ones([1]), [
        2,
        2 ** 41,
      ]).toDense();
    assert.throws(wrong, /expected 'compressed_idx' from 0 to 1, found 1099511627776/);
  });

  it('an error about nested tensors says what is wrong with them', () => {
    assert.throws(
      () => aten['_to_copy']!['default']!(nested(), { dtype: 'qint8', memory_format: 'contiguous' }),
      /nested tensor.*expected a quantized tensor/,
    );
  });

  it('indices of a sparse tensor cannot be changed from outside', () => {
    const given = whole([[0]]);
    const sparse = aten['sparse_coo_tensor']!['indices_size']!(given, torch.ones([1]), [3]);
    for (const indices of [given, aten['_indices']!['default']!(sparse)]) aten['fill_']!['Scalar']!(indices, 2n ** 40n);
    assert.deepEqual(values(sparse.toDense()), [1, 0, 0]);
    assert.deepEqual(values(torch.matmul(torch.eye(3).toSparseCsr(), torch.ones([3, 1]))), [1, 1, 1]);
  });

  it('medians along expanded dimensions are those of the elements, where PyTorch reads past them', () => {
    for (const median of [torch.median, torch.nanmedian]) {
      const row = torch.arange(2000).to('float32').requiresGrad_();
      const [found] = median(row.expand([3, 2000]), 0) as unknown as [torch.Tensor];
      assert.deepEqual(values(found), values(row));
      found.sum().backward();
      assert.deepEqual(values(row.grad!), values(torch.ones([2000])));
      const column = torch.arange(3).reshape([3, 1]).expand([3, 2000]);
      assert.deepEqual(values((median(column, 1) as unknown as [torch.Tensor])[0].to('float32')), [0, 1, 2]);
    }
  });

  it('right arguments compute what they did', () => {
    const weight = torch
      .tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ])
      .requiresGrad_();
    const bags = aten['embedding_bag']!['default']!(
      weight,
      whole([0, 2, 1]),
      whole([0, 2]),
      false,
      0,
    ) as unknown as torch.Tensor[];
    assert.deepEqual(values(bags[0]!), [6, 8, 3, 4]);
    bags[0]!.sum().backward();
    assert.deepEqual(values(weight.grad!), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(
      values(torch.segmentReduce(torch.tensor([1, 2, 3, 4]), 'sum', { lengths: whole([1, 3]) })),
      [1, 9],
    );
    assert.deepEqual(
      values(
        torch.linalg.matrixPower(
          torch.tensor([
            [2, 0],
            [0, 4],
          ]),
          -1,
        ),
      ),
      [0.5, 0, 0, 0.25],
    );
    assert.deepEqual(values(aten['special_legendre_polynomial_p']!['n_scalar']!(torch.tensor([2]), 2)), [5.5]);
    const loss = aten['ctc_loss']!['IntList']!(torch.zeros([5, 1, 4]), whole([[1, 1000000]]), [5], [1]);
    assert.ok(Number.isFinite(loss.item()));
  });
});
