// at::cuda::CUDAGraph by the symbols of its functions: its header includes CUDA's own, and the addon is compiled without them.
// libtorch's device-generic graphs (ATen/accelerator/Graph.h) have no implementation for CUDA up to 2.14.
#include <c10/util/Exception.h>
#include <cstddef>
#include <dlfcn.h>

#include "graphs.h"

namespace torchts {
namespace {

void* find(const char* symbol) {
  static void* const library = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_NOLOAD);
  return library ? dlsym(library, symbol) : nullptr;
}

// A member function is called as a function whose first argument is the object (Itanium C++ ABI, 3.1).
template <typename Result, typename... Arguments>
Result call(const char* symbol, Arguments... arguments) {
  void* const function = find(symbol);
  TORCH_CHECK(function, "this libtorch has no ", symbol);
  return reinterpret_cast<Result (*)(Arguments...)>(function)(arguments...);
}

class CudaGraph final : public DeviceGraph {
 public:
  explicit CudaGraph(bool keep) : keep_(keep) { call<void>("_ZN2at4cuda9CUDAGraphC1Eb", self(), keep); }
  ~CudaGraph() override { call<void>("_ZN2at4cuda9CUDAGraphD1Ev", self()); }

  void capture_begin(Pool pool, Mode mode) override {
    call<void>("_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode", self(), pool, static_cast<int>(mode));
  }
  void capture_end() override {
    call<void>("_ZN2at4cuda9CUDAGraph11capture_endEv", self());
    ready_ = !keep_;
  }
  void instantiate() override {
    call<void>("_ZN2at4cuda9CUDAGraph11instantiateEv", self());
    ready_ = true;
  }
  void replay() override {
    if (!ready_ && keep_) instantiate();
    call<void>("_ZN2at4cuda9CUDAGraph6replayEv", self());
  }
  void reset() override {
    call<void>("_ZN2at4cuda9CUDAGraph5resetEv", self());
    ready_ = false;
  }
  Pool pool() override { return call<Pool>("_ZN2at4cuda9CUDAGraph4poolEv", self()); }
  void debug_dump(const std::string& path) override {
    call<void>("_ZN2at4cuda9CUDAGraph10debug_dumpERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", self(), &path);
  }

 private:
  static constexpr size_t kSize = 1 << 14;  // enough: the object has some 500 bytes in 2.11 to 2.14
  void* self() { return object_; }
  alignas(std::max_align_t) std::byte object_[kSize] = {};
  const bool keep_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<DeviceGraph> make_cuda_graph(bool keep) {
  if (!find("_ZN2at4cuda9CUDAGraphC1Eb") || !find("_ZN2at4cuda9CUDAGraphD1Ev")) return nullptr;
  return std::make_unique<CudaGraph>(keep);
}

}  // namespace torchts
