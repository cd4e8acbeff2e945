#include "memory.h"

#include <ATen/DeviceAccelerator.h>
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
#ifdef __SANITIZE_ADDRESS__
  static bool fits(size_t) { return false; }  // a kept block would hide that somebody still reads it
#else
  static bool fits(size_t size) { return size <= kLargest; }
#endif

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

namespace {

// V8 may collect whenever it is told of more memory. That helps where tensors are left to it; where scopes free them, memory
// rises and falls with each training step, and two collections a step, each on several threads, would cost a tenth of its
// time. So the smallest rise that V8 is told of doubles each time its collections gave back little of the last one.
constexpr int64_t kStep = 32 << 20, kLargestStep = int64_t{1} << 30;
std::atomic<int64_t> step{kStep};
std::atomic<int64_t> collected{0};

void adapt_step(int64_t rise) {
  constexpr int64_t kLittle = 8;
  const bool helped = collected.exchange(0) >= rise / kLittle;
  step = helped ? std::max(step / 2, kStep) : std::min(step * 2, kLargestStep);
}

// When memory in use passes the limit, garbage is collected; when that did not help, again after an eighth more.
struct Watermark {
  std::atomic<int64_t> limit{kNoWatermark}, next{kNoWatermark};

  void set(int64_t bytes) { limit = bytes, next = bytes; }
  bool passed(int64_t live) {
    if (live >= next.load(std::memory_order_relaxed)) {
      next = std::max(limit.load(), live + live / 8);
      return true;
    }
    if (next.load(std::memory_order_relaxed) > limit.load(std::memory_order_relaxed) && live < limit) next = limit.load();
    return false;
  }
};

// An accelerator's allocator is asked after each 32 MiB of results: its answer takes a lock and a copy.
struct DeviceMemory {
  std::atomic<int64_t> since{0}, live{0};
  std::atomic<bool> known{false};
  Watermark watermark;
};

Watermark cpu_watermark;
std::array<DeviceMemory, 64> device_memory;
std::atomic<int64_t> device_bytes{0};
std::atomic<bool> due{false};

void sample(DeviceMemory& memory, c10::DeviceIndex index) {
  constexpr double kDefaultWatermark = 0.8;
  if (!memory.known.exchange(true) && memory.watermark.limit == kNoWatermark)
    memory.watermark.set(static_cast<int64_t>(kDefaultWatermark * static_cast<double>(at::accelerator::getMemoryInfo(index).second)));
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  const int64_t live = at::accelerator::getDeviceStats(index).allocated_bytes[kAll].current;
  device_bytes += live - memory.live.exchange(live);
  if (memory.watermark.passed(live)) due = true;
}

}  // namespace

void set_watermark(c10::Device device, int64_t bytes) {
  if (device.is_cpu()) return cpu_watermark.set(bytes);
  DeviceMemory& memory = device_memory.at(static_cast<size_t>(device.index()));
  memory.known = true;
  memory.watermark.set(bytes);
}

void note_device_tensor(const at::Tensor& tensor) {
  if (tensor.is_meta() || !tensor.has_storage() || !at::accelerator::isAccelerator(tensor.device().type())) return;
  const c10::DeviceIndex index = tensor.device().index();
  DeviceMemory& memory = device_memory.at(static_cast<size_t>(std::max<c10::DeviceIndex>(index, 0)));
  if ((memory.since += static_cast<int64_t>(tensor.storage().nbytes())) < kStep) return;
  memory.since = 0;
  sample(memory, index);
}

bool collection_due() { return due.load(std::memory_order_relaxed) && due.exchange(false); }

void note_collected(int64_t bytes) { collected.fetch_add(bytes, std::memory_order_relaxed); }

void report_memory(napi_env env) {
  const int64_t cpu = cpu_bytes();
  if (cpu_watermark.passed(cpu)) due = true;
  const int64_t live = cpu + device_bytes.load(std::memory_order_relaxed);
  int64_t reported = reported_bytes.load(std::memory_order_relaxed);
  const int64_t change = live - reported;
  if (std::abs(change) < std::max(step.load(std::memory_order_relaxed), reported / 2)) return;
  if (!reported_bytes.compare_exchange_strong(reported, live)) return;
  if (change > 0) adapt_step(change);
  int64_t total;
  napi_adjust_external_memory(env, change, &total);
}

}  // namespace torchts
