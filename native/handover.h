// Code for one thread, asked for by others: what autograd's device threads want of JavaScript.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>

namespace torchts {

// One thread waits in run() for work that it has given to a new one, which calls `prepare` first; until that is done it does the errands that other threads
// hand over by serve(). An errand may itself call run(): that work goes back to the thread the errand came from, for
// autograd knows a backward pass inside of a backward pass by its thread.
class Handover {
 public:
  void run(const std::function<void()>& work, const std::function<void()>& prepare);
  void serve(const std::function<void()>& body);  // throws when no thread waits in run()

 private:
  struct Errand {
    std::packaged_task<void()> body;
    std::function<void()> back;  // what the asking thread is to run meanwhile
    bool done = false;
  };
  void wait_for(const bool& done, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Errand*> errands_;
  Errand* serving_ = nullptr;
  int waiting_ = 0;
};

}  // namespace torchts
