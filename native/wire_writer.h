// Results for JavaScript: IValues become wire values.
#pragma once
#include <ATen/core/ivalue.h>
#include <c10/util/SmallVector.h>
#include <exception>
#include <functional>
#include <napi.h>

#include "environment.h"
#include "memory_pressure.h"

namespace torchts {

// Writes results onto the wire from its start.
class WireWriter {
 public:
  WireWriter(napi_env env, Environment& environment) : env_(env), environment_(environment), exceptions_(std::uncaught_exceptions()) {}
  // Nobody knows the handles of a result that an exception has left unfinished, so they are released.
  ~WireWriter();
  WireWriter(const WireWriter&) = delete;
  WireWriter& operator=(const WireWriter&) = delete;

  void value(const at::IValue& value);
  void tensor(const at::Tensor& tensor);
  void put(double number);
  void alias(const at::Tensor& argument, Handle handle) { aliases_.emplace_back(argument.unsafeGetTensorImpl(), handle); }
  // What a call returns beside the wire: undefined, or { strings, wire, collect }.
  napi_value extra(bool grown, Collect collect = Collect::None) const;

 private:
  void integer(int64_t value);
  void string(const std::string& text);
  void container(const at::IValue& value);
  template <typename List>
  void list(const List& items);
  void dict(const c10::impl::GenericDict& entries);
  void tuple(const at::IValue& value);
  void object(const at::IValue& value);

  napi_env env_;
  Environment& environment_;
  const int exceptions_;
  size_t position_ = 0;
  int depth_ = 0;  // of containers inside of containers
  napi_value strings_ = nullptr;
  uint32_t string_count_ = 0;
  c10::SmallVector<std::pair<at::TensorImpl*, Handle>, 4> aliases_;
  c10::SmallVector<Handle, 4> inserted_;
};

// { wire, strings } for a promise: on a wire of its own, since other calls use the shared one before the result is read.
napi_value on_own_wire(napi_env env, const std::function<void(WireWriter&)>& write);

}  // namespace torchts
