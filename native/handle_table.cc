#include "handle_table.h"

namespace torchts {

Handle HandleTable::insert(at::Tensor tensor) {
  uint32_t index;
  if (free_.empty()) {
    TORCH_CHECK(slots_.size() <= kSlotMask, "more than ", kSlotMask, " live tensors: free some with torch.scope() or dispose()");
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

const HandleTable::Slot* HandleTable::find(Handle handle) const noexcept {
  const uint64_t index = handle & kSlotMask;
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  return slot.generation == handle >> kSlotBits && slot.tensor.defined() ? &slot : nullptr;
}

const at::Tensor& HandleTable::get(Handle handle) const {
  const Slot* slot = find(handle);
  if (!slot) throw StaleHandle{handle};
  return slot->tensor;
}

void HandleTable::release(Handle handle) noexcept {
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
