// Wire values <-> IValues, driven by the operator's schema.
#pragma once
#include <ATen/core/ivalue.h>
#include <c10/util/SmallVector.h>
#include <napi.h>

#include "environment.h"

namespace torchts {

// Reads the arguments of one call off the wire. `strings` is the array that kString indexes, or null.
class WireReader {
 public:
  WireReader(napi_env env, Environment& environment, napi_value strings)
      : env_(env), environment_(environment), strings_(strings) {}

  at::IValue argument(const Parameter& parameter);
  // The same of a TorchScript method: lists, tuples, dictionaries, enumerations and objects, nested (script_arguments.cc).
  at::IValue script_argument(const Parameter& parameter, const c10::TypePtr& type);
  at::Tensor tensor();  // kTensor, or kNone as an undefined tensor
  std::vector<at::Tensor> tensors();
  std::vector<int64_t> ints();

  // Every tensor read so far, with its handle.
  template <typename Visit>
  void each_tensor(Visit visit) const {
    for (Handle handle : handles_) visit(environment_.tensors.get(handle), handle);
  }

 private:
  double next();
  const at::Tensor& next_tensor();
  uint64_t big_integer(bool& is_unsigned);
  int64_t integer(int tag, const Parameter& parameter);
  c10::Scalar scalar(int tag, const Parameter& parameter);
  std::string string(const Parameter& parameter);
  at::IValue element(int tag, const Parameter& parameter);
  at::IValue list(int tag, const Parameter& parameter);
  template <typename T, typename Read>
  c10::List<T> elements(int tag, const Parameter& parameter, Read read);
  at::IValue named(const Parameter& parameter);
  std::string script_key(const Parameter& parameter);
  at::IValue script_value(int tag, const c10::TypePtr& type, const Parameter& parameter, int depth);
  at::IValue script_tuple(int tag, const c10::TypePtr& type, const Parameter& parameter, int depth);
  at::IValue script_dict(const c10::TypePtr& type, const Parameter& parameter, int depth);
  at::IValue script_object(const c10::TypePtr& type, const Parameter& parameter, int depth);
  at::IValue script_any(int tag, const Parameter& parameter, int depth);
  [[noreturn]] void mismatch(int tag, const Parameter& parameter) const;

  napi_env env_;
  Environment& environment_;
  napi_value strings_;
  size_t position_ = 0;
  c10::SmallVector<Handle, 8> handles_;
};

// Writes results onto the wire from its start.
class WireWriter {
 public:
  WireWriter(napi_env env, Environment& environment) : env_(env), environment_(environment) {}

  void value(const at::IValue& value);
  void tensor(const at::Tensor& tensor);
  void put(double number);
  void alias(const at::Tensor& argument, Handle handle) { aliases_.emplace_back(argument.unsafeGetTensorImpl(), handle); }
  // What goes back beside the wire: undefined, or { strings, wire, collect }.
  napi_value extra(bool grown, bool collect = false) const;

 private:
  void integer(int64_t value);
  void string(const std::string& text);
  template <typename List>
  void list(const List& items);
  void tuple(const at::IValue& value);
  void object(const at::IValue& value);

  napi_env env_;
  Environment& environment_;
  size_t position_ = 0;
  int depth_ = 0;  // of objects inside of objects
  napi_value strings_ = nullptr;
  uint32_t string_count_ = 0;
  c10::SmallVector<std::pair<at::TensorImpl*, Handle>, 4> aliases_;
};

// Grows the wire, which swaps the array that JavaScript writes to.
void attach_wire(Environment& environment, Napi::Float64Array wire);

// The tensor whose handle JavaScript passed as an argument, and the handle of a tensor for JavaScript.
const at::Tensor& tensor_of(const Napi::CallbackInfo& info, size_t index = 0);
Napi::Value handle_of(Napi::Env env, at::Tensor tensor);

c10::ScalarType dtype_from_name(const std::string& name);
const char* dtype_name(c10::ScalarType dtype);
const char* layout_name(c10::Layout layout);
c10::Device device_from_name(const std::string& name);

}  // namespace torchts
