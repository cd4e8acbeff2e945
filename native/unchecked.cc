#include "unchecked.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace torchts {
namespace {

constexpr std::array kTrusting = std::to_array<std::string_view>({
    "aten::_batch_norm_impl_index_backward",
    "aten::_batch_norm_no_update",
    "aten::_cholesky_solve_helper",
    "aten::_convert_indices_from_coo_to_csr",
    "aten::_convert_indices_from_csr_to_coo",
    "aten::_ctc_loss_backward",
    "aten::_cummax_helper",
    "aten::_cummin_helper",
    "aten::_dyn_quant_matmul_4bit",
    "aten::_dyn_quant_pack_4bit_weight",
    "aten::_fft_c2c",
    "aten::_fft_c2r",
    "aten::_fft_r2c",
    "aten::_foreach_copy",
    "aten::_fused_moving_avg_obs_fq_helper",
    "aten::_logcumsumexp",
    "aten::_nested_compute_contiguous_strides_offsets",
    "aten::_new_zeros_with_same_feature_meta",
    "aten::_nnpack_spatial_convolution",
    "aten::_pdist_backward",
    "aten::_remove_batch_dim",
    "aten::_reshape_alias_copy",
    "aten::_slow_conv2d_backward",
    "aten::_sobol_engine_draw",
    "aten::_sobol_engine_ff_",
    "aten::_sobol_engine_initialize_state_",
    "aten::_sobol_engine_scramble_",
    "aten::_sparse_broadcast_to",
    "aten::_stack",
    "aten::_thnn_differentiable_gru_cell_backward",
    "aten::_thnn_differentiable_lstm_cell_backward",
    "aten::_transform_bias_rescale_qkv",
    "aten::_weight_norm_interface_backward",
    "aten::batch_norm_backward",
    "aten::choose_qparams_optimized",
    "aten::embedding_dense_backward",
    "aten::fractional_max_pool2d_backward",
    "aten::fractional_max_pool3d_backward",
    "aten::mkldnn_rnn_layer_backward",
    "aten::native_batch_norm_backward",
    "aten::quantized_lstm_cell",
    "aten::reflection_pad1d_backward",
    "aten::reflection_pad2d_backward",
    "_quantized::wrapped_fbgemm_linear_fp16_weight",
    "mkldnn::_reorder_convolution_transpose_weight",
    "mkldnn::_reorder_mkldnn_rnn_layer_weight",
    "quantized::embedding_bag_2bit_prepack",
    "quantized::embedding_bag_4bit_prepack",
    "quantized::embedding_bag_byte_unpack",
    "quantized::linear_dynamic_fp16_unpacked_weight",
});

// The numbers of a tensor that lies contiguous on the CPU.
template <typename T>
c10::ArrayRef<T> numbers(const at::Tensor& list) {
  return {list.const_data_ptr<T>(), static_cast<size_t>(list.numel())};
}

// native_group_norm(input, weight, bias, N, C, HxW, group, eps)
void check_group_norm(const std::vector<at::IValue>& arguments) {
  const auto number = [&](size_t place) { return arguments[place].isSymInt() ? arguments[place].toSymInt().expect_int() : arguments[place].toInt(); };
  const int64_t batch = number(3), channels = number(4), pixels = number(5), groups = number(6);
  TORCH_CHECK(groups > 0, "expected at least one group, found ", groups);
  TORCH_CHECK(channels > 0 && channels % groups == 0, "expected a number of channels that ", groups, " groups divide, found ", channels);
  const auto& input = arguments[0].toTensor();
  TORCH_CHECK(batch >= 0 && pixels >= 0 && input.numel() == batch * channels * pixels, "expected an input of ", batch, " x ", channels, " x ",
              pixels, " elements, found the shape ", input.sizes());
}

// _weight_norm(v, g, dim), _weight_norm_interface(v, g, dim)
void check_weight_norm(const std::vector<at::IValue>& arguments) {
  const auto &direction = arguments[0].toTensor(), &length = arguments[1].toTensor();
  const int64_t dim = arguments[2].toInt();
  TORCH_CHECK(direction.numel() > 0 && dim >= -1 && dim < direction.dim(), "expected a weight with elements and a dimension of its own, found the shape ",
              direction.sizes(), " and the dimension ", dim);
  const int64_t wanted = dim == -1 ? 1 : direction.size(dim);
  TORCH_CHECK(length.numel() == wanted && length.scalar_type() == direction.scalar_type(), "expected ", wanted, " lengths of the weight's type, found the shape ",
              length.sizes());
}

// range.step(start, end, step, dtype, layout, device, pin_memory), range.out(start, end, step, out)
void check_range(const std::vector<at::IValue>& arguments) {
  if (arguments.size() != 7 && arguments.size() != 4) return;
  const auto& target = arguments[3];
  const bool integral = target.isTensor() ? at::isIntegralType(target.toTensor().scalar_type(), true)
                                          : target.isInt() && at::isIntegralType(static_cast<at::ScalarType>(target.toInt()), true);
  const double step = arguments[2].toScalar().toDouble();
  TORCH_CHECK(!integral || std::abs(step) >= 1, "expected a step of at least 1 for whole numbers, found ", step);
}

// tensor_split(self, sections, dim), chunk(self, chunks, dim) and their like: an empty dimension may have any number of parts,
// each of them a tensor
void check_parts(const std::vector<at::IValue>& arguments) {
  constexpr int64_t kMost = (1 << 24) - 1;  // as many as the handle table holds
  const auto& given = arguments[1];
  int64_t parts = 0;
  if (given.isInt()) parts = given.toInt();
  else if (given.isSymInt()) parts = given.toSymInt().expect_int();
  else if (given.isTensor() && given.toTensor().defined() && given.toTensor().is_cpu() && given.toTensor().dim() == 0 &&
           given.toTensor().scalar_type() == at::kLong)
    parts = *given.toTensor().const_data_ptr<int64_t>();
  TORCH_CHECK(parts <= kMost, "expected at most ", kMost, " parts, found ", parts);
}

// _native_batch_norm_legit.no_stats(input, weight, bias, training, momentum, eps)
void check_batch_norm(const std::vector<at::IValue>& arguments) {
  TORCH_CHECK(arguments.size() != 6 || arguments[3].toBool(), "expected training, since there are no running statistics to use in its place");
}

// batch_norm_update_stats(input, running_mean, running_var, momentum)
void check_running_stats(const std::vector<at::IValue>& arguments) {
  const auto& input = arguments[0].toTensor();
  TORCH_CHECK(input.dim() >= 2, "expected an input with a dimension of channels, found the shape ", input.sizes());
  for (const size_t place : {1, 2}) {
    if (!arguments[place].isTensor() || !arguments[place].toTensor().defined()) continue;
    const auto& running = arguments[place].toTensor();
    TORCH_CHECK(running.dim() == 1 && running.numel() == input.size(1), "expected running statistics of ", input.size(1), " channels, found the shape ",
                running.sizes());
  }
}

// _foreach_addcdiv_.ScalarList(self, tensor1, tensor2, scalars) and its like
void check_scalars(const std::vector<at::IValue>& arguments) {
  if (arguments.size() < 4 || !arguments[0].isTensorList() || !arguments[3].isList()) return;
  const size_t tensors = arguments[0].toTensorList().size(), scalars = arguments[3].toListRef().size();
  TORCH_CHECK(tensors == scalars, "expected a number for each of the ", tensors, " tensors, found ", scalars);
}

// _pad_packed_sequence(data, batch_sizes, batch_first, padding_value, total_length)
void check_packed(const std::vector<at::IValue>& arguments) {
  const auto &data = arguments[0].toTensor(), &sizes = arguments[1].toTensor();
  TORCH_CHECK(sizes.layout() == at::kStrided && sizes.is_cpu() && sizes.scalar_type() == at::kLong && sizes.dim() == 1 && sizes.numel() > 0,
              "expected batch sizes in a list of int64 on the CPU, found ", sizes.scalar_type(), " of the shape ", sizes.sizes());
  int64_t rows = 0, last = std::numeric_limits<int64_t>::max();
  const at::Tensor list = sizes.contiguous();
  for (const int64_t size : numbers<int64_t>(list)) {
    TORCH_CHECK(size > 0 && size <= last, "expected batch sizes above 0 that never grow, found ", size);
    rows += last = size;
  }
  TORCH_CHECK(data.layout() == at::kStrided && data.dim() > 0 && data.size(0) == rows, "expected ", rows, " rows of data, found the shape ", data.sizes());
}

// _chunk_cat(tensors, dim, num_chunks)
void check_chunk_cat(const std::vector<at::IValue>& arguments) {
  for (const at::Tensor& tensor : arguments[0].toTensorVector()) TORCH_CHECK(tensor.dim() > 0, "expected tensors with dimensions, found a scalar");
}

// mkldnn::_reorder_convolution_weight(self, padding, stride, dilation, groups, input_size)
void check_reorder(const std::vector<at::IValue>& arguments) {
  const auto least = [&](size_t place, int64_t smallest, const char* name) {
    for (const int64_t value : arguments[place].toIntVector())
      TORCH_CHECK(value >= smallest, "expected a ", name, " of at least ", smallest, ", found ", value);
  };
  least(1, 0, "padding");
  least(2, 1, "stride");
  least(3, 1, "dilation");
  const auto& weight = arguments[0].toTensor();
  const int64_t groups = arguments[4].toInt();
  TORCH_CHECK(weight.dim() > 0 && groups > 0 && weight.size(0) % groups == 0, "expected a weight whose output channels ", groups, " groups divide, found the shape ",
              weight.sizes());
}

// The pivots of an LU decomposition say which rows change places, counted from 1; LAPACK and its like do not look at them twice.
void check_pivots(const at::Tensor& decomposition, const at::Tensor& pivots) {
  if (!pivots.is_cpu() || pivots.layout() != at::kStrided || pivots.scalar_type() != at::kInt || decomposition.dim() < 2) return;
  const int64_t rows = decomposition.size(-2);
  const at::Tensor list = pivots.contiguous();
  for (const int32_t row : numbers<int32_t>(list))
    TORCH_CHECK(row >= 1 && row <= rows, "expected pivots from 1 to ", rows, ", the number of rows, found ", row);
}

// lu_unpack(LU_data, LU_pivots, unpack_data, unpack_pivots)
void check_lu_unpack(const std::vector<at::IValue>& arguments) {
  const auto &decomposition = arguments[0].toTensor(), &pivots = arguments[1].toTensor();
  TORCH_CHECK(decomposition.dim() >= 2, "expected a decomposition, of two dimensions or more, found the shape ", decomposition.sizes());
  auto wanted = decomposition.sizes().vec();
  const int64_t columns = wanted.back();
  wanted.pop_back();
  wanted.back() = std::min(wanted.back(), columns);
  TORCH_CHECK(pivots.sizes().vec() == wanted, "expected pivots of the shape ", wanted, ", found ", pivots.sizes());
  check_pivots(decomposition, pivots);
}

// linalg_lu_solve(LU, pivots, B, ...)
void check_linalg_lu_solve(const std::vector<at::IValue>& arguments) { check_pivots(arguments[0].toTensor(), arguments[1].toTensor()); }

// lu_solve(self, LU_data, LU_pivots)
void check_lu_solve(const std::vector<at::IValue>& arguments) { check_pivots(arguments[1].toTensor(), arguments[2].toTensor()); }

struct Checked {
  std::string_view name;
  Precondition check;
};

constexpr std::array kChecked = std::to_array<Checked>({
    {"aten::_chunk_cat", &check_chunk_cat},
    {"aten::_foreach_addcdiv", &check_scalars},
    {"aten::_foreach_addcdiv_", &check_scalars},
    {"aten::_foreach_addcmul", &check_scalars},
    {"aten::_foreach_addcmul_", &check_scalars},
    {"aten::_native_batch_norm_legit", &check_batch_norm},
    {"aten::_pad_packed_sequence", &check_packed},
    {"aten::_weight_norm", &check_weight_norm},
    {"aten::_weight_norm_interface", &check_weight_norm},
    {"aten::batch_norm_update_stats", &check_running_stats},
    {"aten::chunk", &check_parts},
    {"aten::dsplit", &check_parts},
    {"aten::hsplit", &check_parts},
    {"aten::linalg_lu_solve", &check_linalg_lu_solve},
    {"aten::lu_solve", &check_lu_solve},
    {"aten::lu_unpack", &check_lu_unpack},
    {"aten::native_group_norm", &check_group_norm},
    {"aten::range", &check_range},
    {"aten::tensor_split", &check_parts},
    {"aten::unsafe_chunk", &check_parts},
    {"aten::vsplit", &check_parts},
    {"mkldnn::_reorder_convolution_weight", &check_reorder},
});

}  // namespace

bool trusts_its_caller(std::string_view name) { return std::find(kTrusting.begin(), kTrusting.end(), name) != kTrusting.end(); }

Precondition precondition_of(std::string_view name) {
  const auto found = std::find_if(kChecked.begin(), kChecked.end(), [&](const Checked& checked) { return checked.name == name; });
  return found == kChecked.end() ? nullptr : found->check;
}

}  // namespace torchts
