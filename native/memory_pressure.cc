#include "memory_pressure.h"

#include <ATen/DeviceAccelerator.h>
#include <algorithm>
#include <array>
#include <atomic>

#include "allocator.h"

namespace torchts {
namespace {

std::atomic<int64_t> reported_bytes{0};  // process-wide, as the allocators are

// V8 may collect whenever more memory is reported. That helps where tensors are left to it; where scopes free them, memory
// rises and falls with each training step, and two collections a step, each on several threads, would cost a tenth of its
// time. So the smallest rise that is reported doubles each time collections freed little of the last one.
constexpr int64_t kStep = 32 << 20, kLargestStep = int64_t{1} << 30;
std::atomic<int64_t> step{kStep};
std::atomic<int64_t> collected{0};

void adapt_step(int64_t rise) {
  constexpr int64_t kLeastPart = 8;  // an eighth
  const bool helped = collected.exchange(0) >= rise / kLeastPart;
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

// The accelerator's allocator is asked once for each 32 MiB of results, since it takes a lock and a copy.
struct DeviceMemory {
  std::atomic<int64_t> since{0}, live{0};
  std::atomic<bool> known{false};
  Watermark watermark;
};

Watermark cpu_watermark;
std::array<DeviceMemory, std::numeric_limits<c10::DeviceIndex>::max() + 1> device_memory;
std::atomic<int64_t> device_bytes{0};
std::atomic<bool> device_used{false};
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
  device_used.store(true, std::memory_order_relaxed);
  const c10::DeviceIndex index = tensor.device().index();
  DeviceMemory& memory = device_memory.at(static_cast<size_t>(std::max<c10::DeviceIndex>(index, 0)));
  if ((memory.since += static_cast<int64_t>(tensor.storage().nbytes())) < kStep) return;
  memory.since = 0;
  sample(memory, index);
}

bool full_collection_due() { return due.load(std::memory_order_relaxed) && due.exchange(false); }

bool memory_is_plenty() {
  constexpr int64_t kLittle = 256 << 20;
  return !device_used.load(std::memory_order_relaxed) && cpu_bytes() < kLittle;
}

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
