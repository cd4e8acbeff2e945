// Runs on one thread what other threads ask for: how autograd's device threads call JavaScript.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>

namespace torchts {

// run() gives its work to a helper thread and, until that is done, executes the tasks that other threads post(). A task may
// itself call run(): that work then goes to the thread that posted the task, because autograd tells nested backward passes by
// their thread.
class ReentrantExecutor {
 public:
  void run(const std::function<void()>& work);
  void post(const std::function<void()>& body);  // throws when no thread waits in run()

 private:
  struct Task {
    std::packaged_task<void()> body;
    std::function<void()> resume;  // what the posting thread is to run meanwhile
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
