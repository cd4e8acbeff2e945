#include "memory.h"

#include <ATen/core/Tensor.h>
#include <c10/core/CPUAllocator.h>
#include <algorithm>
#include <atomic>
#include <array>
#include <limits>
#include <mutex>
#include <vector>

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

size_t size_of(void* data) { return malloc_usable_size(data); }

// Small blocks wait here for the next tensor of their size, each thread's apart: aligned allocation and release in the C
// library cost a tenth of a small operator. A block that moved to another thread is kept there.
class SmallBlocks {
 public:
  ~SmallBlocks() {
    for (auto& blocks : classes_)
      for (void* block : blocks) wrapped->raw_deleter()(block);
    closed_ = true;
  }
  void* take(size_t size) {
    auto& blocks = classes_[(size + kUnit - 1) / kUnit];
    if (blocks.empty()) return nullptr;
    void* block = blocks.back();
    blocks.pop_back();
    return block;
  }
  bool keep(void* block, size_t size) {
    if (closed_) return false;
    auto& blocks = classes_[size / kUnit];
    if (blocks.size() * size >= kMostBytes) return false;
    blocks.push_back(block);
    return true;
  }
  static bool fits(size_t size) { return size <= kLargest; }

 private:
  static constexpr size_t kUnit = 64, kLargest = 4096;
  static constexpr size_t kMostBytes = 2 << 20;  // of each size: a collection may free ten thousand tensors at once
  std::array<std::vector<void*>, kLargest / kUnit + 1> classes_;
  // Outside of the object: it is read by what dies after it, at the end of the thread.
  static inline thread_local bool closed_ = false;
};

thread_local SmallBlocks small_blocks;

void release(void* data) {
  if (!data) return;
  const size_t size = size_of(data);
  live_bytes.fetch_sub(static_cast<int64_t>(size), std::memory_order_relaxed);
  if (SmallBlocks::fits(size) && small_blocks.keep(data, size)) return;
  wrapped->raw_deleter()(data);
}

struct CountingAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    void* data = SmallBlocks::fits(size) && size > 0 ? small_blocks.take(size) : nullptr;
    if (!data) data = wrapped->allocate(size).release_context();
    if (data) live_bytes.fetch_add(static_cast<int64_t>(size_of(data)), std::memory_order_relaxed);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* target, const void* source, size_t size) const override { default_copy_data(target, source, size); }
};

// A training step, and a prediction, asks for the blocks that the last one gave back. Pages that went to the system in
// between have to be cleared and mapped again: a twentieth of a step's time. So the C library keeps what is free at the end
// of its heap, and larger blocks come from the heap too, up to the size that it allows.
void keep_freed_pages() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace

void count_cpu_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_freed_pages();
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
