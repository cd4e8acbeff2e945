// Generation-checked handles to tensors: a stale or forged handle is an error, never a crash.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <cstdint>
#include <vector>

namespace torchts {

// A handle is a JavaScript number: the slot in the low 24 bits, its generation in the 29 above (53 in all, the
// integers that a double holds exactly). 0 is never a handle, for generations start at 1.
using Handle = uint64_t;

struct StaleHandle {
  Handle handle;
};

class HandleTable {
  static constexpr int kSlotBits = 24;

 public:
  static constexpr size_t kMostTensors = size_t{1} << kSlotBits;  // live ones, at once

  Handle insert(at::Tensor tensor);
  const at::Tensor& get(Handle handle) const;         // throws StaleHandle
  int64_t bytes_alone(Handle handle) const noexcept;  // bytes that its release frees; 0 for a stale handle, or shared memory
  void release(Handle handle) noexcept;               // a stale handle is ignored: freeing twice is harmless

  size_t live() const { return live_; }
  uint64_t inserted() const { return inserted_; }  // ever
  template <typename Visit>
  void each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (slot.tensor.defined()) visit(slot.tensor);
  }
  template <typename Visit>
  void each_handle(Visit visit) const {
    for (size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].tensor.defined()) visit(handle_of(i), slots_[i].tensor);
  }

 private:
  static constexpr uint64_t kSlotMask = kMostTensors - 1;
  static constexpr uint32_t kLastGeneration = (1u << 29) - 1;

  struct Slot {
    at::Tensor tensor;
    uint32_t generation = 1;
  };
  const Slot* find(Handle handle) const noexcept;
  Handle handle_of(size_t index) const { return (static_cast<uint64_t>(slots_[index].generation) << kSlotBits) | index; }

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  size_t live_ = 0;
  uint64_t inserted_ = 0;
};

inline Handle HandleTable::insert(at::Tensor tensor) {
  uint32_t index;
  if (free_.empty()) {
    TORCH_CHECK(slots_.size() < kMostTensors, "more than ", kMostTensors, " live tensors: free some with torch.scope() or dispose()");
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.tensor = std::move(tensor);
  ++live_;
  ++inserted_;
  return handle_of(index);
}

inline const HandleTable::Slot* HandleTable::find(Handle handle) const noexcept {
  const uint64_t index = handle & kSlotMask;
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  return slot.generation == handle >> kSlotBits && slot.tensor.defined() ? &slot : nullptr;
}

inline const at::Tensor& HandleTable::get(Handle handle) const {
  const Slot* slot = find(handle);
  if (!slot) throw StaleHandle{handle};
  return slot->tensor;
}

inline int64_t HandleTable::bytes_alone(Handle handle) const noexcept {
  const Slot* slot = find(handle);
  if (!slot || slot->tensor.use_count() != 1 || !slot->tensor.has_storage() || slot->tensor.storage().use_count() != 1) return 0;
  return static_cast<int64_t>(slot->tensor.storage().nbytes());
}

inline void HandleTable::release(Handle handle) noexcept {
  if (!find(handle)) return;
  const uint32_t index = handle & kSlotMask;
  Slot& slot = slots_[index];
  at::Tensor dying = std::move(slot.tensor);  // destroyed last: its destructor may run code that releases others
  slot.tensor = at::Tensor();
  --live_;
  // A slot whose generations are used up is retired, so that no old handle can ever fit again.
  if (slot.generation == kLastGeneration) return;
  ++slot.generation;
  free_.push_back(index);
}

}  // namespace torchts
