// Tensors on their way from one JavaScript thread to another, by token and without a copy.
#include <limits>
#include <mutex>
#include <unordered_map>

#include "environment.h"
#include "exports.h"
#include "external_memory.h"

namespace torchts {
namespace {

struct SharedTensor {
  at::Tensor tensor;
  bool requires_grad;
  uint32_t receivers;
};

// Process-wide: the environments pass tensors through this table.
std::mutex mutex;
auto& shared = *new std::unordered_map<uint64_t, SharedTensor>;  // never destroyed: tensors must not outlive libtorch's statics
uint64_t next_token = 1;

uint64_t token_of(const Napi::CallbackInfo& info) { return static_cast<uint64_t>(info[0].ToNumber().Int64Value()); }

// share(handle, receivers): token
Napi::Value share(const Napi::CallbackInfo& info) {
  const at::Tensor tensor = tensor_of(info);
  const int64_t receivers = info[1].ToNumber().Int64Value();
  if (receivers < 1 || receivers > std::numeric_limits<uint32_t>::max())
    throw ArgumentError("expected from 1 to 4294967295 receivers, found " + std::to_string(receivers));
  // Without the autograd graph, which belongs to this thread.
  SharedTensor entry{tensor.detach(), tensor.requires_grad() && tensor.is_leaf(), static_cast<uint32_t>(receivers)};
  // An external buffer ends with its thread, so another thread gets a copy.
  if (uses_external_memory(entry.tensor)) entry.tensor = deep_copy(entry.tensor);
  const std::lock_guard<std::mutex> lock(mutex);
  shared.emplace(next_token, std::move(entry));
  return Napi::Number::New(info.Env(), static_cast<double>(next_token++));
}

// receive(token): handle of a tensor over the same memory
Napi::Value receive(const Napi::CallbackInfo& info) {
  const uint64_t token = token_of(info);
  at::Tensor tensor;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto found = shared.find(token);
    if (found == shared.end()) throw ArgumentError("the token is unknown: every receiver has taken its tensor already, or it was withdrawn");
    tensor = found->second.tensor.detach();
    tensor.set_requires_grad(found->second.requires_grad);
    if (--found->second.receivers == 0) shared.erase(found);
  }
  return handle_of(info.Env(), std::move(tensor));
}

// withdraw(token): whether it was still waiting
Napi::Value withdraw(const Napi::CallbackInfo& info) {
  const uint64_t token = token_of(info);
  const std::lock_guard<std::mutex> lock(mutex);
  return Napi::Boolean::New(info.Env(), shared.erase(token) > 0);
}

}  // namespace

void export_sharing(Napi::Env, Napi::Object exports) {
  export_function(exports, "share", share);
  export_function(exports, "receive", receive);
  export_function(exports, "withdraw", withdraw);
}

}  // namespace torchts
