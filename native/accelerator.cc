// Devices through libtorch's device-generic interface: no CUDA header is needed, so one source serves every flavour.
#include "accelerator.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <torch/version.h>

#include "convert.h"
#include "exports.h"

// Of the OpenMP that libtorch brings, if it does: at::set_num_threads would also drop the convolutions that oneDNN prepared.
extern "C" {
__attribute__((weak)) void omp_set_num_threads(int);
__attribute__((weak)) int omp_get_max_threads();
}

namespace torchts {
namespace {

// at::getAccelerator; accelerator(): device type | null
Napi::Value accelerator(const Napi::CallbackInfo& info) {
  const auto type = at::getAccelerator();
  if (!type || at::accelerator::deviceCount() == 0) return info.Env().Null();
  return Napi::String::New(info.Env(), c10::DeviceTypeName(*type, true));
}

// at::accelerator::getDeviceStats; deviceMemory(index): { allocated, reserved, peakAllocated, peakReserved } in bytes
Napi::Value device_memory(const Napi::CallbackInfo& info) {
  const auto stats = at::accelerator::getDeviceStats(static_cast<c10::DeviceIndex>(info[0].ToNumber().Int32Value()));
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  auto result = Napi::Object::New(info.Env());
  result["allocated"] = static_cast<double>(stats.allocated_bytes[kAll].current);
  result["reserved"] = static_cast<double>(stats.reserved_bytes[kAll].current);
  result["peakAllocated"] = static_cast<double>(stats.allocated_bytes[kAll].peak);
  result["peakReserved"] = static_cast<double>(stats.reserved_bytes[kAll].peak);
  return result;
}

c10::DeviceIndex index_of(const Napi::CallbackInfo& info) {
  return info[0].IsNumber() ? static_cast<c10::DeviceIndex>(info[0].ToNumber().Int32Value()) : at::accelerator::getDeviceIndex();
}

}  // namespace

void load_cuda() {
#ifdef __linux__
  dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
#endif
}

void export_accelerator(Napi::Env, Napi::Object exports) {
  export_function(exports, "accelerator", accelerator);
  export_function(exports, "deviceMemory", device_memory);
  // at::accelerator::deviceCount; deviceCount(): number
  export_function(exports, "deviceCount", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), at::getAccelerator() ? at::accelerator::deviceCount() : 0);
  });
  // at::accelerator::synchronizeDevice; synchronize(index?)
  export_function(exports, "synchronize", [](const Napi::CallbackInfo& info) { at::accelerator::synchronizeDevice(index_of(info)); });
  // at::accelerator::emptyCache; emptyCache()
  export_function(exports, "emptyCache", [](const Napi::CallbackInfo&) { at::accelerator::emptyCache(); });
  // at::accelerator::resetPeakStats; resetPeakMemory(index)
  export_function(exports, "resetPeakMemory", [](const Napi::CallbackInfo& info) { at::accelerator::resetPeakStats(index_of(info)); });
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
  // at::show_config; showConfig(): string
  export_function(exports, "showConfig",
                  [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), at::show_config()); });
  // TORCH_VERSION; torchVersion(): string
  export_function(exports, "torchVersion",
                  [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), TORCH_VERSION); });
}

}  // namespace torchts
