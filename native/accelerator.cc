// Devices through libtorch's device-generic interface: no CUDA header is needed, so one source serves every build of it.
#include "accelerator.h"

#include <ATen/DeviceAccelerator.h>
#include <dlfcn.h>

#include "allocator.h"
#include "exports.h"
#include "memory_pressure.h"
#include "names.h"

namespace torchts {
namespace {

// The device index in the first argument, or that of the current device.
c10::DeviceIndex index_of(const Napi::CallbackInfo& info) {
  required_accelerator();
  if (!info[0].IsNumber()) return at::accelerator::getDeviceIndex();
  const int64_t index = info[0].As<Napi::Number>().Int64Value();
  const int64_t count = at::accelerator::deviceCount();
  if (index < 0 || index >= count)
    throw DeviceMissing("expected a device from 0 to " + std::to_string(count - 1) + ", found " + std::to_string(index));
  return static_cast<c10::DeviceIndex>(index);
}

// at::getAccelerator; accelerator(): device type | null
Napi::Value accelerator(const Napi::CallbackInfo& info) {
  if (!has_accelerator()) return info.Env().Null();
  return Napi::String::New(info.Env(), c10::DeviceTypeName(*at::getAccelerator(), true));
}

// at::accelerator::getDeviceStats; deviceMemory(index?): { allocated, reserved, … }, bytes and counts
Napi::Value device_memory(const Napi::CallbackInfo& info) {
  const auto stats = at::accelerator::getDeviceStats(index_of(info));
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  auto result = Napi::Object::New(info.Env());
  const auto put = [&](const char* name, int64_t value) { result[name] = static_cast<double>(value); };
  put("allocated", stats.allocated_bytes[kAll].current);
  put("reserved", stats.reserved_bytes[kAll].current);
  put("peakAllocated", stats.allocated_bytes[kAll].peak);
  put("peakReserved", stats.reserved_bytes[kAll].peak);
  put("active", stats.active_bytes[kAll].current);
  put("requested", stats.requested_bytes[kAll].current);
  put("allocations", stats.allocation[kAll].allocated);
  put("segments", stats.segment[kAll].current);
  put("retries", stats.num_alloc_retries);
  put("outOfMemory", stats.num_ooms);
  return result;
}

// at::accelerator::getMemoryInfo; deviceFree(index?): [free, total] in bytes, of all processes
Napi::Value device_free(const Napi::CallbackInfo& info) {
  const auto [free, total] = at::accelerator::getMemoryInfo(index_of(info));
  auto pair = Napi::Array::New(info.Env(), 2);
  pair[0u] = static_cast<double>(free);
  pair[1u] = static_cast<double>(total);
  return pair;
}

// What CUDA's driver reports of a device, by the numbers of CUdevice_attribute (NVIDIA, "CUDA Driver API").
constexpr std::pair<const char*, int> kAttributes[] = {
    {"maxThreadsPerBlock", 1},  {"sharedMemoryPerBlock", 8}, {"warpSize", 10},  {"clockRate", 13},
    {"multiProcessorCount", 16}, {"integrated", 18}, {"memoryClockRate", 36}, {"memoryBusWidth", 37},
    {"l2CacheSize", 38}, {"maxThreadsPerMultiProcessor", 39}, {"major", 75}, {"minor", 76},
    {"sharedMemoryPerMultiprocessor", 81}, {"regsPerMultiprocessor", 82}, {"isMultiGpuBoard", 84}, {"sharedMemoryPerBlockOptin", 97},
};

// Calls a function of the driver. Its C interface is stable, and its library is present wherever a CUDA device is.
template <typename... Arguments>
bool driver(const char* name, Arguments... arguments) {
  static void* const library = dlopen("libcuda.so.1", RTLD_NOW);
  using Function = int (*)(Arguments...);
  const auto function = library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
  return function && function(arguments...) == 0;
}

// deviceProperties(index?): { name, totalMemory, … }; on CUDA the attributes above too
Napi::Value device_properties(const Napi::CallbackInfo& info) {
  const c10::DeviceIndex index = index_of(info);
  auto result = Napi::Object::New(info.Env());
  const auto type = *at::getAccelerator();
  result["name"] = c10::Device(type, index).str();
  result["totalMemory"] = static_cast<double>(at::accelerator::getMemoryInfo(index).second);
  if (type != c10::kCUDA) return result;
  int device = 0;
  char name[256] = {};
  if (!driver("cuDeviceGet", &device, static_cast<int>(index))) return result;
  if (driver("cuDeviceGetName", name, static_cast<int>(sizeof name), device)) result["name"] = static_cast<const char*>(name);
  for (const auto& [key, attribute] : kAttributes) {
    int value = 0;
    if (driver("cuDeviceGetAttribute", &value, attribute, device)) result[key] = value;
  }
  return result;
}

}  // namespace

bool has_accelerator() { return at::getAccelerator().has_value() && at::accelerator::deviceCount() > 0; }

void load_cuda() {
#ifdef __linux__
  dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
#endif
}

c10::DeviceType required_accelerator() {
  if (!has_accelerator()) throw DeviceMissing("there is no accelerator: libtorch found none, or was built without (see npx torchts doctor)");
  return *at::getAccelerator();
}

c10::Device accelerator_device(c10::Device device) {
  const auto type = required_accelerator();
  if (device.type() != type)
    throw DeviceMissing("expected a device of the accelerator, '" + c10::DeviceTypeName(type, true) + "', found '" + device.str() + "'");
  const int64_t last = at::accelerator::deviceCount() - 1;
  if (device.has_index() && device.index() > last)
    throw DeviceMissing("expected a device from 0 to " + std::to_string(last) + ", found '" + device.str() + "'");
  return device.has_index() ? device : c10::Device(device.type(), at::accelerator::getDeviceIndex());
}

DeviceContext::DeviceContext() {
  if (!changed_) return;
  device_ = at::accelerator::getDeviceIndex();
  for (c10::DeviceIndex i = 0; i < at::accelerator::deviceCount(); ++i) streams_.push_back(at::accelerator::getCurrentStream(i));
}

void DeviceContext::apply() const {
  if (streams_.empty()) return;
  for (const c10::Stream& stream : streams_) at::accelerator::setCurrentStream(stream);
  at::accelerator::setDeviceIndex(device_);
}

void export_accelerator(Napi::Env, Napi::Object exports) {
  export_function(exports, "accelerator", accelerator);
  export_function(exports, "deviceMemory", device_memory);
  export_function(exports, "deviceFree", device_free);
  export_function(exports, "deviceProperties", device_properties);
  // at::accelerator::deviceCount; deviceCount(): number
  export_function(exports, "deviceCount", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), has_accelerator() ? at::accelerator::deviceCount() : 0);
  });
  // at::accelerator::getDeviceIndex; deviceIndex(): number
  export_function(exports, "deviceIndex", [](const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), index_of(info)); });
  // at::accelerator::setDeviceIndex; setDevice(index)
  export_function(exports, "setDevice", [](const Napi::CallbackInfo& info) {
    at::accelerator::setDeviceIndex(index_of(info));
    DeviceContext::changed();
  });
  // at::accelerator::synchronizeDevice; synchronize(index?)
  export_function(exports, "synchronize", [](const Napi::CallbackInfo& info) { at::accelerator::synchronizeDevice(index_of(info)); });
  // at::accelerator::emptyCache, and the same for the CPU; emptyCache()
  export_function(exports, "emptyCache", [](const Napi::CallbackInfo&) {
    release_cached_blocks();
    if (has_accelerator()) at::accelerator::emptyCache();
  });
  // setWatermark(device, bytes): bytes below 0 for none
  export_function(exports, "setWatermark", [](const Napi::CallbackInfo& info) {
    const c10::Device device = device_from_name(info[0].ToString());
    const double bytes = info[1].ToNumber().DoubleValue();
    const bool is_watermark = bytes >= 0 && bytes < static_cast<double>(kNoWatermark);
    set_watermark(device.is_cpu() ? device : accelerator_device(device), is_watermark ? static_cast<int64_t>(bytes) : kNoWatermark);
  });
  // at::accelerator::resetPeakStats; resetPeakMemory(index)
  export_function(exports, "resetPeakMemory", [](const Napi::CallbackInfo& info) { at::accelerator::resetPeakStats(index_of(info)); });
}

}  // namespace torchts
