// NCCL for process groups. A library of its own: it is linked to the libraries of CUDA, which most builds of libtorch do not have, and
// is compiled where NVIDIA's headers are at hand (CMakeLists.txt).
#include <napi.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "../../exports.h"
#include "../backend.h"

namespace torchts {
namespace {

c10::intrusive_ptr<c10d::Backend> make(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size, std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  auto nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, std::move(options));
  count_calls(*nccl);
  return nccl;
}

// factory(): what groupNew of the second addon takes
Napi::Value factory(const Napi::CallbackInfo& info) {
  static BackendFactory nccl{.make = make};
  return Napi::External<BackendFactory>::New(info.Env(), &nccl);
}

Napi::Object load(Napi::Env, Napi::Object exports) {
  export_function(exports, "factory", factory);
  return exports;
}

}  // namespace
}  // namespace torchts

using torchts::load;
NODE_API_MODULE(torchts_nccl, load)
