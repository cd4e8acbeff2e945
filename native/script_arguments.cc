// Arguments of TorchScript methods: values of all its types, read by the type that the method declares.
#include <ATen/core/class_type.h>
#include <ATen/core/enum_type.h>
#include <ATen/core/jit_type.h>

#include "external_memory.h"
#include "guard.h"
#include "operator.h"
#include "wire.h"
#include "wire_reader.h"

namespace torchts {
namespace {

// The kind of a type without parts, as for arguments of operators.
Kind leaf_of(const c10::TypePtr& type) { return parameter_of(c10::Argument("", type)).kind; }

// Whether a value with this tag may be of that type: how a member of a union is chosen.
bool may_be(int tag, const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::NoneType: return tag == wire::kNone;
    case c10::TypeKind::OptionalType: return tag == wire::kNone || may_be(tag, type->containedType(0));
    case c10::TypeKind::ListType: return tag == wire::kList;
    case c10::TypeKind::TupleType: return tag == wire::kList || tag == wire::kDict;
    case c10::TypeKind::DictType:
    case c10::TypeKind::ClassType: return tag == wire::kDict;
    case c10::TypeKind::EnumType: return tag == wire::kString || tag == wire::kInt || tag == wire::kFloat;
    case c10::TypeKind::AnyType: return true;
    default: break;
  }
  switch (leaf_of(type)) {
    case Kind::Tensor: return tag == wire::kTensor;
    case Kind::Int: return tag == wire::kInt || tag == wire::kBigInt;
    case Kind::Float: return tag == wire::kFloat || tag == wire::kInt;
    case Kind::Scalar: return tag == wire::kFloat || tag == wire::kInt || tag == wire::kBool || tag == wire::kComplex;
    case Kind::Bool: return tag == wire::kBool;
    case Kind::String:
    case Kind::Device: return tag == wire::kString;
    default: return false;
  }
}

std::string label_of(const Parameter& parameter, const c10::TypePtr& type) { return "argument '" + parameter.name + "' (" + type->annotation_str() + ")"; }

// A member of an enumeration by its name, or by its value.
at::IValue member(const std::shared_ptr<c10::EnumType>& type, const at::IValue& given, const Parameter& parameter) {
  std::string known;
  for (const auto& [name, value] : type->enumNamesValues()) {
    const bool number = given.isScalar() && value.isScalar() && given.toScalar().toDouble() == value.toScalar().toDouble();
    const bool text = given.isString() && (given.toStringRef() == name || (value.isString() && value.toStringRef() == given.toStringRef()));
    if (number || text) return at::IValue(c10::make_intrusive<c10::ivalue::EnumHolder>(type, name, value));
    known += (known.empty() ? "" : ", ") + name;
  }
  throw ArgumentError(label_of(parameter, type) + " must be one of " + known);
}

}  // namespace

std::string WireReader::script_key(const Parameter& parameter) {
  if (static_cast<int>(next()) != wire::kString) throw ArgumentError("argument '" + parameter.name + "' must have strings as names of its fields");
  return string(parameter);
}

at::IValue WireReader::script_tuple(int tag, const c10::TypePtr& type, const Parameter& parameter, int depth) {
  const auto tuple = type->expect<c10::TupleType>();
  const size_t count = tag == wire::kList || tag == wire::kDict ? length() : 0;
  const size_t wanted = tuple->elements().size();
  const std::string label = label_of(parameter, type);
  if ((tag != wire::kList && !(tag == wire::kDict && tuple->schema())) || count != wanted)
    throw ArgumentError(label + " must be an array of " + std::to_string(wanted) + (tuple->schema() ? ", or an object of its fields" : ""));
  std::vector<at::IValue> parts(wanted);
  for (size_t i = 0; i < wanted; ++i) {
    size_t position = i;
    if (tag == wire::kDict) {
      const std::string key = script_key(parameter);
      const auto index = tuple->schema()->argumentIndexWithName(key);
      if (!index) throw ArgumentError(label + " has no field '" + key + "'");
      position = static_cast<size_t>(*index);
    }
    const int tag_of_part = static_cast<int>(next());
    parts[position] = script_value(tag_of_part, tuple->elements()[position], parameter, depth + 1);
  }
  if (tuple->schema()) return c10::ivalue::Tuple::createNamed(std::move(parts), tuple);
  return c10::ivalue::Tuple::create(std::move(parts));
}

at::IValue WireReader::script_dict(const c10::TypePtr& type, const Parameter& parameter, int depth) {
  const auto dict = type->expect<c10::DictType>();
  c10::impl::GenericDict result(dict->getKeyType(), dict->getValueType());
  for (size_t left = length(); left > 0; --left) {
    const int tag = static_cast<int>(next());
    at::IValue key;
    if (tag == wire::kString && dict->getKeyType()->kind() == c10::TypeKind::IntType) {  // keys of objects are strings
      const std::string text = string(parameter);
      size_t used = 0;
      try { key = static_cast<int64_t>(std::stoll(text, &used)); } catch (const std::exception&) { used = 0; }
      if (used == 0 || used != text.size()) throw ArgumentError(label_of(parameter, type) + " has integers as keys, found '" + text + "'");
    } else {
      key = script_value(tag, dict->getKeyType(), parameter, depth + 1);
    }
    const int tag_of_value = static_cast<int>(next());
    result.insert_or_assign(std::move(key), script_value(tag_of_value, dict->getValueType(), parameter, depth + 1));
  }
  return result;
}

// An object of a scripted class from its attributes; its __init__ does not run.
at::IValue WireReader::script_object(const c10::TypePtr& type, const Parameter& parameter, int depth) {
  const auto kind = type->expect<c10::ClassType>();
  const std::string label = label_of(parameter, type);
  const size_t wanted = kind->numAttributes();
  if (kind->is_module() || !kind->compilation_unit()) throw ArgumentError(label + " has a type that JavaScript cannot pass");
  if (length() != wanted) throw ArgumentError(label + " must be an object with all " + std::to_string(wanted) + " attributes");
  auto object = c10::ivalue::Object::create(c10::StrongTypePtr(kind->compilation_unit(), kind), wanted);
  for (size_t i = 0; i < wanted; ++i) {
    const std::string key = script_key(parameter);
    const auto slot = kind->findAttributeSlot(key);
    if (!slot) throw ArgumentError(label + " has no attribute '" + key + "'");
    const int tag = static_cast<int>(next());
    object->setSlot(*slot, script_value(tag, kind->getAttribute(*slot), parameter, depth + 1));
  }
  return object;
}

// A value of no declared type: gets the one that Python would give it.
at::IValue WireReader::script_any(int tag, const Parameter& parameter, int depth) {
  switch (tag) {
    case wire::kNone: return {};
    case wire::kTensor: return script_value(tag, c10::TensorType::get(), parameter, depth);
    case wire::kString: return string(parameter);
    case wire::kList: {
      std::vector<at::IValue> parts(length());
      for (at::IValue& part : parts) {
        const int tag_of_part = static_cast<int>(next());
        part = script_value(tag_of_part, c10::AnyType::get(), parameter, depth + 1);
      }
      return c10::ivalue::Tuple::create(std::move(parts));
    }
    case wire::kDict: return script_dict(c10::DictType::create(c10::StringType::get(), c10::AnyType::get()), parameter, depth);
    case wire::kBool: return next() != 0;
    case wire::kInt: return static_cast<int64_t>(next());
    default: return scalar(tag, parameter);
  }
}

at::IValue WireReader::script_value(int tag, const c10::TypePtr& type, const Parameter& parameter, int depth) {
  if (depth > wire::kDeepest) throw ArgumentError("argument '" + parameter.name + "' is nested deeper than " + std::to_string(wire::kDeepest));
  switch (type->kind()) {
    case c10::TypeKind::OptionalType:
      return tag == wire::kNone ? at::IValue() : script_value(tag, type->containedType(0), parameter, depth + 1);
    case c10::TypeKind::UnionType:
      for (const auto& choice : type->containedTypes())
        if (may_be(tag, choice)) return script_value(tag, choice, parameter, depth + 1);
      break;
    case c10::TypeKind::NoneType:
      if (tag == wire::kNone) return {};
      break;
    case c10::TypeKind::AnyType: return script_any(tag, parameter, depth);
    case c10::TypeKind::TupleType: return script_tuple(tag, type, parameter, depth);
    case c10::TypeKind::EnumType: return member(type->expect<c10::EnumType>(), script_any(tag, parameter, depth), parameter);
    case c10::TypeKind::ListType: {
      if (tag != wire::kList) break;
      c10::impl::GenericList result(type->containedType(0));
      for (size_t left = length(); left > 0; --left) {
        const int tag_of_item = static_cast<int>(next());
        result.push_back(script_value(tag_of_item, type->containedType(0), parameter, depth + 1));
      }
      return result;
    }
    case c10::TypeKind::DictType:
      if (tag == wire::kDict) return script_dict(type, parameter, depth);
      break;
    case c10::TypeKind::ClassType:
      if (tag == wire::kDict) return script_object(type, parameter, depth);
      break;
    case c10::TypeKind::ComplexType: return c10::complex<double>(scalar(tag, parameter).toComplexDouble());
    default: {
      Parameter leaf = parameter_of(c10::Argument(parameter.name, type));
      leaf.type = type->annotation_str();
      at::IValue value = element(tag, leaf);
      if (!value.isTensor()) return value;
      at::Tensor tensor = value.toTensor();
      copy_external_integers(tensor);
      return tensor;
    }
  }
  Parameter declared = parameter;
  declared.type = type->annotation_str();
  mismatch(tag, declared);
}

at::IValue WireReader::script_argument(const Parameter& parameter, const c10::TypePtr& type) {
  const int tag = static_cast<int>(next());
  if (tag != wire::kDefault) return script_value(tag, type, parameter, 0);
  if (parameter.fallback) return *parameter.fallback;
  throw ArgumentError("argument '" + parameter.name + "' (" + type->annotation_str() + ") is missing");
}

}  // namespace torchts
