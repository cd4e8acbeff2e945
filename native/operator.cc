#include "operator.h"

#include <ATen/core/jit_type.h>

namespace torchts {
namespace {

Kind kind_of(const c10::TypePtr& type, const c10::TypePtr& real) {
  switch (real->kind()) {
    case c10::TypeKind::ScalarTypeType: return Kind::DType;
    case c10::TypeKind::LayoutType: return Kind::Layout;
    case c10::TypeKind::MemoryFormatType: return Kind::MemoryFormat;
    default: break;
  }
  switch (type->kind()) {
    case c10::TypeKind::TensorType: return Kind::Tensor;
    case c10::TypeKind::NumberType: return Kind::Scalar;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return Kind::Int;
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType: return Kind::Float;
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType: return Kind::Bool;
    case c10::TypeKind::StringType: return Kind::String;
    case c10::TypeKind::DeviceObjType: return Kind::Device;
    case c10::TypeKind::GeneratorType: return Kind::Generator;
    default: return Kind::Unsupported;
  }
}

// Unwraps `T?` or `T[]` in the real and the erased type alike; they only differ at the leaf (ScalarType is int).
bool strip(c10::TypeKind wrapper, c10::TypePtr& type, c10::TypePtr& real) {
  if (type->kind() != wrapper) return false;
  type = type->containedType(0);
  if (real->kind() == wrapper) real = real->containedType(0);
  return true;
}

// Of the operators that write to `self`. Those that write to `out` all give it the shape of the result.
bool reshapes_self(const std::string& name) {
  return name.find("resize") != std::string::npos || name.find("::set_") != std::string::npos || name.find("as_strided_") != std::string::npos;
}

}  // namespace

Parameter parameter_of(const c10::Argument& argument) {
  c10::TypePtr type = argument.type(), real = argument.real_type();
  Parameter result{argument.name(), real->str(), Kind::Unsupported};
  result.optional = strip(c10::TypeKind::OptionalType, type, real);
  result.list = strip(c10::TypeKind::ListType, type, real);
  if (result.list) result.optional_element = strip(c10::TypeKind::OptionalType, type, real);
  result.kind = kind_of(type, real);
  result.single_as_list = result.list && argument.N().has_value();
  result.length = argument.N().value_or(0);
  if (argument.default_value()) result.fallback = *argument.default_value();
  return result;
}

Operator resolve_operator(const std::string& name, const std::string& overload) {
  const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name.c_str(), overload.c_str());
  Operator op{handle, {}, true, index_use(name), is_unsafe(name), false, false, {}};
  for (const auto& argument : handle.schema().arguments()) {
    op.parameters.push_back(parameter_of(argument));
    op.parameters.back().aliased = argument.alias_info() != nullptr;
    op.pure &= argument.alias_info() == nullptr;
    op.reshapes |= argument.alias_info() && argument.alias_info()->isWrite() && (argument.kwarg_only() || reshapes_self(name));
  }
  for (const auto& result : handle.schema().returns())
    op.returns_alias |= result.alias_info() && result.alias_info()->isWrite();
  op.unboxed = UnboxedCall(handle, op.parameters);
  return op;
}

}  // namespace torchts
