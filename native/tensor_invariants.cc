#include "tensor_invariants.h"

#include <ATen/NestedTensorImpl.h>
#include <ATen/SparseCsrTensorUtils.h>
#include <ATen/ops/_validate_sparse_compressed_tensor_args.h>
#include <ATen/ops/_validate_sparse_coo_tensor_args.h>
#include <ATen/ops/alias.h>
#include <algorithm>
#include <array>

#include "checks.h"
#include "tensor_version.h"

namespace torchts {
namespace {

using Parts = std::array<at::Tensor, 3>;  // two of indices, and the values

Parts parts_of(const at::Tensor& tensor) {
  if (tensor.is_sparse()) return {tensor._indices(), {}, tensor._values()};
  if (tensor.is_nested()) {
    const auto* const nested = at::native::get_nested_tensor_impl(tensor);
    return {nested->get_nested_sizes(), nested->get_nested_strides(), {}};
  }
  const auto* const compressed = at::sparse_csr::get_sparse_csr_impl(tensor);
  return {compressed->compressed_indices(), compressed->plain_indices(), compressed->values()};
}

// A tensor that has passed the check. The weak pointers keep the addresses of its parts from being used again.
struct Seen {
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> indices{c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>()},
      others{c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>()};
  std::vector<int64_t> sizes;
  std::array<int64_t, 4> counts{};

  bool is(const at::Tensor& tensor, const Parts& parts, const std::array<int64_t, 4>& now) const {
    return indices._unsafe_get_target() == parts[0].unsafeGetTensorImpl() && others._unsafe_get_target() == parts[1].unsafeGetTensorImpl() && counts == now &&
           (tensor.is_nested() || tensor.sizes().equals(sizes));
  }
};

// Every part of a nested tensor lies inside of the buffer.
void check_nested(const at::Tensor& tensor) {
  const auto* const nested = at::native::get_nested_tensor_impl(tensor);
  const at::Tensor &sizes = nested->get_nested_sizes(), &strides = nested->get_nested_strides(), &offsets = nested->get_storage_offsets();
  TORCH_CHECK(sizes.sizes() == strides.sizes() && sizes.dim() <= 2 && offsets.numel() == (sizes.dim() == 0 ? 0 : sizes.size(0)),
              "expected sizes, strides and offsets of as many tensors, found the shapes ", sizes.sizes(), ", ", strides.sizes(), " and ", offsets.sizes());
  for (const at::Tensor& part : {sizes, strides, offsets})
    TORCH_CHECK(part.numel() == 0 || (is_readable_integer(part) && part.scalar_type() == at::kLong), "expected sizes, strides and offsets of int64 on the CPU");
  // Kernels look at the first tensor without asking whether there is one. A nested tensor of no tensors has no sizes: it passes.
  TORCH_CHECK(sizes.dim() != 2 || sizes.size(0) > 0, "expected a nested tensor of at least one tensor, found none");
  if (sizes.numel() == 0) return;
  const auto size = values_of(sizes), stride = values_of(strides), offset = values_of(offsets);
  const auto elements = static_cast<int64_t>(tensor.storage().nbytes() / tensor.itemsize());
  const auto dims = static_cast<size_t>(sizes.dim() == 2 ? sizes.size(1) : 0);
  for (size_t i = 0; i < offset.size(); ++i) {
    bool empty = false;
    int64_t last = offset[i];
    TORCH_CHECK(last >= 0, "expected offsets from 0, found ", last);
    for (size_t dim = i * dims; dim < (i + 1) * dims; ++dim) {
      TORCH_CHECK(size[dim] >= 0 && stride[dim] >= 0, "expected sizes and strides that are not negative, found ", size[dim], " and ", stride[dim]);
      empty |= size[dim] == 0;
      int64_t span = 0;
      TORCH_CHECK(empty || (!__builtin_mul_overflow(size[dim] - 1, stride[dim], &span) && !__builtin_add_overflow(last, span, &last)),
                  "expected sizes and strides that fit into memory, found ", size[dim], " and ", stride[dim]);
    }
    TORCH_CHECK(empty || last < elements, "expected a tensor inside of the buffer's ", elements, " elements, found one that ends at ", last + 1);
  }
}

void check_parts(const at::Tensor& tensor, const Parts& parts) {
  if (tensor.is_nested()) return check_nested(tensor);
  if (!parts[0].is_cpu()) return;
  // Without the flag for coalesced indices, whose check would sort: where it is wrong results are, but no index is out of bounds.
  if (tensor.is_sparse()) at::_validate_sparse_coo_tensor_args(parts[0], parts[2], tensor.sizes(), false);
  else at::_validate_sparse_compressed_tensor_args(parts[0], parts[1], parts[2], tensor.sizes(), tensor.layout());
}

constexpr std::array kReads = std::to_array<std::string_view>({
    "aten::_indices", "aten::_nested_tensor_size", "aten::_nested_tensor_storage_offsets",
    "aten::_nested_tensor_strides", "aten::ccol_indices", "aten::col_indices",
    "aten::crow_indices", "aten::indices", "aten::q_per_channel_scales", "aten::q_per_channel_zero_points", "aten::row_indices",
});
constexpr std::array kBuilds = std::to_array<std::string_view>({
    "aten::_make_per_channel_quantized_tensor", "aten::_nested_view_from_buffer", "aten::_nested_view_from_buffer_copy", "aten::_sparse_bsc_tensor_unsafe",
    "aten::_sparse_bsr_tensor_unsafe", "aten::_sparse_compressed_tensor_unsafe", "aten::_sparse_coo_tensor_unsafe",
    "aten::_sparse_coo_tensor_with_dims_and_tensors",
    "aten::_sparse_csc_tensor_unsafe", "aten::_sparse_csr_tensor_unsafe", "aten::quantize_per_channel", "aten::sparse_bsc_tensor", "aten::sparse_bsr_tensor",
    "aten::sparse_compressed_tensor", "aten::sparse_coo_tensor", "aten::sparse_csc_tensor", "aten::sparse_csr_tensor",
});
constexpr std::array kIndexArguments = std::to_array<std::string_view>({
    "ccol_indices", "col_indices", "compressed_indices", "crow_indices", "indices", "nested_size", "nested_strides",
    "offsets", "plain_indices", "row_indices", "scale",
    "scales", "zero_point", "zero_points",
});

template <typename Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void check_invariants(const at::Tensor& tensor) {
  if (tensor.is_meta() || tensor.layout() == at::kMkldnn || tensor.layout() == at::kJagged) return;
  constexpr size_t kRemembered = 64;
  static thread_local std::array<Seen, kRemembered> seen;
  const Parts parts = parts_of(tensor);
  const int64_t rows = parts[2].defined() && parts[2].dim() > 0 ? parts[2].size(0) : 0;
  const std::array<int64_t, 4> now{version_of(parts[0]), version_of(parts[1]), rows, parts[0].numel()};
  Seen& slot = seen[(reinterpret_cast<uintptr_t>(parts[0].unsafeGetTensorImpl()) >> 6) % kRemembered];
  if (slot.is(tensor, parts, now)) return;
  check_parts(tensor, parts);
  slot.indices = parts[0].getIntrusivePtr();
  slot.others = parts[1].getIntrusivePtr();
  slot.sizes = tensor.is_nested() ? std::vector<int64_t>() : tensor.sizes().vec();
  slot.counts = now;
}

IndexUse index_use(const std::string& name) {
  if (name == "aten::_values") return IndexUse::ReadsValues;
  if (holds(kReads, name)) return IndexUse::Reads;
  return holds(kBuilds, name) ? IndexUse::Builds : IndexUse::None;
}

void copy_indices(const c10::FunctionSchema& schema, torch::jit::Stack& arguments) {
  for (size_t i = 0; i < arguments.size() && i < schema.arguments().size(); ++i) {
    if (!holds(kIndexArguments, schema.arguments()[i].name()) || !arguments[i].isTensor()) continue;
    const at::Tensor& part = arguments[i].toTensor();
    if (part.defined() && part.layout() == at::kStrided && !part.is_nested()) arguments[i] = part.clone();
  }
}

void detach_parts(IndexUse use, torch::jit::Stack& results) {
  for (at::IValue& result : results) {
    if (!result.isTensor() || !result.toTensor().defined()) continue;
    result = use == IndexUse::Reads ? result.toTensor().detach().clone() : at::alias(result.toTensor());
  }
}

}  // namespace torchts
