// Arguments from JavaScript: wire values become IValues, by the operator's schema.
#pragma once
#include <ATen/core/ivalue.h>
#include <c10/util/SmallVector.h>
#include <napi.h>

#include "environment.h"
#include "operator.h"

namespace torchts {

// Stands for tensors that a step of a plan gets only when it runs: makes an empty one for each kSlot and kConstant.
class Placeholders {
 public:
  virtual at::Tensor make(int tag, size_t number) = 0;

 protected:
  ~Placeholders() = default;
};

// Reads the arguments of one call off the wire. `strings` is the array that kString indexes, or null.
class WireReader {
 public:
  WireReader(napi_env env, Environment& environment, napi_value strings, Placeholders* placeholders = nullptr)
      : env_(env), environment_(environment), strings_(strings), placeholders_(placeholders) {}

  at::IValue argument(const Parameter& parameter);
  // The same for a TorchScript method: lists, tuples, dictionaries, enumerations and objects, nested (script_arguments.cc).
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
  size_t length();  // of a list or a dictionary
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
  Placeholders* placeholders_;
  size_t position_ = 0;
  c10::SmallVector<Handle, 8> handles_;
};

}  // namespace torchts
