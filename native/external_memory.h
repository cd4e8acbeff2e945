// External buffers: memory of JavaScript that a tensor uses in place. It ends with its thread, and JavaScript may write to it at
// any time.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <functional>
#include <memory>
#include <mutex>
#include <napi.h>
#include <vector>

#include "operator.h"

namespace torchts {

// The last tensor over a buffer may die on any thread, or inside a collection, where no reference can be dropped. So
// the reference that keeps the buffer alive is queued then, and dropped when the next buffer is lent or when the event
// loop turns, whichever comes first.
class ExternalBuffers : public std::enable_shared_from_this<ExternalBuffers> {
 public:
  static std::shared_ptr<ExternalBuffers> open(Napi::Env env);

  // Keeps `owner` alive until libtorch calls the deleter that this returns.
  std::function<void(void*)> lend(Napi::Object owner);

 private:
  explicit ExternalBuffers(napi_env env) : env_(env) {}
  void queue_release(napi_ref owner);  // on any thread
  void release_ended();                // on JavaScript's
  void close();

  napi_env env_;
  napi_threadsafe_function wake_ = nullptr;
  std::mutex mutex_;
  std::vector<napi_ref> ended_;
  bool open_ = true;
};

// Whether any part of a tensor (indices, values, the buffer of a nested one, scales) is in an external buffer.
bool uses_external_memory(const at::Tensor& tensor);

// A copy of all parts.
at::Tensor deep_copy(const at::Tensor& tensor);

// Integers may be indices, which are checked once and trusted from then on, by backward passes for instance. So an operator
// gets copies of those that JavaScript may change meanwhile, unless it writes to them or returns a view of them.
void copy_external_integers(const Operator& op, std::vector<at::IValue>& arguments);
void copy_external_integers(at::Tensor& tensor);

}  // namespace torchts
