// Tensors on their way from one JavaScript thread to another, by token and without a copy.
#include <limits>
#include <mutex>
#include <unordered_map>

#include "environment.h"
#include "exports.h"
#include "external_memory.h"

namespace torchts {
namespace {

struct Parcel {
  at::Tensor tensor;
  bool requires_grad;
  uint32_t receivers;
};

// Process-wide: this is what the environments have in common.
std::mutex mutex;
auto& parcels = *new std::unordered_map<uint64_t, Parcel>;  // never destroyed: tensors do not outlive libtorch's statics
uint64_t next_token = 1;

uint64_t token_of(const Napi::CallbackInfo& info) { return static_cast<uint64_t>(info[0].ToNumber().Int64Value()); }

// share(handle, receivers): token
Napi::Value share(const Napi::CallbackInfo& info) {
  const at::Tensor& tensor = tensor_of(info);
  const int64_t receivers = info[1].ToNumber().Int64Value();
  if (receivers < 1 || receivers > std::numeric_limits<uint32_t>::max()) throw ArgumentError("expected from 1 to 4294967295 receivers, found " + std::to_string(receivers));
  // Another thread must not see this one's history of operations, so it gets the data alone.
  Parcel parcel{tensor.detach(), tensor.requires_grad() && tensor.is_leaf(), static_cast<uint32_t>(receivers)};
  // Memory that JavaScript lent ends with its thread, so it cannot be given to another.
  if (uses_external_memory(parcel.tensor)) parcel.tensor = deep_copy(parcel.tensor);
  std::lock_guard<std::mutex> lock(mutex);
  parcels.emplace(next_token, std::move(parcel));
  return Napi::Number::New(info.Env(), static_cast<double>(next_token++));
}

// receive(token): handle of a tensor over the same memory
Napi::Value receive(const Napi::CallbackInfo& info) {
  at::Tensor tensor;
  {
    std::lock_guard<std::mutex> lock(mutex);
    const auto found = parcels.find(token_of(info));
    if (found == parcels.end()) throw ArgumentError("the token is unknown: every receiver has taken its tensor already, or it was withdrawn");
    tensor = found->second.tensor.detach();
    tensor.set_requires_grad(found->second.requires_grad);
    if (--found->second.receivers == 0) parcels.erase(found);
  }
  return handle_of(info.Env(), std::move(tensor));
}

// withdraw(token): whether it was still waiting
Napi::Value withdraw(const Napi::CallbackInfo& info) {
  std::lock_guard<std::mutex> lock(mutex);
  return Napi::Boolean::New(info.Env(), parcels.erase(token_of(info)) > 0);
}

}  // namespace

void export_sharing(Napi::Env, Napi::Object exports) {
  export_function(exports, "share", share);
  export_function(exports, "receive", receive);
  export_function(exports, "withdraw", withdraw);
}

}  // namespace torchts
