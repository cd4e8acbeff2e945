// Freeing tensors: at the end of a scope, by dispose(), or by the collector.
#include <unordered_set>

#include "convert.h"
#include "environment.h"
#include "exports.h"
#include "lifetime.h"
#include "memory.h"

namespace torchts {
namespace {

// free(count): releases the handles that stand on the wire
napi_value release_handles(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    size_t argc = 1;
    napi_value args[1];
    void* data;
    napi_get_cb_info(env, info, &argc, args, nullptr, &data);
    auto& environment = *static_cast<Environment*>(data);
    uint32_t count = 0;
    napi_get_value_uint32(env, args[0], &count);
    count = std::min<size_t>(count, environment.wire_length);
    for (uint32_t i = 0; i < count; ++i) environment.tensors.release(static_cast<Handle>(environment.wire[i]));
    report_memory(env);
    return nullptr;
  });
}

// Runs inside a collection (the addon declares the experimental Node-API level), so it must not touch JavaScript.
void finalize(node_api_basic_env, void* data, void* hint) {
  const int64_t before = cpu_bytes();
  static_cast<Environment*>(hint)->tensors.release(reinterpret_cast<Handle>(data));
  note_collected(before - cpu_bytes());
}

// track(object, handle): see lifetime.h
napi_value track_tensor(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value args[2];
  void* data;
  napi_get_cb_info(env, info, &argc, args, nullptr, &data);
  double handle = 0;
  napi_get_value_double(env, args[1], &handle);
  track(env, *static_cast<Environment*>(data), args[0], static_cast<Handle>(handle));
  return nullptr;
}

// memory(): [device, tensors, bytes][], each storage counted once
Napi::Value memory(const Napi::CallbackInfo& info) {
  struct Usage {
    double tensors = 0, bytes = 0;
  };
  std::map<std::string, Usage> devices;
  std::unordered_set<const void*> seen;
  Environment::of(info.Env()).tensors.each([&](const at::Tensor& tensor) {
    Usage& usage = devices[tensor.device().str()];
    ++usage.tensors;
    if (tensor.has_storage() && seen.insert(tensor.storage().unsafeGetStorageImpl()).second)
      usage.bytes += static_cast<double>(tensor.storage().nbytes());
  });
  auto result = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const auto& [device, usage] : devices) {
    auto row = Napi::Array::New(info.Env(), 3);
    row[0u] = device;
    row[1u] = usage.tensors;
    row[2u] = usage.bytes;
    result[count++] = row;
  }
  return result;
}

// liveTensors(): Float64Array of a handle and the bytes of its storage, for each tensor
Napi::Value live_tensors(const Napi::CallbackInfo& info) {
  const auto& tensors = Environment::of(info.Env()).tensors;
  auto result = Napi::Float64Array::New(info.Env(), 2 * tensors.live());
  size_t place = 0;
  tensors.each_handle([&](Handle handle, const at::Tensor& tensor) {
    result[place++] = static_cast<double>(handle);
    result[place++] = tensor.has_storage() ? static_cast<double>(tensor.storage().nbytes()) : 0;
  });
  return result;
}

}  // namespace

void track(napi_env env, Environment& environment, napi_value object, Handle handle) {
  napi_add_finalizer(env, object, reinterpret_cast<void*>(handle), finalize, &environment, nullptr);
}

void export_lifetime(Napi::Env, Napi::Object exports) {
  export_raw(exports, "free", release_handles);
  export_raw(exports, "track", track_tensor);
  export_function(exports, "memory", memory);
  export_function(exports, "liveTensors", live_tensors);
  // allocatedBytes(): what the CPU allocator has out
  export_function(exports, "allocatedBytes", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(cpu_bytes()));
  });
}

}  // namespace torchts
