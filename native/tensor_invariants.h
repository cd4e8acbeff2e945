// Sparse, compressed and nested tensors consist of dense ones, and their kernels trust the indices in these. So indices
// are copied on their way to and from JavaScript, and a tensor is checked when it first comes as an argument.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/stack.h>

namespace torchts {

// Throws when an index of a tensor that is not dense is outside of its size.
void check_invariants(const at::Tensor& tensor);

// Dense tensors cost one comparison.
inline void require_invariants(const at::Tensor& tensor) {
  if (tensor.defined() && (tensor.layout() != at::kStrided || tensor.is_nested())) check_invariants(tensor);
}

// What an operator does with the indices inside of a tensor.
enum class IndexUse { None, Reads, ReadsValues, Builds };
IndexUse index_use(const std::string& name);

// Before an operator that builds a tensor: its indices become copies, which nobody else can change.
void copy_indices(const c10::FunctionSchema& schema, torch::jit::Stack& arguments);
// After an operator that reads them: results become copies; values become aliases, which share the memory but not the shape.
void detach_parts(IndexUse use, torch::jit::Stack& results);

}  // namespace torchts
