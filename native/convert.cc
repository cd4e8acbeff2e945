#include "convert.h"

#include <ATen/core/List.h>
#include <ATen/core/class_type.h>
#include <ATen/core/enum_type.h>
#include <ATen/core/jit_type.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>

#include "dtype.h"
#include "guard.h"
#include "lifetime.h"
#include "memory.h"
#include "tensor_invariants.h"
#include "wire.h"

namespace torchts {
namespace {

constexpr const char* kTagNames[] = {"null", "nothing", "a tensor", "an integer", "a number", "a boolean",
                                     "a string", "an array", "a bigint", "a complex number", "a generator", "?", "an object"};

constexpr std::pair<const char*, c10::Layout> kLayouts[] = {
    {"strided", c10::Layout::Strided},       {"sparse_coo", c10::Layout::Sparse},
    {"sparse_csr", c10::Layout::SparseCsr},  {"sparse_csc", c10::Layout::SparseCsc},
    {"sparse_bsr", c10::Layout::SparseBsr},  {"sparse_bsc", c10::Layout::SparseBsc},
    {"mkldnn", c10::Layout::Mkldnn},         {"jagged", c10::Layout::Jagged},
};

c10::Layout layout_from_name(const std::string& name) {
  for (const auto& [text, layout] : kLayouts)
    if (name == text) return layout;
  throw ArgumentError("expected a layout such as 'strided' or 'sparse_coo', found '" + name + "'");
}

c10::MemoryFormat memory_format_from_name(const std::string& name) {
  if (name == "contiguous") return c10::MemoryFormat::Contiguous;
  if (name == "preserve") return c10::MemoryFormat::Preserve;
  if (name == "channels_last") return c10::MemoryFormat::ChannelsLast;
  if (name == "channels_last_3d") return c10::MemoryFormat::ChannelsLast3d;
  throw ArgumentError(
      "expected a memory format ('contiguous', 'preserve', 'channels_last' or 'channels_last_3d'), found '" + name + "'");
}

std::string text_of(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) throw ArgumentError("expected a string");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

}  // namespace

c10::ScalarType dtype_from_name(const std::string& name) {
  for (const auto& [text, dtype] : kDTypes)
    if (name == text) return dtype;
  throw ArgumentError("expected a dtype such as 'float32' or 'int64', found '" + name + "'");
}

const char* dtype_name(c10::ScalarType dtype) {
  for (const auto& [text, known] : kDTypes)
    if (known == dtype) return text;
  return c10::toString(dtype);
}

const char* layout_name(c10::Layout layout) {
  for (const auto& [text, known] : kLayouts)
    if (known == layout) return text;
  return "unknown";
}

c10::Device device_from_name(const std::string& name) {
  try {
    return c10::Device(name);
  } catch (const c10::Error&) {
    throw ArgumentError("expected a device such as 'cpu' or 'cuda:0', found '" + name + "'");
  }
}

const at::Tensor& tensor_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) throw ArgumentError("expected a tensor handle");
  return Environment::of(info.Env()).tensors.get(static_cast<Handle>(info[index].As<Napi::Number>().DoubleValue()));
}

Napi::Value handle_of(Napi::Env env, at::Tensor tensor) {
  release_collected(Environment::of(env));  // a loop may do nothing but this
  return Napi::Number::New(env, static_cast<double>(Environment::of(env).tensors.insert(std::move(tensor))));
}

void attach_wire(Environment& environment, Napi::Float64Array wire) {
  environment.wire = wire.Data();
  environment.wire_length = wire.ElementLength();
  environment.wire_owner = Napi::Persistent(wire.As<Napi::Object>());
  environment.wire_owner.SuppressDestruct();
}

// ---- reading

double WireReader::next() {
  if (position_ >= environment_.wire_length) throw ArgumentError("the arguments end too early");
  return environment_.wire[position_++];
}

const at::Tensor& WireReader::next_tensor() {
  const auto handle = static_cast<Handle>(next());
  const at::Tensor& tensor = environment_.tensors.get(handle);
  require_invariants(tensor);
  handles_.push_back(handle);
  return tensor;
}

void WireReader::mismatch(int tag, const Parameter& parameter) const {
  const bool known = tag >= 0 && tag <= wire::kDict;
  throw ArgumentError("argument '" + parameter.name + "' must be " + parameter.type + ", found " +
                      (known ? kTagNames[tag] : "an unknown value"));
}

uint64_t WireReader::big_integer(bool& is_unsigned) {
  const double high = next(), low = next();
  is_unsigned = high > std::numeric_limits<int32_t>::max();
  return static_cast<uint64_t>(static_cast<int64_t>(high)) << 32 | static_cast<uint64_t>(low);
}

int64_t WireReader::integer(int tag, const Parameter& parameter) {
  if (tag == wire::kInt) return static_cast<int64_t>(next());
  if (tag != wire::kBigInt) mismatch(tag, parameter);
  bool is_unsigned;
  const uint64_t value = big_integer(is_unsigned);
  if (is_unsigned) throw ArgumentError("argument '" + parameter.name + "': " + std::to_string(value) + " does not fit into 64 bits with a sign");
  return static_cast<int64_t>(value);
}

c10::Scalar WireReader::scalar(int tag, const Parameter& parameter) {
  switch (tag) {
    case wire::kFloat: return next();
    case wire::kBool: return next() != 0;
    case wire::kComplex: {
      const double re = next(), im = next();
      return c10::complex<double>(re, im);
    }
    case wire::kBigInt: {
      bool is_unsigned;
      const uint64_t value = big_integer(is_unsigned);
      return is_unsigned ? c10::Scalar(value) : c10::Scalar(static_cast<int64_t>(value));
    }
    case wire::kTensor: return next_tensor().item();
    default: return integer(tag, parameter);
  }
}

std::string WireReader::string(const Parameter& parameter) {
  if (!strings_) throw ArgumentError("argument '" + parameter.name + "': no strings came with the call");
  napi_value value;
  if (napi_get_element(env_, strings_, static_cast<uint32_t>(next()), &value) != napi_ok)
    throw ArgumentError("argument '" + parameter.name + "': expected a string");
  return text_of(env_, value);
}

at::IValue WireReader::named(const Parameter& parameter) {
  const std::string name = string(parameter);
  switch (parameter.kind) {
    case Kind::DType: return static_cast<int64_t>(dtype_from_name(name));
    case Kind::Layout: return static_cast<int64_t>(layout_from_name(name));
    case Kind::MemoryFormat: return static_cast<int64_t>(memory_format_from_name(name));
    case Kind::Device: return device_from_name(name);
    default: return name;
  }
}

at::IValue WireReader::element(int tag, const Parameter& parameter) {
  switch (parameter.kind) {
    case Kind::Tensor:
      if (tag == wire::kTensor) return next_tensor();
      break;
    case Kind::Scalar: return scalar(tag, parameter);
    case Kind::Int: return tag == wire::kBool ? static_cast<int64_t>(next()) : integer(tag, parameter);
    case Kind::Float: return tag == wire::kFloat ? next() : static_cast<double>(integer(tag, parameter));
    case Kind::Bool:
      if (tag == wire::kBool) return next() != 0;
      break;
    case Kind::Generator:
      if (tag == wire::kGenerator) {
        const auto found = environment_.generators.find(static_cast<uint32_t>(next()));
        if (found == environment_.generators.end()) throw ArgumentError("the generator was disposed");
        return found->second;
      }
      break;
    case Kind::Unsupported:
      throw ArgumentError("argument '" + parameter.name + "' has the type " + parameter.type +
                          ", which JavaScript cannot pass");
    default:
      if (tag == wire::kString) return named(parameter);
  }
  mismatch(tag, parameter);
}

template <typename T, typename Read>
c10::List<T> WireReader::elements(int tag, const Parameter& parameter, Read read) {
  c10::List<T> result;
  if (tag != wire::kList) {
    if (!parameter.single_as_list) mismatch(tag, parameter);
    const T value = read(tag);
    for (int32_t i = 0; i < std::max(parameter.length, 1); ++i) result.push_back(value);
    return result;
  }
  const auto count = static_cast<size_t>(next());
  if (count > environment_.wire_length) throw ArgumentError("argument '" + parameter.name + "': the list is too long");
  result.reserve(count);
  for (size_t i = 0; i < count; ++i) result.push_back(read(static_cast<int>(next())));
  return result;
}

at::IValue WireReader::list(int tag, const Parameter& parameter) {
  switch (parameter.kind) {
    case Kind::Tensor:
      if (parameter.optional_element)
        return elements<std::optional<at::Tensor>>(tag, parameter, [&](int t) -> std::optional<at::Tensor> {
          if (t == wire::kNone) return std::nullopt;
          return element(t, parameter).toTensor();
        });
      return elements<at::Tensor>(tag, parameter, [&](int t) { return element(t, parameter).toTensor(); });
    case Kind::Int:
    case Kind::DType:
      return elements<int64_t>(tag, parameter, [&](int t) { return element(t, parameter).toInt(); });
    case Kind::Float: return elements<double>(tag, parameter, [&](int t) { return element(t, parameter).toDouble(); });
    case Kind::Bool: return elements<bool>(tag, parameter, [&](int t) { return element(t, parameter).toBool(); });
    case Kind::Scalar: return elements<c10::Scalar>(tag, parameter, [&](int t) { return scalar(t, parameter); });
    case Kind::String:
      return elements<std::string>(tag, parameter, [&](int t) { return element(t, parameter).toStringRef(); });
    default: return element(-1, parameter);
  }
}

at::IValue WireReader::argument(const Parameter& parameter) {
  const int tag = static_cast<int>(next());
  if (tag == wire::kDefault) {
    if (parameter.fallback) return *parameter.fallback;
    throw ArgumentError("argument '" + parameter.name + "' (" + parameter.type + ") is missing");
  }
  if (tag == wire::kNone && parameter.optional) return {};
  return parameter.list ? list(tag, parameter) : element(tag, parameter);
}

at::Tensor WireReader::tensor() {
  const int tag = static_cast<int>(next());
  if (tag == wire::kNone) return {};
  if (tag != wire::kTensor) throw ArgumentError("expected a tensor or null");
  return next_tensor();
}

std::vector<at::Tensor> WireReader::tensors() {
  if (static_cast<int>(next()) != wire::kList) throw ArgumentError("expected an array of tensors");
  std::vector<at::Tensor> result(static_cast<size_t>(next()));
  for (at::Tensor& item : result) item = tensor();
  return result;
}

std::vector<int64_t> WireReader::ints() {
  static const Parameter kSizes{"size", "int[]", Kind::Int};
  if (static_cast<int>(next()) != wire::kList) throw ArgumentError("expected an array of integers");
  std::vector<int64_t> result(static_cast<size_t>(next()));
  for (int64_t& item : result) item = integer(static_cast<int>(next()), kSizes);
  return result;
}

// ---- writing

void WireWriter::put(double number) {
  if (position_ >= environment_.wire_length) {
    auto grown = Napi::Float64Array::New(env_, environment_.wire_length * 2);
    std::copy_n(environment_.wire, environment_.wire_length, grown.Data());
    attach_wire(environment_, grown);
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

napi_value WireWriter::extra(bool grown, bool collect) const {
  if (!grown && !strings_ && !collect) return nullptr;
  auto result = Napi::Object::New(env_);
  if (strings_) result["strings"] = Napi::Value(env_, strings_);
  if (grown) result["wire"] = environment_.wire_owner.Value();
  if (collect) result["collect"] = true;
  return result;
}

template <typename List>
void WireWriter::list(const List& items) {
  put(wire::kList);
  put(static_cast<double>(items.size()));
  for (const auto& item : items) value(item);
}

// A NamedTuple goes as a dictionary of its fields.
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

// An object of a scripted class goes as a dictionary of its attributes.
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
