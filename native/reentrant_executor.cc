#include "reentrant_executor.h"

#include <ATen/ThreadLocalState.h>
#include <c10/util/Exception.h>
#include <thread>
#include <unistd.h>

#include "accelerator.h"
#include "process_exit.h"

namespace torchts {

void ReentrantExecutor::run(const std::function<void()>& work) {
  std::packaged_task<void()> task(work);
  auto result = task.get_future();
  bool done = false;
  const std::function<void()> finish = [&] {
    task();
    const std::lock_guard<std::mutex> lock(mutex_);
    done = true;
    changed_.notify_all();
  };
  std::thread helper;
  std::unique_lock<std::mutex> lock(mutex_);
  if (running_ != nullptr) {
    running_->resume = finish;
    changed_.notify_all();
  } else {
    helper = std::thread([&finish, state = at::ThreadLocalState(), devices = DeviceContext()] {
      if (!begin_native_work()) for (;;) pause();  // the process is ending
      {
        const at::ThreadLocalStateGuard guard(state);
        devices.apply();
        finish();
      }
      end_native_work();
    });
  }
  wait_for(done, lock);
  lock.unlock();
  if (helper.joinable()) helper.join();
  result.get();  // throws what the work threw
}

void ReentrantExecutor::wait_for(const bool& done, std::unique_lock<std::mutex>& lock) {
  ++waiting_;
  while (true) {
    changed_.wait(lock, [&] { return done || !tasks_.empty(); });
    if (tasks_.empty()) break;
    Task* const task = tasks_.front();
    tasks_.pop_front();
    Task* const outer = std::exchange(running_, task);
    lock.unlock();
    task->body();
    lock.lock();
    running_ = outer;
    task->done = true;
    changed_.notify_all();
  }
  --waiting_;
}

void ReentrantExecutor::post(const std::function<void()>& body) {
  Task task{std::packaged_task<void()>(body), nullptr};
  auto result = task.body.get_future();
  std::unique_lock<std::mutex> lock(mutex_);
  TORCH_CHECK(waiting_ > 0, "a function or hook written in JavaScript was reached on a thread from which its own cannot be called: "
              "use backward(), not backwardAsync(), on the thread that registered it, nested at most 60 deep");
  tasks_.push_back(&task);
  changed_.notify_all();
  while (true) {
    changed_.wait(lock, [&] { return task.done || task.resume; });
    if (!task.resume) break;
    const auto resume = std::exchange(task.resume, nullptr);
    lock.unlock();
    resume();
    lock.lock();
  }
  lock.unlock();
  result.get();
}

}  // namespace torchts
