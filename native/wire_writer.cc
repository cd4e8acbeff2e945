#include "wire_writer.h"

#include <ATen/core/class_type.h>
#include <ATen/core/enum_type.h>
#include <ATen/core/jit_type.h>
#include <algorithm>

#include "guard.h"
#include "memory_pressure.h"
#include "wire.h"

namespace torchts {

WireWriter::~WireWriter() {
  if (std::uncaught_exceptions() == exceptions_) return;
  for (const Handle handle : inserted_) environment_.tensors.release(handle);
}

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
  inserted_.push_back(environment_.tensors.insert(tensor));
  put(wire::kTensor);
  put(static_cast<double>(inserted_.back()));
}

void WireWriter::integer(int64_t value) {
  if (wire::is_safe(value)) {
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
  if (napi_create_string_utf8(env_, text.data(), text.size(), &value) != napi_ok)
    throw ArgumentError("the result holds a string of " + std::to_string(text.size()) + " bytes, which is longer than strings of JavaScript can be");
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

void WireWriter::dict(const c10::impl::GenericDict& entries) {
  put(wire::kDict);
  put(static_cast<double>(entries.size()));
  for (const auto& entry : entries) {
    value(entry.key());
    value(entry.value());
  }
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
  const auto object = value.toObject();
  const auto type = object->type();
  put(wire::kDict);
  put(static_cast<double>(type->numAttributes()));
  for (size_t i = 0; i < type->numAttributes(); ++i) {
    string(type->getAttributeName(i));
    this->value(object->getSlot(i));
  }
}

// Of values inside of values: a list of Any, for one, may hold itself.
void WireWriter::container(const at::IValue& value) {
  if (++depth_ > wire::kDeepest) throw ArgumentError("the result is nested deeper than " + std::to_string(wire::kDeepest) + ", or holds itself");
  if (value.isTuple()) tuple(value);
  else if (value.isList()) list(value.toListRef());
  else if (value.isObject()) object(value);
  else dict(value.toGenericDict());
  --depth_;
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
  if (value.isTuple() || value.isList() || value.isGenericDict() || (value.isObject() && !value.isModule())) return container(value);
  if (value.isEnum()) return string(value.toEnumHolder()->name());
  if (value.isDevice()) return string(value.toDevice().str());
  throw ArgumentError("the result has the type " + value.tagKind() + ", which JavaScript cannot hold");
}

namespace {

// Another wire takes the place of the shared one for a while, also where an exception ends that.
class OwnWire {
 public:
  OwnWire(napi_env env, Environment& environment)
      : environment_(environment), shared_(environment.wire_owner.Value().As<Napi::Float64Array>()) {
    environment.attach_wire(Napi::Float64Array::New(env, 64));
  }
  ~OwnWire() { environment_.attach_wire(shared_); }
  OwnWire(const OwnWire&) = delete;
  OwnWire& operator=(const OwnWire&) = delete;

 private:
  Environment& environment_;
  const Napi::Float64Array shared_;
};

}  // namespace

napi_value on_own_wire(napi_env env, const std::function<void(WireWriter&)>& write) {
  Environment& environment = Environment::of(env);
  const OwnWire own(env, environment);
  WireWriter out(env, environment);
  write(out);
  return out.extra(true);
}

}  // namespace torchts
