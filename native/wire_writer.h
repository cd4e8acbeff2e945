// Results for JavaScript: IValues become wire values.
#pragma once
#include <ATen/core/ivalue.h>
#include <c10/util/SmallVector.h>
#include <functional>
#include <napi.h>

#include "environment.h"
#include "memory_pressure.h"

namespace torchts {

// Writes results onto the wire from its start.
class WireWriter {
 public:
  WireWriter(napi_env env, Environment& environment) : env_(env), environment_(environment) {}

  void value(const at::IValue& value);
  void tensor(const at::Tensor& tensor);
  void put(double number);
  void alias(const at::Tensor& argument, Handle handle) { aliases_.emplace_back(argument.unsafeGetTensorImpl(), handle); }
  // What a call returns beside the wire: undefined, or { strings, wire, collect }.
  napi_value extra(bool grown, Collect collect = Collect::None) const;

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

// { wire, strings } for a promise: on a wire of its own, since other calls use the shared one before the result is read.
napi_value on_own_wire(napi_env env, const std::function<void(WireWriter&)>& write);

}  // namespace torchts
