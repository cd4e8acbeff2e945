#include "threads.h"

#include <ATen/Parallel.h>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <vector>

#include "exports.h"

// Functions of the OpenMP that libtorch brings, if it does: at::set_num_threads would also drop the convolutions that oneDNN has
// prepared.
extern "C" {
__attribute__((weak)) void omp_set_num_threads(int);
__attribute__((weak)) int omp_get_max_threads();
}

namespace torchts {
namespace {

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
};

void* wait_at(void* gate) {
  auto& self = *static_cast<Gate*>(gate);
  std::unique_lock<std::mutex> lock(self.mutex);
  self.changed.wait(lock, [&] { return self.open; });
  return nullptr;
}

// Whether that many more threads can exist at once.
bool can_start(int count) {
  Gate gate;
  std::vector<pthread_t> threads;
  threads.reserve(count);
  for (pthread_t thread; static_cast<int>(threads.size()) < count && pthread_create(&thread, nullptr, wait_at, &gate) == 0;) threads.push_back(thread);
  {
    const std::lock_guard<std::mutex> lock(gate.mutex);
    gate.open = true;
  }
  gate.changed.notify_all();
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return static_cast<int>(threads.size()) == count;
}

int count_of(const Napi::CallbackInfo& info) {
  const int count = info[0].ToNumber().Int32Value();
  if (count < 1) throw ArgumentError("expected at least 1 thread, found " + std::to_string(count));
  return count;
}

}  // namespace

bool adapt_to_thread_limit() {
  const int wanted = at::get_num_threads();
  if (wanted <= 1 || can_start(wanted - 1)) return true;
  at::set_num_threads(1);
  return false;
}

void export_threads(Napi::Env, Napi::Object exports) {
  // at::set_num_threads; setNumThreads(count)
  export_function(exports, "setNumThreads", [](const Napi::CallbackInfo& info) { at::set_num_threads(count_of(info)); });
  // limitThreads(count): how many there were before; 0 where libtorch has no OpenMP
  export_function(exports, "limitThreads", [](const Napi::CallbackInfo& info) {
    const int count = count_of(info);
    if (!omp_set_num_threads || !omp_get_max_threads) return Napi::Number::New(info.Env(), 0);
    const int before = omp_get_max_threads();
    omp_set_num_threads(count);
    return Napi::Number::New(info.Env(), before);
  });
  // at::get_num_interop_threads; getNumInteropThreads(): number
  export_function(exports, "getNumInteropThreads", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), at::get_num_interop_threads());
  });
  // at::get_num_threads; getNumThreads(): number
  export_function(exports, "getNumThreads",
                  [](const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), at::get_num_threads()); });
}

}  // namespace torchts
