// JavaScript buffers on loan to libtorch.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <napi.h>
#include <vector>

namespace torchts {

// The last tensor over a buffer may die on any thread, or inside a collection, where no reference can be dropped. So
// the reference that keeps the buffer alive is queued then, and dropped when the next buffer is lent or when the event
// loop turns, whichever comes first.
class ExternalBuffers : public std::enable_shared_from_this<ExternalBuffers> {
 public:
  static std::shared_ptr<ExternalBuffers> open(Napi::Env env);

  // Keeps `owner` alive until the function that comes back, libtorch's deleter for its memory, is called.
  std::function<void(void*)> lend(Napi::Object owner);

 private:
  explicit ExternalBuffers(napi_env env) : env_(env) {}
  void end(napi_ref owner);
  void settle();  // on the JavaScript thread
  void close();

  napi_env env_;
  napi_threadsafe_function wake_ = nullptr;
  std::mutex mutex_;
  std::vector<napi_ref> ended_;
  bool open_ = true;
};

}  // namespace torchts
