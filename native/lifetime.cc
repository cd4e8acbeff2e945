// Freeing tensors: at the end of a scope, by dispose(), or by the collector.
#include <algorithm>
#include <unordered_set>

#include "allocator.h"
#include "environment.h"
#include "exports.h"
#include "lifetime.h"
#include "memory_pressure.h"

// Node 20 and later have it; the npm package node-api-headers, which may stand for Node's headers, does not declare it.
extern "C" NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(node_api_basic_env env, napi_finalize finalize, void* data, void* hint);

namespace torchts {
namespace {

// free(count): releases the handles that stand on the wire
napi_value release_handles(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const RawCall<1> given(env, info);
    Environment& environment = *given.environment;
    uint32_t count = 0;
    napi_get_value_uint32(env, given.args[0], &count);
    count = std::min<size_t>(count, environment.wire_length);
    for (uint32_t i = 0; i < count; ++i) environment.tensors.release(static_cast<Handle>(environment.wire[i]));
    release_collected(environment);
    report_memory(env);
    return nullptr;
  });
}

void release_later(napi_env, void*, void* hint) {
  auto& environment = *static_cast<Environment*>(hint);
  environment.release_scheduled = false;
  release_collected(environment);
}

// Runs inside a collection (the addon declares the experimental Node-API level), so it must not touch JavaScript. It does not
// free: the handle may lie on the wire, or native code may hold a reference into the table.
void finalize(node_api_basic_env env, void* data, void* hint) {
  auto& environment = *static_cast<Environment*>(hint);
  environment.collected.push_back(reinterpret_cast<Handle>(data));
  // The next call releases it. Where none comes, because the program waits, the event loop does.
  if (!environment.release_scheduled) environment.release_scheduled = node_api_post_finalizer(env, release_later, nullptr, hint) == napi_ok;
}

// track(object, handle): see lifetime.h
napi_value track_tensor(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const RawCall<2> given(env, info);
    double handle = 0;
    napi_get_value_double(env, given.args[1], &handle);
    track(env, *given.environment, given.args[0], static_cast<Handle>(handle));
    return nullptr;
  });
}

// memory(): [device, tensors, bytes][], each storage counted once
Napi::Value memory(const Napi::CallbackInfo& info) {
  struct Usage {
    c10::Device device;
    double tensors = 0, bytes = 0;
  };
  Environment& environment = Environment::of(info.Env());
  release_collected(environment);
  std::vector<Usage> devices;  // a handful
  std::unordered_set<const void*> seen;
  seen.reserve(environment.tensors.live());
  environment.tensors.each([&](const at::Tensor& tensor) {
    auto usage = std::find_if(devices.begin(), devices.end(), [&](const Usage& other) { return other.device == tensor.device(); });
    if (usage == devices.end()) usage = devices.insert(usage, Usage{tensor.device()});
    ++usage->tensors;
    if (tensor.has_storage() && seen.insert(tensor.storage().unsafeGetStorageImpl()).second)
      usage->bytes += static_cast<double>(tensor.storage().nbytes());
  });
  auto result = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const Usage& usage : devices) {
    auto row = Napi::Array::New(info.Env(), 3);
    row[0u] = usage.device.str();
    row[1u] = usage.tensors;
    row[2u] = usage.bytes;
    result[count++] = row;
  }
  return result;
}

// liveTensors(): Float64Array of a handle and the bytes of its storage, for each tensor
Napi::Value live_tensors(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  release_collected(environment);
  const auto& tensors = environment.tensors;
  auto result = Napi::Float64Array::New(info.Env(), 2 * tensors.live());
  size_t at = 0;
  tensors.each_handle([&](Handle handle, const at::Tensor& tensor) {
    result[at++] = static_cast<double>(handle);
    result[at++] = tensor.has_storage() ? static_cast<double>(tensor.storage().nbytes()) : 0;
  });
  return result;
}

// collectedYoung(): JavaScript has collected its young generation. Where that freed little, because the tensors are in use, the
// next time comes later: each collection promotes the objects that it finds alive, and those are collected much later.
void collected_young(const Napi::CallbackInfo& info) {
  constexpr int64_t kLeastPart = 4;  // a quarter
  Environment& environment = Environment::of(info.Env());
  YoungGarbage& young = environment.young;
  int64_t found = 0;
  for (const Handle handle : environment.collected) found += environment.tensors.bytes_alone(handle);
  const int64_t bytes = cpu_bytes(), grown = bytes - young.floor;
  young.step = found >= grown / kLeastPart ? YoungGarbage::kStep : std::min(2 * young.step, YoungGarbage::kLargestStep);
  young.floor = bytes - found;
  young.tracked = 0;
}

}  // namespace

void track(napi_env env, Environment& environment, napi_value object, Handle handle) {
  ++environment.young.tracked;
  napi_add_finalizer(env, object, reinterpret_cast<void*>(handle), finalize, &environment, nullptr);
}

void release_collected(Environment& environment, size_t most) noexcept {
  if (environment.collected.empty()) return;
  const int64_t before = cpu_bytes();
  // A destructor may make the collector run, which adds to the list.
  for (; most > 0 && !environment.collected.empty(); --most) {
    const Handle handle = environment.collected.back();
    environment.collected.pop_back();
    environment.tensors.release(handle);
  }
  note_collected(before - cpu_bytes());
}

bool young_collection_due(Environment& environment) noexcept {
  YoungGarbage& young = environment.young;
  const auto grown = [&] { return cpu_bytes() - young.floor; };
  if (grown() < young.step) [[likely]] {
    young.floor = std::min(young.floor, cpu_bytes());
    return false;
  }
  // The memory of tensors that the last collection found is used first, block by block.
  if (!environment.collected.empty()) {
    if (grown() < 2 * young.step) return false;
    release_collected(environment);
  }
  return young.tracked > 0 && grown() >= young.step;
}

void make_room(Environment& environment) noexcept {
  const size_t made = environment.tensors.inserted() - environment.inserted_at_release;
  environment.inserted_at_release += made;
  if (!memory_is_plenty()) return release_collected(environment);
  release_collected(environment, std::max<size_t>(made, 1));
}

void export_lifetime(Napi::Env, Napi::Object exports) {
  export_raw(exports, "free", release_handles);
  export_raw(exports, "track", track_tensor);
  export_function(exports, "memory", memory);
  export_function(exports, "collectedYoung", collected_young);
  export_function(exports, "liveTensors", live_tensors);
  // allocatedBytes(): bytes of the CPU allocator in use
  export_function(exports, "allocatedBytes", [](const Napi::CallbackInfo& info) {
    release_collected(Environment::of(info.Env()));
    return Napi::Number::New(info.Env(), static_cast<double>(cpu_bytes()));
  });
  // allocationCount(): blocks that the CPU allocator has asked the C library for
  export_function(exports, "allocationCount", [](const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), static_cast<double>(cpu_requests())); });
}

}  // namespace torchts
