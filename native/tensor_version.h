// How often a tensor has been written to: what was computed from it holds as long as that number stays.
#pragma once
#include <ATen/core/Tensor.h>

namespace torchts {

// 0 where nothing counts it: in undefined tensors, and in those of inference mode.
inline uint32_t version_of(const at::Tensor& tensor) {
  return tensor.defined() && !tensor.is_inference() ? tensor.unsafeGetTensorImpl()->version_counter().current_version() : 0;
}

}  // namespace torchts
