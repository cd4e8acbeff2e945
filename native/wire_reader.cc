#include "wire_reader.h"

#include <ATen/core/List.h>
#include <iterator>
#include <limits>

#include "guard.h"
#include "names.h"
#include "tensor_invariants.h"
#include "wire.h"

namespace torchts {
namespace {

constexpr const char* kTagNames[] = {"null", "nothing", "a tensor", "an integer", "a number", "a boolean",
                                     "a string", "an array", "a bigint", "a complex number", "a generator", "?", "an object",
                                     "a value of a plan", "a constant of a plan"};
static_assert(std::size(kTagNames) == wire::kConstant + 1);

std::string text_of(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) throw ArgumentError("expected a string");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

}  // namespace

double WireReader::next() {
  if (position_ >= environment_.wire_length) throw ArgumentError("the arguments end too early");
  return environment_.wire[position_++];
}

// Each element takes a cell at least: what claims more is refused before memory is allocated for it.
size_t WireReader::length() {
  const double length = next();
  const size_t most = environment_.wire_length - position_;
  if (!(length >= 0 && length <= static_cast<double>(most)))
    throw ArgumentError(c10::str("expected a list of at most ", most, " elements, found a length of ", length));
  return static_cast<size_t>(length);
}

const at::Tensor& WireReader::next_tensor() {
  const auto handle = static_cast<Handle>(next());
  const at::Tensor& tensor = environment_.tensors.get(handle);
  require_invariants(tensor);
  handles_.push_back(handle);
  return tensor;
}

void WireReader::mismatch(int tag, const Parameter& parameter) const {
  const bool known = tag >= 0 && static_cast<size_t>(tag) < std::size(kTagNames);
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
    case wire::kTensor:
      if (environment_.recorder) environment_.recorder->refuse("a tensor is read as the number for the argument '" + parameter.name + "'");
      return next_tensor().item();
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
      if (placeholders_ && (tag == wire::kSlot || tag == wire::kConstant)) return placeholders_->make(tag, static_cast<size_t>(next()));
      break;
    case Kind::Scalar: return scalar(tag, parameter);
    case Kind::Int: return tag == wire::kBool ? static_cast<int64_t>(next()) : integer(tag, parameter);
    case Kind::Float: return tag == wire::kFloat ? next() : static_cast<double>(integer(tag, parameter));
    case Kind::Bool:
      if (tag == wire::kBool) return next() != 0;
      break;
    case Kind::Generator:
      if (tag == wire::kGenerator) return environment_.generators.get(static_cast<uint32_t>(next()));
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
  const size_t count = length();
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
    case Kind::Scalar:
      if (parameter.optional_element)
        return elements<std::optional<c10::Scalar>>(tag, parameter, [&](int t) -> std::optional<c10::Scalar> {
          if (t == wire::kNone) return std::nullopt;
          return scalar(t, parameter);
        });
      return elements<c10::Scalar>(tag, parameter, [&](int t) { return scalar(t, parameter); });
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
  std::vector<at::Tensor> result(length());
  for (at::Tensor& item : result) item = tensor();
  return result;
}

std::vector<int64_t> WireReader::ints() {
  static const Parameter kSizes{"size", "int[]", Kind::Int};
  if (static_cast<int>(next()) != wire::kList) throw ArgumentError("expected an array of integers");
  std::vector<int64_t> result(length());
  for (int64_t& item : result) item = integer(static_cast<int>(next()), kSizes);
  return result;
}

}  // namespace torchts
