// Promises for what takes its time on other threads.
#pragma once
#include <ATen/core/ivalue.h>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <napi.h>

#include "../extension.h"

namespace torchts {

// A call that waits for another process must not hold up the next one, so each waiting call has a thread of its own; a thread
// that is done waits for the next call.
class Promises {
 public:
  using Work = std::function<void()>;                  // on a thread of its own: no JavaScript
  using Result = std::function<napi_value(napi_env)>;  // back on JavaScript's thread, after the work

  Promises(napi_env env, const Extension& extension);
  Promises(const Promises&) = delete;
  Promises& operator=(const Promises&) = delete;

  // The promise of what `result` gives once `work` is done.
  Napi::Value run(Work work, Result result);
  // The promise of what `result` gives once a future of libtorch is completed.
  Napi::Value when(c10::ivalue::Future& future, Result result);

 private:
  struct Job;
  Job* begin(Result result, napi_value* promise);
  void finish(Job* job);  // on any thread
  void loop();
  static void deliver(napi_env env, napi_value, void* promises, void* job);

  const napi_env env_;
  const Extension& extension_;
  napi_threadsafe_function deliver_ = nullptr;
  size_t pending_ = 0;  // JavaScript's thread only: the event loop stays alive while there is any
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> queue_;
  size_t idle_ = 0;
};

}  // namespace torchts
