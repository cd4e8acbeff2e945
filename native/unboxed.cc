#include "unboxed.h"

#include "operator.h"

namespace torchts {
namespace {

bool is_tensor(const Parameter& parameter) { return parameter.kind == Kind::Tensor && !parameter.list && !parameter.optional; }

bool is_scale(const Parameter& parameter) {
  return parameter.kind == Kind::Scalar && !parameter.list && !parameter.optional && parameter.fallback && parameter.fallback->isScalar();
}

// -> Tensor, and nothing else
bool gives_tensor(const c10::FunctionSchema& schema) { return schema.returns().size() == 1 && *schema.returns()[0].type() == *c10::TensorType::get(); }

bool writes(const c10::AliasInfo* alias) { return alias && alias->isWrite(); }

}  // namespace

UnboxedCall::UnboxedCall(const c10::OperatorHandle& handle, const std::vector<Parameter>& parameters) {
  const auto& schema = handle.schema();
  const bool scaled = parameters.size() == 3 && is_scale(parameters[2]);
  const size_t count = parameters.size() - (scaled ? 1 : 0);
  const std::string& name = schema.operator_name().name;
  // resize_as_ and its like are registered as functions that change a const tensor.
  if (name.rfind("aten::", 0) != 0 || name.rfind("aten::resize_", 0) == 0 || count < 1 || count > 2 || !gives_tensor(schema)) return;
  for (size_t i = 0; i < count; ++i)
    if (!is_tensor(parameters[i]) || (i > 0 && writes(schema.arguments()[i].alias_info()))) return;
  if (scaled) scale_ = parameters[2].fallback->toScalar();
  const bool in_place = writes(schema.arguments()[0].alias_info());
  if (in_place != writes(schema.returns()[0].alias_info())) return;
  if (in_place) {
    if (scaled) call_ = handle.typed<at::Tensor&(at::Tensor&, Const, const at::Scalar&)>();
    else if (count == 2) call_ = handle.typed<at::Tensor&(at::Tensor&, Const)>();
    else call_ = handle.typed<at::Tensor&(at::Tensor&)>();
  } else {
    if (scaled) call_ = handle.typed<at::Tensor(Const, Const, const at::Scalar&)>();
    else if (count == 2) call_ = handle.typed<at::Tensor(Const, Const)>();
    else call_ = handle.typed<at::Tensor(Const)>();
  }
  tensors_ = count;
}

at::Tensor UnboxedCall::operator()(at::Tensor* arguments) const {
  switch (call_.index()) {
    case 1: return std::get<Unary>(call_).call(arguments[0]);
    case 2: return std::get<Binary>(call_).call(arguments[0], arguments[1]);
    case 3: return std::get<BinaryScaled>(call_).call(arguments[0], arguments[1], scale_);
    case 4: return std::get<UnaryInPlace>(call_).call(arguments[0]);
    case 5: return std::get<BinaryInPlace>(call_).call(arguments[0], arguments[1]);
    default: return std::get<BinaryScaledInPlace>(call_).call(arguments[0], arguments[1], scale_);
  }
}

}  // namespace torchts
