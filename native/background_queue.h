// A native thread for long work that must not block the event loop.
#pragma once
#include <ATen/ThreadLocalState.h>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <napi.h>
#include <thread>

namespace torchts {

// One for each JavaScript environment, started by its first job; jobs run one after the other, in the order of their submission,
// with the modes (gradients, inference, autocast) of the thread that submitted them.
class BackgroundQueue {
 public:
  using Work = std::function<void()>;                  // on the queue's thread: no JavaScript, no handles
  using Result = std::function<napi_value(napi_env)>;  // back on JavaScript's thread, after the work

  explicit BackgroundQueue(napi_env env);
  ~BackgroundQueue();
  BackgroundQueue(const BackgroundQueue&) = delete;
  BackgroundQueue& operator=(const BackgroundQueue&) = delete;

  // Returns { id, promise }.
  napi_value submit(napi_env env, Work work, Result result);
  // Drops a job that has not begun; false when it has, or is unknown.
  bool cancel(uint32_t id);

 private:
  struct Job;
  void loop();
  void stop();
  static void deliver(napi_env env, napi_value, void* queue, void* job);

  napi_threadsafe_function deliver_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool stopping_ = false;
  uint32_t next_id_ = 1;
  uint32_t pending_ = 0;  // JavaScript's thread only: the event loop stays alive while there is any
  napi_env env_;
};

// Submits to the queue of this environment.
napi_value submit_work(napi_env env, BackgroundQueue::Work work, BackgroundQueue::Result result);

}  // namespace torchts
