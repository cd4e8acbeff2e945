#include "background_queue.h"

#include <ATen/autocast_mode.h>
#include <algorithm>
#include <system_error>
#include <unistd.h>

#include "accelerator.h"
#include "environment.h"
#include "exports.h"
#include "memory_pressure.h"
#include "names.h"
#include "process_exit.h"
#include "settle.h"
#include "threads.h"

namespace torchts {
namespace {

BackgroundQueue& background_queue_of(napi_env env) {
  auto& queue = Environment::of(env).background;
  if (!queue) queue = std::make_unique<BackgroundQueue>(env);
  return *queue;
}

}  // namespace

struct BackgroundQueue::Job {
  uint32_t id;
  Work work;
  Result result;
  napi_deferred deferred;
  at::ThreadLocalState modes;
  AutocastTypes autocast;  // at::ThreadLocalState has where autocast is on, and not these
  DeviceContext devices;
  std::exception_ptr error;

  void run() {
    try {
      at::ThreadLocalStateGuard guard(modes);
      for (const auto& [device, dtype] : autocast) at::autocast::set_autocast_dtype(device, dtype);
      devices.apply();
      work();
    } catch (...) {  // carried to JavaScript's thread, where the guard turns it into a typed error
      error = std::current_exception();
    }
    at::autocast::clear_cache();  // of weights that were cast: they may change before the next job
    work = nullptr;
  }
};

BackgroundQueue::BackgroundQueue(napi_env env) : env_(env) {
  napi_value name;
  napi_create_string_utf8(env, "torchts background", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, &BackgroundQueue::deliver, &deliver_) != napi_ok)
    throw ArgumentError("the thread for long work cannot start: the environment is closing");
  napi_unref_threadsafe_function(env, deliver_);
  // The thread ends before the environment does: a worker that is terminated waits for the job that runs.
  try {
    thread_ = std::thread([this] { loop(); });
  } catch (const std::system_error& error) {
    napi_release_threadsafe_function(deliver_, napi_tsfn_abort);
    throw std::runtime_error(std::string("the system gives no thread for long work (") + error.what() +
                             "): see its limits on threads and memory (ulimit -u, ulimit -v)");
  }
  napi_add_env_cleanup_hook(env, [](void* queue) { static_cast<BackgroundQueue*>(queue)->stop(); }, this);
}

BackgroundQueue::~BackgroundQueue() { stop(); }

void BackgroundQueue::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_one();
  thread_.join();
  napi_release_threadsafe_function(deliver_, napi_tsfn_abort);
}

void BackgroundQueue::loop() {
  adapt_to_thread_limit();
  for (;;) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    if (!begin_native_work()) for (;;) pause();  // the process is ending
    job->run();
    Job* done = job.release();
    if (napi_call_threadsafe_function(deliver_, done, napi_tsfn_blocking) != napi_ok) delete done;
    end_native_work();
  }
}

// On JavaScript's thread. `env` is null when the environment is closing: then nobody waits for the promise any more.
void BackgroundQueue::deliver(napi_env env, napi_value, void* queue, void* data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (env == nullptr) return;
  BackgroundQueue& self = *static_cast<BackgroundQueue*>(queue);
  if (--self.pending_ == 0) napi_unref_threadsafe_function(env, self.deliver_);
  settle(env, job->deferred, job->error, [&] {
    const napi_value result = job->result(env);
    report_memory(env);
    return result;
  });
}

napi_value BackgroundQueue::submit(napi_env env, Work work, Result result) {
  Environment& environment = Environment::of(env);
  refuse_recording(environment, "work goes on in the background");
  auto submitted = Napi::Object::New(env);
  napi_value promise;
  napi_deferred deferred;
  if (napi_create_promise(env, &deferred, &promise) != napi_ok) throw ArgumentError("no promise can be made: the environment is closing");
  const uint32_t id = next_id_++;
  auto job = std::make_unique<Job>(Job{id, std::move(work), std::move(result), deferred, {}, environment.autocast, {}, nullptr});
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(std::move(job));
  }
  if (pending_++ == 0) napi_ref_threadsafe_function(env, deliver_);
  wake_.notify_one();
  submitted["id"] = id;
  submitted["promise"] = Napi::Value(env, promise);
  return submitted;
}

bool BackgroundQueue::cancel(uint32_t id) {
  std::unique_ptr<Job> cancelled;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(queue_.begin(), queue_.end(), [&](const auto& job) { return job->id == id; });
    if (found == queue_.end()) return false;
    cancelled = std::move(*found);
    queue_.erase(found);
  }
  if (--pending_ == 0) napi_unref_threadsafe_function(env_, deliver_);
  napi_value undefined;
  napi_get_undefined(env_, &undefined);
  napi_resolve_deferred(env_, cancelled->deferred, undefined);  // the caller has rejected its own promise already
  return true;
}

namespace {

// A buffer over the memory of a tensor, which it keeps.
Napi::ArrayBuffer buffer_over(napi_env env, const at::Tensor& tensor) {
  if (tensor.nbytes() == 0) return Napi::ArrayBuffer::New(env, 0);
  auto owner = std::make_unique<at::Tensor>(tensor);
  const auto release = [](Napi::Env, void*, at::Tensor* owner) { delete owner; };
  const auto buffer = Napi::ArrayBuffer::New(env, owner->mutable_data_ptr(), owner->nbytes(), release, owner.get());
  owner.release();  // the buffer has it now
  return buffer;
}

// readAsync(handle): { id, promise of an ArrayBuffer }, the elements in row-major order; see storage.cc, read
Napi::Value read_async(const Napi::CallbackInfo& info) {
  const at::Tensor source = tensor_of(info);
  auto copy = std::make_shared<at::Tensor>();
  return Napi::Value(info.Env(), submit_work(
      info.Env(),
      [source, copy] {
        at::NoGradGuard no_grad;
        *copy = elements_on_cpu(source).clone(at::MemoryFormat::Contiguous);
      },
      [copy](napi_env env) -> napi_value { return buffer_over(env, *copy); }));
}

// moveAsync(handle, device): { id, promise of a handle }
Napi::Value move_async(const Napi::CallbackInfo& info) {
  const at::Tensor source = tensor_of(info);
  const c10::Device device = device_from_name(info[1].ToString());
  auto moved = std::make_shared<at::Tensor>();
  return Napi::Value(info.Env(), submit_work(
      info.Env(), [=] { *moved = source.to(device); },
      [moved](napi_env env) -> napi_value { return handle_of(env, *moved); }));
}

}  // namespace

napi_value submit_work(napi_env env, BackgroundQueue::Work work, BackgroundQueue::Result result) {
  return background_queue_of(env).submit(env, std::move(work), std::move(result));
}

void export_background_queue(Napi::Env, Napi::Object exports) {
  export_function(exports, "readAsync", read_async);
  export_function(exports, "moveAsync", move_async);
  // cancelWork(id): whether the job had not begun
  export_function(exports, "cancelWork", [](const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), background_queue_of(info.Env()).cancel(info[0].ToNumber().Uint32Value()));
  });
}

}  // namespace torchts
