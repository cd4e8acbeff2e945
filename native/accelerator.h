// Accelerators: CUDA and whatever else libtorch was built for.
#pragma once
#include <atomic>
#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <vector>

namespace torchts {

// Loads libtorch_cuda when it lies beside libtorch_cpu. Asked for by name here, because a linker drops a library that
// nothing refers to, and CUDA would then be missing without a word.
void load_cuda();

// The kind of the accelerator; throws when there is none.
c10::DeviceType required_accelerator();

// `device` with its number, when it is one of the accelerator's; throws when there is none.
c10::Device accelerator_device(c10::Device device);

// The current device and streams of one thread, to be carried to another: at::ThreadLocalState leaves them out.
class DeviceContext {
 public:
  DeviceContext();  // of this thread
  void apply() const;
  // From now on some thread works elsewhere than on the first device's default stream.
  static void changed() { changed_ = true; }

 private:
  static inline std::atomic<bool> changed_{false};
  c10::DeviceIndex device_ = 0;
  std::vector<c10::Stream> streams_;
};

}  // namespace torchts
