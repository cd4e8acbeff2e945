// Operators that divide by sizes, take one tensor's size for that of others, or make views without checking the storage.
#include <ATen/ExpandUtils.h>
#include <ATen/quantized/QTensorImpl.h>
#include <initializer_list>
#include <limits>

#include "checks.h"

namespace torchts {
namespace {

Limit channels() { return size_of("input", 1); }

// Whether the product of factors that are not negative is `wanted`; one that does not fit into 64 bits is no tensor's.
bool product_is(std::initializer_list<int64_t> factors, int64_t wanted) {
  int64_t product = 1;
  for (const int64_t factor : factors)
    if (__builtin_mul_overflow(product, factor, &product)) return false;
  return product == wanted;
}

// native_group_norm(input, weight, bias, N, C, HxW, group, eps) and its backward
void groups_fit(const Arguments& arguments) {
  const int64_t batch = arguments.integer("N"), channels = arguments.integer("C"), pixels = arguments.integer("HxW"), groups = arguments.integer("group");
  TORCH_CHECK(groups > 0, "expected at least one group, found ", groups);
  TORCH_CHECK(channels > 0 && channels % groups == 0, "expected a number of channels that ", groups, " groups divide, found ", channels);
  const auto& input = arguments.tensor("input");
  TORCH_CHECK(batch >= 0 && pixels >= 0 && product_is({batch, channels, pixels}, input.numel()), "expected an input of ", batch, " x ", channels, " x ",
              pixels, " elements, found the shape ", input.sizes());
  for (const char* const name : {"mean", "rstd"})
    if (arguments.has(name))
      TORCH_CHECK(product_is({batch, groups}, arguments.tensor(name).numel()), "expected '", name, "' of ", batch, " x ", groups, " elements, found the shape ",
                  arguments.tensor(name).sizes());
  for (const char* const name : {"weight", "bias"})
    if (arguments.tensor(name).defined())
      TORCH_CHECK(arguments.tensor(name).numel() == channels, "expected '", name, "' of ", channels,
                  " elements, found the shape ", arguments.tensor(name).sizes());
  if (arguments.has("grad_out"))
    TORCH_CHECK(arguments.tensor("grad_out").numel() == input.numel(),
                "expected 'grad_out' of the input's shape, found ", arguments.tensor("grad_out").sizes());
}

// _weight_norm(v, g, dim), _weight_norm_interface(v, g, dim)
void weight_norm_fits(const Arguments& arguments) {
  const auto &direction = arguments.tensor("v"), &length = arguments.tensor("g");
  const int64_t dim = arguments.integer("dim");
  TORCH_CHECK(direction.numel() > 0 && dim >= -1 && dim < direction.dim(), "expected a weight with elements and a dimension of its own, found the shape ",
              direction.sizes(), " and the dimension ", dim);
  const int64_t wanted = dim == -1 ? 1 : direction.size(dim);
  TORCH_CHECK(length.numel() == wanted && length.scalar_type() == direction.scalar_type(), "expected ", wanted,
              " lengths of the weight's type, found the shape ", length.sizes());
}

// Without batch statistics there must be running ones.
void statistics_are_given(const Arguments& arguments) {
  if (arguments.flag(arguments.has("train") ? "train" : "training")) return;
  TORCH_CHECK(arguments.tensor("running_mean").defined() && arguments.tensor("running_var").defined(),
              "expected training, since there are no running statistics to use in its place");
}

void saved_statistics_fit(const Arguments& arguments) {
  if (!arguments.flag("train")) return;
  TORCH_CHECK(arguments.tensor("save_mean").defined() && arguments.tensor("save_invstd").defined(),
              "expected the statistics that the forward saved, found none");
  vector_of("save_mean", channels())(arguments);
  vector_of("save_invstd", channels())(arguments);
}

// _pad_packed_sequence(data, batch_sizes, batch_first, padding_value, total_length)
void batch_sizes_fit(const Arguments& arguments) {
  const auto &data = arguments.tensor("data"), &sizes = arguments.tensor("batch_sizes");
  TORCH_CHECK(is_readable(sizes) && sizes.scalar_type() == at::kLong && sizes.dim() == 1 && sizes.numel() > 0,
              "expected batch sizes in a list of int64 on the CPU, found ", sizes.scalar_type(), " of the shape ", sizes.sizes());
  int64_t rows = 0, last = std::numeric_limits<int64_t>::max();
  for (const int64_t size : values_of(sizes)) {
    TORCH_CHECK(size > 0 && size <= last, "expected batch sizes above 0 that never grow, found ", size);
    TORCH_CHECK(!__builtin_add_overflow(rows, size, &rows), "expected batch sizes whose sum fits into 64 bits, found ", size, " after ", rows);
    last = size;
  }
  TORCH_CHECK(data.layout() == at::kStrided && data.dim() > 0 && data.size(0) == rows, "expected ", rows, " rows of data, found the shape ", data.sizes());
}

// lstm(…, hx, …): a cell state for each hidden state.
void states_fit(const Arguments& arguments) {
  const auto states = arguments.tensors("hx");
  TORCH_CHECK(states.size() == 2 && states[0].dim() > 0 && states[1].dim() > 0 && states[0].size(0) == states[1].size(0),
              "expected two states, hidden and of the cell, of as many layers");
}

// mkldnn::_reorder_convolution_weight(self, padding, stride, dilation, groups, input_size)
void convolution_fits(const Arguments& arguments) {
  const auto& weight = arguments.tensor("self");
  const int64_t groups = arguments.integer("groups");
  TORCH_CHECK(weight.dim() > 0 && groups > 0 && weight.size(0) % groups == 0,
              "expected a weight whose output channels ", groups, " groups divide, found the shape ", weight.sizes());
}

// grid_sampler_*_backward: the gradient is (batch, channels, …), with the sizes of the grid.
void gradient_fits_grid(const Arguments& arguments) {
  const auto &grad = arguments.tensor("grad_output"), &input = arguments.tensor("input"), &grid = arguments.tensor("grid");
  TORCH_CHECK(input.dim() >= 4 && input.dim() == grid.dim(),
              "expected 'input' and 'grid' of as many dimensions, four or five, found ", input.sizes(), " and ",
              grid.sizes());
  auto wanted = grid.sizes().vec();
  wanted.pop_back();
  wanted.insert(wanted.begin() + 1, input.size(1));
  TORCH_CHECK(grad.sizes().vec() == wanted, "expected 'grad_output' of the shape ", wanted, ", found ", grad.sizes());
}

// unfold_backward(grad_in, input_sizes, dim, size, step)
void windows_fit(const Arguments& arguments) {
  auto wanted = arguments.integers("input_sizes");
  const int64_t size = arguments.integer("size"), step = arguments.integer("step");
  const auto dims = static_cast<int64_t>(wanted.size());
  const int64_t dim = arguments.integer("dim") < 0 ? arguments.integer("dim") + dims : arguments.integer("dim");
  TORCH_CHECK(step > 0 && size >= 0, "expected a step above 0 and a size that is not negative, found ", step, " and ", size);
  if (dims == 0) return;
  TORCH_CHECK_INDEX(dim >= 0 && dim < dims, "expected a dimension of the input, found ", arguments.integer("dim"));
  auto& along = wanted[static_cast<size_t>(dim)];
  TORCH_CHECK(size <= along, "expected a size of at most ", along, ", found ", size);
  along = (along - size) / step + 1;
  wanted.push_back(size);
  TORCH_CHECK(arguments.tensor("grad_in").sizes().vec() == wanted, "expected 'grad_in' of the shape ", wanted, ", found ", arguments.tensor("grad_in").sizes());
}

// _cdist_backward(grad, x1, x2, p, cdist)
void distances_fit(const Arguments& arguments) {
  const auto &left = arguments.tensor("x1"), &right = arguments.tensor("x2");
  TORCH_CHECK(left.dim() >= 2 && right.dim() >= 2 && left.size(-1) == right.size(-1), "expected 'x1' and 'x2' of points of one dimension, found ", left.sizes(),
              " and ", right.sizes());
  auto wanted = at::infer_size(left.sizes().slice(0, static_cast<size_t>(left.dim() - 2)), right.sizes().slice(0, static_cast<size_t>(right.dim() - 2)));
  wanted.insert(wanted.end(), {left.size(-2), right.size(-2)});
  for (const char* const name : {"grad", "cdist"})
    TORCH_CHECK(arguments.tensor(name).sizes().vec() == wanted, "expected '", name, "' of the shape ", wanted, ", found ", arguments.tensor(name).sizes());
}

// The storage of 'self' is read.
void has_storage(const Arguments& arguments) {
  TORCH_CHECK(arguments.tensor("self").has_storage(), "expected a dense tensor, found the layout ", arguments.tensor("self").layout());
}

// A view of `itemsize` bytes an element, that begins `offset` elements into the storage of 'self', ends inside of it.
void check_view(const Arguments& arguments, int64_t offset, int64_t itemsize) {
  const at::Tensor& self = arguments.tensor("self");
  const auto sizes = arguments.integers("size"), strides = arguments.integers("stride");
  has_storage(arguments);
  TORCH_CHECK(sizes.size() == strides.size(), "expected as many strides as sizes, ", sizes.size(), ", found ", strides.size());
  int64_t last = offset;
  bool fits = offset >= 0, empty = false;
  for (size_t dim = 0; dim < sizes.size() && fits; ++dim) {
    int64_t span = 0;
    fits = sizes[dim] >= 0 && strides[dim] >= 0;
    empty |= sizes[dim] == 0;
    fits &= sizes[dim] == 0 || (!__builtin_mul_overflow(sizes[dim] - 1, strides[dim], &span) && !__builtin_add_overflow(last, span, &last));
  }
  const int64_t elements = static_cast<int64_t>(self.storage().nbytes()) / itemsize;
  TORCH_CHECK(fits && (empty || last < elements), "expected a view inside of the ", elements,
              " elements in memory, found the shape ", sizes, " with the strides ", strides, " from ", offset);
}

// inductor::_reinterpret_tensor(self, size, stride, offset_increment)
void reinterpreted_within(const Arguments& arguments) {
  const at::Tensor& self = arguments.tensor("self");
  int64_t offset = 0;
  has_storage(arguments);
  TORCH_CHECK(!__builtin_add_overflow(self.storage_offset(), arguments.integer("offset_increment"), &offset), "expected an offset that fits into memory");
  check_view(arguments, offset, static_cast<int64_t>(self.itemsize()));
}

// inductor::_alloc_from_pool(self, offset_bytes, dtype, size, stride)
void allocated_within(const Arguments& arguments) {
  const auto itemsize = static_cast<int64_t>(c10::elementSize(static_cast<at::ScalarType>(arguments.integer("dtype"))));
  TORCH_CHECK(arguments.integer("offset_bytes") % itemsize == 0, "expected an offset of whole elements of ", itemsize,
              " bytes, found ", arguments.integer("offset_bytes"));
  check_view(arguments, arguments.integer("offset_bytes") / itemsize, itemsize);
}

// qscheme(self) reads the quantizer of any tensor of a quantized type; a nested one has none.
void has_quantizer(const Arguments& arguments) {
  const at::Tensor& self = arguments.tensor("self");
  TORCH_CHECK(dynamic_cast<const at::QTensorImpl*>(self.unsafeGetTensorImpl()), "expected a quantized tensor, found one of ", self.scalar_type());
}

// _compute_linear_combination(input, coefficients): each row of coefficients has one for each part of the input.
void coefficients_fit(const Arguments& arguments) {
  const auto &input = arguments.tensor("input"), &coefficients = arguments.tensor("coefficients");
  TORCH_CHECK(input.dim() > 0 && coefficients.dim() == 2 && coefficients.size(1) == input.size(0),
              "expected 'coefficients' with a column for each part of 'input', found the shapes ", coefficients.sizes(),
              " and ", input.sizes());
  TORCH_CHECK(coefficients.scalar_type() == input.scalar_type(), "expected 'coefficients' of the input's type, ",
              input.scalar_type(), ", found ", coefficients.scalar_type());
}

// The half-precision weights of linear layers are read row by row.
void has_rows(const Arguments& arguments) {
  const at::Tensor& weight = arguments.tensor("weight");
  TORCH_CHECK(weight.dim() > 0 && weight.numel() >= weight.size(0), "expected a weight with elements in each row, found the shape ", weight.sizes());
}

// _sparse_mm_reduce_impl_backward(self, grad_out, weight, reduce, arg_out, output_mask): 'amin' and 'amax' need the
// index of each extreme.
void indices_of_extremes_fit(const Arguments& arguments) {
  const auto &grad = arguments.tensor("grad_out"), &indices = arguments.tensor("arg_out");
  const auto reduce = arguments.text("reduce");
  TORCH_CHECK(arguments.tensor("self").layout() == at::kSparseCsr, "expected a tensor in the layout CSR, found ", arguments.tensor("self").layout());
  TORCH_CHECK((reduce != "amax" && reduce != "amin") || indices.sizes() == grad.sizes(),
              "expected 'arg_out' of the shape of 'grad_out', ", grad.sizes(), ", found ", indices.sizes());
}

// The index of a row without elements is the number of all elements, so that is allowed too.
int64_t end_of_extremes(const Arguments& arguments) { return arguments.tensor("self")._nnz() + 1; }

// oneDNN divides by sizes where it transposes.
void has_elements_to_move(const Arguments& arguments) {
  TORCH_CHECK(arguments.tensor("self").numel() > 0, "expected a tensor with elements, found the shape ", arguments.tensor("self").sizes());
}

// A quantized tensor cannot be viewed as another type, and _neg_view calls itself for one without end.
void is_not_quantized(const Arguments& arguments) {
  TORCH_CHECK(!arguments.tensor("self").is_quantized(), "expected a tensor that is not quantized, found one of ", arguments.tensor("self").scalar_type(),
              "; dequantize it first");
}

std::vector<Preconditions> normalisations() {
  const std::vector<Check> batch_norm{no_zero_size("input", 1), vector_of("weight", channels()), vector_of("bias", channels()),
                                      vector_of("running_mean", channels()), vector_of("running_var", channels()), statistics_are_given};
  auto batch_norm_backward = batch_norm;
  batch_norm_backward.insert(batch_norm_backward.end(), {same_shape("grad_out", "input"), saved_statistics_fit});
  const Check input_has_channels = has_dims("input", 2);
  return {
      {"aten::native_batch_norm", batch_norm},
      {"aten::_native_batch_norm_legit", batch_norm},
      {"aten::_native_batch_norm_legit_functional", batch_norm},
      {"aten::_batch_norm_with_update", batch_norm},
      {"aten::_batch_norm_with_update_functional", batch_norm},
      {"aten::_native_batch_norm_legit_no_training", {no_zero_size("input", 1)}},
      {"aten::native_batch_norm_backward", batch_norm_backward},
      {"aten::batch_norm_update_stats",
       {input_has_channels, no_zero_size("input", 1), vector_of("running_mean", channels()), vector_of("running_var", channels())}},
      {"aten::native_group_norm", {groups_fit}},
      {"aten::native_group_norm_backward", {groups_fit}},
      {"aten::native_layer_norm_backward", {same_shape("grad_out", "input"), has_elements("rstd", elements_of("mean"))}},
      {"aten::_weight_norm", {weight_norm_fits}},
      {"aten::_weight_norm_interface", {weight_norm_fits}},
  };
}

}  // namespace

std::vector<Preconditions> preconditions_of_sizes() {
  const std::vector<Check> grid_2d{numbers_between("interpolation_mode", 0, 2), numbers_between("padding_mode", 0, 2)};
  const std::vector<Check> grid_3d{numbers_between("interpolation_mode", 0, 1), numbers_between("padding_mode", 0, 2)};
  const std::vector<Check> grid_2d_backward{numbers_between("interpolation_mode", 0, 2), numbers_between("padding_mode", 0, 2), gradient_fits_grid};
  const std::vector<Check> grid_3d_backward{numbers_between("interpolation_mode", 0, 1), numbers_between("padding_mode", 0, 2), gradient_fits_grid};
  std::vector<Preconditions> all{
      {"aten::_pad_packed_sequence", {batch_sizes_fit}},
      {"aten::grid_sampler_2d", grid_2d},
      {"aten::_grid_sampler_2d_cpu_fallback", grid_2d},
      {"aten::grid_sampler_3d", grid_3d},
      {"aten::grid_sampler_2d_backward", grid_2d_backward},
      {"aten::_grid_sampler_2d_cpu_fallback_backward", grid_2d_backward},
      {"aten::grid_sampler_3d_backward", grid_3d_backward},
      {"aten::unfold_backward", {windows_fit}},
      {"aten::_cdist_backward", {distances_fit}},
      {"aten::_pdist_forward", {has_dims("self", 2, 2)}},
      {"aten::view_copy.dtype", {is_not_quantized}},
      {"aten::view_copy.dtype_out", {is_not_quantized}},
      {"aten::qscheme", {has_quantizer}, Nested::Refused},
      {"aten::_compute_linear_combination", {coefficients_fit}},
      {"aten::_sparse_mm_reduce_impl_backward", {indices_of_extremes_fit, indices_within("arg_out", end_of_extremes)}},
      {"aten::_softmax_backward_data", {same_shape("grad_output", "output")}},
      {"aten::_log_softmax_backward_data", {same_shape("grad_output", "output")}},
      {"aten::copy", {has_storage}},
      {"aten::median.dim", {}, Nested::Pass, true},
      {"aten::median.dim_values", {}, Nested::Pass, true},
      {"aten::nanmedian.dim", {}, Nested::Pass, true},
      {"aten::nanmedian.dim_values", {}, Nested::Pass, true},
      {"aten::_neg_view", {is_not_quantized}},
      {"aten::_saturate_weight_to_fp16", {has_rows}, Nested::Refused},
      {"aten::fbgemm_pack_gemm_matrix_fp16", {}, Nested::Refused},
      {"aten::lstm", {states_fit}},
      {"aten::_mkldnn_transpose", {has_elements_to_move}},
      {"aten::_mkldnn_transpose_", {has_elements_to_move}},
      {"inductor::_reinterpret_tensor", {reinterpreted_within}},
      {"inductor::_alloc_from_pool", {allocated_within}},
      {"mkldnn::_reorder_convolution_weight",
       {numbers_between("padding", 0, INT32_MAX), numbers_between("stride", 1, INT32_MAX), numbers_between("dilation", 1, INT32_MAX), convolution_fits}},
  };
  for (auto& row : normalisations()) all.push_back(std::move(row));
  return all;
}

}  // namespace torchts
