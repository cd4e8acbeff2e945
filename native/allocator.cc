#include "allocator.h"

#include <c10/core/CPUAllocator.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <vector>

#include "workspace.h"

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

namespace torchts {
namespace {

// Process-wide: the environments share one libtorch.
std::atomic<int64_t> live_bytes{0}, requests{0};
c10::Allocator* wrapped = nullptr;

size_t size_of(void* data) { return malloc_usable_size(data); }

#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeeps = false;  // a block that is used again would hide a read after its release
#else
constexpr bool kKeeps = true;
#endif

// A cache of small freed blocks by size, one a thread: aligned allocation and release in the C library cost a tenth of a small
// operator's time. A block goes to the cache of the thread that frees it.
class SmallBlocks {
 public:
  static constexpr size_t kLargest = 4096;

  // What is requested from the system for a small tensor, so that the block serves each tensor of its class.
  static size_t rounded(size_t size) { return (size + kUnit - 1) / kUnit * kUnit; }
  // Whether a block of this size, which may be a little larger than what was requested, belongs here.
  static bool holds(size_t size) { return size < kLargest + kUnit; }

  ~SmallBlocks() {
    for (auto& blocks : classes_)
      for (void* block : blocks) wrapped->raw_deleter()(block);
    closed_ = true;
  }
  void* take(size_t size) {
    if (closed_) return nullptr;
    auto& blocks = classes_[rounded(size) / kUnit];
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

 private:
  static constexpr size_t kUnit = 64;
  static constexpr size_t kMostBytes = 2 << 20;  // of each size: a collection may free ten thousand tensors at once
  std::array<std::vector<void*>, kLargest / kUnit + 1> classes_;
  // Not a member: tensors that are made or freed after the cache, at the end of the thread, still read it.
  static inline thread_local bool closed_ = false;
};

thread_local SmallBlocks small_blocks;

// A cache of the last few large freed blocks, one for all threads; the oldest goes first. The system maps and clears such blocks
// page by page, and threads that want a page meanwhile wait: a loader that decodes on all cores lost a fifth of its time to that.
class LargeBlocks {
 public:
  static constexpr size_t kSmallest = 32 << 20;

  // A block of about that size, or null; then as many bytes are released as the caller is about to request from the system.
  void* take(size_t size) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(blocks_.begin(), blocks_.end(),
        [&](void* block) { return size_of(block) >= size && size_of(block) - size <= size / kSlack; });
    if (found == blocks_.end()) {
      shrink(bytes_ > size ? bytes_ - size : 0);
      return nullptr;
    }
    void* block = *found;
    blocks_.erase(found);
    bytes_ -= size_of(block);
    return block;
  }
  void keep(void* block) {
    const std::lock_guard lock(mutex_);
    blocks_.push_back(block);
    bytes_ += size_of(block);
    shrink(kMostBytes);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    shrink(0);
  }

 private:
  static constexpr size_t kMostBytes = 256 << 20, kSlack = 16;

  void shrink(size_t most) {
    while (bytes_ > most) {
      void* oldest = blocks_.front();
      blocks_.erase(blocks_.begin());
      bytes_ -= size_of(oldest);
      wrapped->raw_deleter()(oldest);
    }
  }

  std::mutex mutex_;
  std::vector<void*> blocks_;  // a handful
  size_t bytes_ = 0;
};

// Never destroyed: tensors may be freed after the destructors of all statics have run.
LargeBlocks& large_blocks() {
  static auto* blocks = new LargeBlocks;
  return *blocks;
}

void* reused(size_t size) {
  if (!kKeeps || size == 0) return nullptr;
  if (size <= SmallBlocks::kLargest) return small_blocks.take(size);
  return size >= LargeBlocks::kSmallest ? large_blocks().take(size) : nullptr;
}

// The workspace of a plan that runs in this thread; small blocks are at hand as it is.
Placement* placement_of(size_t size) { return kKeeps && size > SmallBlocks::kLargest ? Placement::current() : nullptr; }

void release(void* data) {
  if (!data || Workspace::take_out(data)) return;
  const size_t size = size_of(data);
  if (Placement* const placement = placement_of(size)) placement->released(data);
  live_bytes.fetch_sub(static_cast<int64_t>(size), std::memory_order_relaxed);
  if (kKeeps && SmallBlocks::holds(size) && small_blocks.keep(data, size)) return;
  if (kKeeps && size >= LargeBlocks::kSmallest) return large_blocks().keep(data);
  wrapped->raw_deleter()(data);
}

struct CountingAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    Placement* const placement = placement_of(size);
    if (placement)
      if (void* const placed = placement->put(size)) return {placed, placed, &release, c10::Device(c10::DeviceType::CPU)};
    void* data = reused(size);
    if (!data) {
      data = wrapped->allocate(kKeeps && size <= SmallBlocks::kLargest ? SmallBlocks::rounded(size) : size).release_context();
      if (data) requests.fetch_add(1, std::memory_order_relaxed);
    }
    if (placement) placement->made(data, size);
    if (data) live_bytes.fetch_add(static_cast<int64_t>(size_of(data)), std::memory_order_relaxed);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* target, const void* source, size_t size) const override { default_copy_data(target, source, size); }
};

// Each training step, and each prediction, needs the blocks that the last one freed. Pages that went back to the system in
// between must be mapped and cleared again, which takes a twentieth of a step's time. So glibc is told not to trim its heap, and
// to take blocks from it up to the largest size that it allows.
void keep_freed_pages() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, LargeBlocks::kSmallest);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace

void install_allocator() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_freed_pages();
    wrapped = c10::GetCPUAllocator();
    c10::SetCPUAllocator(new CountingAllocator(), 255);
  });
}

int64_t cpu_bytes() { return live_bytes.load(std::memory_order_relaxed); }

int64_t cpu_requests() { return requests.load(std::memory_order_relaxed); }

void release_cached_blocks() { large_blocks().release(); }

}  // namespace torchts
