// Code for one thread, asked for by others: what autograd's device threads want of JavaScript.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>

namespace torchts {

// One thread waits in run() for work that it has given to a new one; until that is done it does the tasks that other threads
// post(). An task may itself call run(): that work goes back to the thread the task came from, for
// autograd knows a backward pass inside of a backward pass by its thread.
class ReentrantExecutor {
 public:
  void run(const std::function<void()>& work);
  void post(const std::function<void()>& body);  // throws when no thread waits in run()

 private:
  struct Task {
    std::packaged_task<void()> body;
    std::function<void()> resume;  // what the asking thread is to run meanwhile
    bool done = false;
  };
  void wait_for(const bool& done, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task*> tasks_;
  Task* running_ = nullptr;
  int waiting_ = 0;
};

}  // namespace torchts
