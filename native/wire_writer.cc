#include "wire_writer.h"

#include <ATen/core/class_type.h>
#include <ATen/core/enum_type.h>
#include <ATen/core/jit_type.h>
#include <algorithm>

#include "guard.h"
#include "memory_pressure.h"
#include "wire.h"

namespace torchts {

void WireWriter::put(double number) {
  if (position_ >= environment_.wire_length) {
    auto grown = Napi::Float64Array::New(env_, environment_.wire_length * 2);
    std::copy_n(environment_.wire, environment_.wire_length, grown.Data());
    environment_.attach_wire(grown);
  }
  environment_.wire[position_++] = number;
}

void WireWriter::tensor(const at::Tensor& tensor) {
  if (!tensor.defined()) return put(wire::kNone);
  for (const auto& [impl, handle] : aliases_) {
    if (impl != tensor.unsafeGetTensorImpl()) continue;
    put(wire::kSame);
    return put(static_cast<double>(handle));
  }
  if (!tensor.is_cpu()) note_device_tensor(tensor);
  put(wire::kTensor);
  put(static_cast<double>(environment_.tensors.insert(tensor)));
}

void WireWriter::integer(int64_t value) {
  constexpr int64_t kSafe = (int64_t{1} << 53) - 1;
  if (value >= -kSafe && value <= kSafe) {
    put(wire::kInt);
    return put(static_cast<double>(value));
  }
  put(wire::kBigInt);
  put(static_cast<double>(value >> 32));
  put(static_cast<double>(static_cast<uint64_t>(value) & 0xffffffffu));
}

void WireWriter::string(const std::string& text) {
  if (!strings_) napi_create_array(env_, &strings_);
  napi_value value;
  napi_create_string_utf8(env_, text.data(), text.size(), &value);
  napi_set_element(env_, strings_, string_count_, value);
  put(wire::kString);
  put(string_count_++);
}

napi_value WireWriter::extra(bool grown, Collect collect) const {
  if (!grown && !strings_ && collect == Collect::None) return nullptr;
  auto result = Napi::Object::New(env_);
  if (strings_) result["strings"] = Napi::Value(env_, strings_);
  if (grown) result["wire"] = environment_.wire_owner.Value();
  if (collect != Collect::None) result["collect"] = static_cast<double>(collect);
  return result;
}

template <typename List>
void WireWriter::list(const List& items) {
  put(wire::kList);
  put(static_cast<double>(items.size()));
  for (const auto& item : items) value(item);
}

// A NamedTuple is written as a dictionary of its fields.
void WireWriter::tuple(const at::IValue& value) {
  const auto& elements = value.toTupleRef().elements();
  const auto type = value.toTupleRef().type();
  if (!type->schema() || !type->name()) return list(elements);
  put(wire::kDict);
  put(static_cast<double>(elements.size()));
  for (size_t i = 0; i < elements.size(); ++i) {
    string(type->schema()->arguments()[i].name());
    this->value(elements[i]);
  }
}

// An object of a scripted class is written as a dictionary of its attributes.
void WireWriter::object(const at::IValue& value) {
  constexpr int kDeepest = 64;
  const auto object = value.toObject();
  const auto type = object->type();
  if (++depth_ > kDeepest) throw ArgumentError("the result holds objects nested deeper than " + std::to_string(kDeepest) + ", or in a circle");
  put(wire::kDict);
  put(static_cast<double>(type->numAttributes()));
  for (size_t i = 0; i < type->numAttributes(); ++i) {
    string(type->getAttributeName(i));
    this->value(object->getSlot(i));
  }
  --depth_;
}

napi_value on_own_wire(napi_env env, const std::function<void(WireWriter&)>& write) {
  Environment& environment = Environment::of(env);
  const auto shared = environment.wire_owner.Value().As<Napi::Float64Array>();
  environment.attach_wire(Napi::Float64Array::New(env, 64));
  WireWriter out(env, environment);
  write(out);
  auto result = Napi::Object(env, out.extra(true));
  environment.attach_wire(shared);
  return result;
}

void WireWriter::value(const at::IValue& value) {
  if (value.isTensor()) return tensor(value.toTensor());
  if (value.isNone()) return put(wire::kNone);
  if (value.isInt()) return integer(value.toInt());
  if (value.isUnsigned()) {  // beyond int64
    const uint64_t number = value.toUInt();
    return put(wire::kBigInt), put(static_cast<double>(number >> 32)), put(static_cast<double>(number & 0xffffffffu));
  }
  if (value.isSymInt()) return integer(value.toSymInt().expect_int());
  if (value.isBool()) return put(wire::kBool), put(value.toBool());
  if (value.isDouble()) return put(wire::kFloat), put(value.toDouble());
  if (value.isComplexDouble()) {
    const auto number = value.toComplexDouble();
    return put(wire::kComplex), put(number.real()), put(number.imag());
  }
  if (value.isString()) return string(value.toStringRef());
  if (value.isTuple()) return tuple(value);
  if (value.isList()) return list(value.toListRef());
  if (value.isGenericDict()) {
    const auto entries = value.toGenericDict();
    put(wire::kDict);
    put(static_cast<double>(entries.size()));
    for (const auto& entry : entries) this->value(entry.key()), this->value(entry.value());
    return;
  }
  if (value.isEnum()) return string(value.toEnumHolder()->name());
  if (value.isObject() && !value.isModule()) return object(value);
  if (value.isDevice()) return string(value.toDevice().str());
  throw ArgumentError("the result has the type " + value.tagKind() + ", which JavaScript cannot hold");
}

}  // namespace torchts
