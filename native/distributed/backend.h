// How a library of its own gives process groups a backend, since it needs other libraries than the addon (nccl/backend.cc).
#pragma once
#include <chrono>
#include <cstdint>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <torch/version.h>

namespace torchts {

// Passed through JavaScript in an External. Both sides are compiled against the same libtorch, so that they may pass its objects.
struct BackendFactory {
  static constexpr uint64_t kMagic = 0x746f7263686e6301;  // changes with the struct
  const uint64_t magic = kMagic;
  c10::intrusive_ptr<c10d::Backend> (*const make)(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size, std::chrono::milliseconds timeout);
};

// Before libtorch 2.14, which warns of it, a backend counted its calls once it was told to.
inline void count_calls([[maybe_unused]] c10d::Backend& backend) {
#if TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 14
  backend.setSequenceNumberForGroup();
#endif
}

}  // namespace torchts
