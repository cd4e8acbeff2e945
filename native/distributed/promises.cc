#include "promises.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "../settle.h"

namespace torchts {

struct Promises::Job {
  napi_deferred deferred;
  Result result;
  Work work;
  std::exception_ptr error;
};

Promises::Promises(napi_env env, const Extension& extension) : env_(env), extension_(extension) {
  napi_value name;
  napi_create_string_utf8(env, "torchts distributed", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, &Promises::deliver, &deliver_) != napi_ok)
    throw ArgumentError("calls to other processes cannot begin: the environment is closing");
  napi_unref_threadsafe_function(env, deliver_);
}

Promises::Job* Promises::begin(Result result, napi_value* promise) {
  napi_deferred deferred;
  if (napi_create_promise(env_, &deferred, promise) != napi_ok) throw ArgumentError("no promise can be made: the environment is closing");
  if (pending_++ == 0) napi_ref_threadsafe_function(env_, deliver_);
  return new Job{deferred, std::move(result), nullptr, nullptr};
}

void Promises::finish(Job* job) {
  job->work = nullptr;
  if (napi_call_threadsafe_function(deliver_, job, napi_tsfn_nonblocking) != napi_ok) delete job;
}

Napi::Value Promises::run(Work work, Result result) {
  napi_value promise;
  Job* const job = begin(std::move(result), &promise);
  job->work = std::move(work);
  bool missing;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(job);
    missing = idle_ < queue_.size();
  }
  wake_.notify_one();
  if (missing) {
    try {
      std::thread([this] { loop(); }).detach();
    } catch (const std::system_error& error) {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto waiting = std::find(queue_.begin(), queue_.end(), job);
      if (waiting == queue_.end()) return Napi::Value(env_, promise);  // another thread was done with its own
      queue_.erase(waiting);
      delete job;
      if (--pending_ == 0) napi_unref_threadsafe_function(env_, deliver_);
      throw std::runtime_error(std::string("the system gives no thread for a call to other processes (") + error.what() +
                               "): see its limits on threads and memory (ulimit -u, ulimit -v)");
    }
  }
  return Napi::Value(env_, promise);
}

Napi::Value Promises::when(c10::ivalue::Future& future, Result result) {
  napi_value promise;
  Job* const job = begin(std::move(result), &promise);
  future.addCallback([this, job](c10::ivalue::Future& done) {
    if (done.hasError()) job->error = done.exception_ptr();
    finish(job);
  });
  return Napi::Value(env_, promise);
}

void Promises::loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return !queue_.empty(); });
    --idle_;
    Job* const job = queue_.front();
    queue_.pop_front();
    lock.unlock();
    if (!extension_.begin_native_work()) for (;;) pause();  // the process is ending
    try {
      job->work();
    } catch (...) {  // carried to JavaScript's thread, where the guard turns it into a typed error
      job->error = std::current_exception();
    }
    finish(job);
    extension_.end_native_work();
    lock.lock();
  }
}

// On JavaScript's thread. `env` is null when the environment is closing: then nobody waits for the promise any more.
void Promises::deliver(napi_env env, napi_value, void* promises, void* data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (env == nullptr) return;
  Promises& self = *static_cast<Promises*>(promises);
  if (--self.pending_ == 0) napi_unref_threadsafe_function(env, self.deliver_);
  settle(env, job->deferred, job->error, [&] { return job->result(env); });
}

}  // namespace torchts
