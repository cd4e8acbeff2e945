#include "unchanged.h"

#include "operator.h"

namespace torchts {

Unchanged::Unchanged(const Operator& op, const std::vector<at::IValue>& arguments) {
  if (!op.reshapes) return;
  for (size_t i = 0; i < arguments.size(); ++i)
    if (op.parameters[i].aliased) add(arguments[i]);
}

void Unchanged::add(const at::IValue& argument) {
  if (argument.isTensor()) return add(argument.toTensor());
  if (!argument.isTensorList()) return;
  for (const at::Tensor& tensor : argument.toTensorVector()) add(tensor);
}

void Unchanged::add(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.is_nested() || tensor.layout() != c10::kStrided || !tensor.has_storage()) return;
  states_.push_back({tensor, tensor.storage(), tensor.sizes().vec(), tensor.strides().vec(), tensor.storage_offset()});
}

void Unchanged::restore() const noexcept {
  for (const State& state : states_) {
    c10::TensorImpl* const tensor = state.tensor.unsafeGetTensorImpl();
    try {
      tensor->set_storage_keep_dtype(state.storage);
      tensor->set_sizes_and_strides(state.sizes, state.strides, state.offset);
    } catch (...) {  // a tensor whose shape cannot be set was not given another one
    }
  }
}

}  // namespace torchts
