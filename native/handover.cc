#include "handover.h"

#include <ATen/ThreadLocalState.h>
#include <c10/util/Exception.h>
#include <thread>
#include <unistd.h>

#include "accelerator.h"
#include "process_exit.h"

namespace torchts {

void Handover::run(const std::function<void()>& work, const std::function<void()>& prepare) {
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
  if (serving_ != nullptr) {
    serving_->back = finish;
    changed_.notify_all();
  } else {
    helper = std::thread([&finish, &prepare, state = at::ThreadLocalState(), place = Place()] {
      if (!begin_native_work()) for (;;) pause();  // the process is ending
      {
        const at::ThreadLocalStateGuard guard(state);
        place.apply();
        prepare();
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

void Handover::wait_for(const bool& done, std::unique_lock<std::mutex>& lock) {
  ++waiting_;
  while (true) {
    changed_.wait(lock, [&] { return done || !errands_.empty(); });
    if (errands_.empty()) break;
    Errand* const errand = errands_.front();
    errands_.pop_front();
    Errand* const outer = std::exchange(serving_, errand);
    lock.unlock();
    errand->body();
    lock.lock();
    serving_ = outer;
    errand->done = true;
    changed_.notify_all();
  }
  --waiting_;
}

void Handover::serve(const std::function<void()>& body) {
  Errand errand{std::packaged_task<void()>(body), nullptr};
  auto result = errand.body.get_future();
  std::unique_lock<std::mutex> lock(mutex_);
  TORCH_CHECK(waiting_ > 0, "a function or hook written in JavaScript was reached on a thread from which its own cannot be called: "
              "use backward(), not backwardAsync(), on the thread that registered it, nested at most 60 deep");
  errands_.push_back(&errand);
  changed_.notify_all();
  while (true) {
    changed_.wait(lock, [&] { return errand.done || errand.back; });
    if (!errand.back) break;
    const auto back = std::exchange(errand.back, nullptr);
    lock.unlock();
    back();
    lock.lock();
  }
  lock.unlock();
  result.get();
}

}  // namespace torchts
