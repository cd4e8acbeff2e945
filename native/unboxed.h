// Operators called by their C++ signature: for the commonest ones, without boxing arguments and results.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <variant>
#include <vector>

namespace torchts {

struct Parameter;

class UnboxedCall {
 public:
  UnboxedCall() = default;
  // Empty for an operator with another signature than those below.
  UnboxedCall(const c10::OperatorHandle& handle, const std::vector<Parameter>& parameters);

  explicit operator bool() const { return tensors_ > 0; }
  // How many tensors it takes; whatever follows has a default.
  size_t tensors() const { return tensors_; }
  // The result; of an operator that writes to its first argument, that argument.
  at::Tensor operator()(at::Tensor* arguments) const;

 private:
  using Const = const at::Tensor&;
  using Unary = c10::TypedOperatorHandle<at::Tensor(Const)>;
  using Binary = c10::TypedOperatorHandle<at::Tensor(Const, Const)>;
  using BinaryScaled = c10::TypedOperatorHandle<at::Tensor(Const, Const, const at::Scalar&)>;
  using UnaryInPlace = c10::TypedOperatorHandle<at::Tensor&(at::Tensor&)>;
  using BinaryInPlace = c10::TypedOperatorHandle<at::Tensor&(at::Tensor&, Const)>;
  using BinaryScaledInPlace = c10::TypedOperatorHandle<at::Tensor&(at::Tensor&, Const, const at::Scalar&)>;

  size_t tensors_ = 0;
  std::variant<std::monostate, Unary, Binary, BinaryScaled, UnaryInPlace, BinaryInPlace, BinaryScaledInPlace> call_;
  at::Scalar scale_;
};

}  // namespace torchts
