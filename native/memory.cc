#include "memory.h"

#include <ATen/core/Tensor.h>
#include <c10/core/CPUAllocator.h>
#include <algorithm>
#include <atomic>
#include <mutex>

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

namespace torchts {
namespace {

// Process-wide, as the allocator is: the environments share one libtorch.
std::atomic<int64_t> live_bytes{0};
std::atomic<int64_t> reported_bytes{0};
c10::Allocator* wrapped = nullptr;

void release(void* data) {
  if (!data) return;
  live_bytes.fetch_sub(static_cast<int64_t>(malloc_usable_size(data)), std::memory_order_relaxed);
  wrapped->raw_deleter()(data);
}

struct CountingAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    void* data = wrapped->allocate(size).release_context();
    if (data) live_bytes.fetch_add(static_cast<int64_t>(malloc_usable_size(data)), std::memory_order_relaxed);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* target, const void* source, size_t size) const override { default_copy_data(target, source, size); }
};

}  // namespace

void count_cpu_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    wrapped = c10::GetCPUAllocator();
    c10::SetCPUAllocator(new CountingAllocator(), 255);
  });
}

int64_t cpu_bytes() { return live_bytes.load(std::memory_order_relaxed); }

void report_memory(napi_env env) {
  // In steps that grow with the amount: V8 may collect at each rise, and a training step that builds up some gigabytes
  // shall see ten collections, not a hundred.
  constexpr int64_t kStep = 32 << 20;
  const int64_t live = cpu_bytes();
  int64_t reported = reported_bytes.load(std::memory_order_relaxed);
  const int64_t change = live - reported;
  if (std::abs(change) < std::max(kStep, reported / 2)) return;
  if (!reported_bytes.compare_exchange_strong(reported, live)) return;
  int64_t total;
  napi_adjust_external_memory(env, change, &total);
}

}  // namespace torchts
