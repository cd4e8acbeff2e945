// Graphs of an accelerator: work that is recorded once and replayed as a whole.
#pragma once
#include <memory>
#include <string>
#include <utility>

namespace torchts {

class DeviceGraph {
 public:
  using Pool = std::pair<unsigned long long, unsigned long long>;  // c10::MempoolId_t
  enum class Mode : int { Global, ThreadLocal, Relaxed };          // in the order of cudaStreamCaptureMode

  virtual ~DeviceGraph() = default;
  virtual void capture_begin(Pool pool, Mode mode) = 0;
  virtual void capture_end() = 0;
  virtual void instantiate() = 0;
  virtual void replay() = 0;
  virtual void reset() = 0;
  virtual Pool pool() = 0;
  virtual void debug_dump(const std::string& path) = 0;
};

// at::cuda::CUDAGraph; null where libtorch has no CUDA.
std::unique_ptr<DeviceGraph> make_cuda_graph(bool keep);

}  // namespace torchts
