// Threads that operators use on the CPU.
#include <ATen/Parallel.h>

#include "exports.h"

// Of the OpenMP that libtorch brings, if it does: at::set_num_threads would also drop the convolutions that oneDNN prepared.
extern "C" {
__attribute__((weak)) void omp_set_num_threads(int);
__attribute__((weak)) int omp_get_max_threads();
}

namespace torchts {

void export_threads(Napi::Env, Napi::Object exports) {
  // at::set_num_threads; setNumThreads(count)
  export_function(exports, "setNumThreads", [](const Napi::CallbackInfo& info) {
    const int count = info[0].ToNumber().Int32Value();
    if (count < 1) throw ArgumentError("expected at least 1 thread, found " + std::to_string(count));
    at::set_num_threads(count);
  });
  // limitThreads(count): how many there were before; 0 where libtorch has no OpenMP
  export_function(exports, "limitThreads", [](const Napi::CallbackInfo& info) {
    if (!omp_set_num_threads || !omp_get_max_threads) return Napi::Number::New(info.Env(), 0);
    const int before = omp_get_max_threads();
    omp_set_num_threads(std::max(1, info[0].ToNumber().Int32Value()));
    return Napi::Number::New(info.Env(), before);
  });
  // at::get_num_threads; getNumThreads(): number
  export_function(exports, "getNumThreads",
                  [](const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), at::get_num_threads()); });
}

}  // namespace torchts
