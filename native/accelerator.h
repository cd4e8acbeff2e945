// Accelerators: CUDA and whatever else libtorch was built for.
#pragma once
#include <atomic>
#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <vector>

namespace torchts {

// Loads libtorch_cuda when it lies beside libtorch_cpu. By name, because a linker drops a library that nothing refers to, and
// CUDA would then be missing silently.
void load_cuda();

// Whether libtorch has an accelerator and finds a device of it.
bool has_accelerator();

// The accelerator's device type; throws when there is none.
c10::DeviceType required_accelerator();

// `device` with its index, the current device's where it names none; throws unless it is one of the accelerator's devices.
c10::Device accelerator_device(c10::Device device);

// The current device and streams of one thread, to be carried to another: at::ThreadLocalState leaves them out.
class DeviceContext {
 public:
  DeviceContext();  // of this thread
  void apply() const;
  // To be called when a thread changes its device or stream: before that there is nothing to carry.
  static void changed() { changed_ = true; }

 private:
  static inline std::atomic<bool> changed_{false};
  c10::DeviceIndex device_ = 0;
  std::vector<c10::Stream> streams_;
};

}  // namespace torchts
