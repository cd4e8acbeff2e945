// What the addon lends to a second one in the same thread, which is loaded when it is first needed (native/distributed).
#pragma once
#include <ATen/core/Tensor.h>
#include <cstdint>
#include <memory>
#include <vector>

#include "handle_table.h"

namespace torchts {

// A table of functions in an External is all that the two share: no symbol of one is linked to the other. Both are compiled
// against the same libtorch, so that they may pass its objects.
struct Extension {
  static constexpr uint64_t kMagic = 0x746f726368747303;  // changes with the table
  const uint64_t magic = kMagic;
  void* const environment;  // of the thread; it lives as long as the thread's JavaScript
  // The tensor of a handle; null for a stale handle.
  const at::Tensor* (*const tensor)(void* environment, Handle handle) noexcept;
  // A handle for a tensor.
  Handle (*const insert)(void* environment, at::Tensor tensor);
  // Keeps the JavaScript function of a number registered for as long as the pointer lives (callbacks.h).
  std::shared_ptr<void> (*const hold_callback)(void* environment, uint32_t id);
  // Calls it on JavaScript's thread: the tensors that it gives.
  std::vector<at::Tensor> (*const call)(const std::shared_ptr<void>& callback, at::TensorList tensors, const std::vector<int64_t>& numbers);
  // See process_exit.h.
  bool (*const begin_native_work)();
  void (*const end_native_work)();
};

}  // namespace torchts
