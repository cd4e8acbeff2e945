// Tells V8's collector of the bytes that libtorch holds, on the CPU and on devices.
#pragma once
#include <ATen/core/Tensor.h>
#include <limits>
#include <napi.h>

namespace torchts {

// Called for each result on a device, whose memory counts too.
void note_device_tensor(const at::Tensor& tensor);

// From this many bytes in tensors of `device` on, garbage is to be collected.
constexpr int64_t kNoWatermark = std::numeric_limits<int64_t>::max();
void set_watermark(c10::Device device, int64_t bytes);

// Whether so little memory is in use, none of it on a device, that tensors may be freed a little later.
bool memory_is_plenty();

// Called when the collector has freed a tensor.
void note_collected(int64_t bytes);

// Called after each operator; reports to V8 when enough has changed.
void report_memory(napi_env env);

// What JavaScript is to collect: its young generation, or everything.
enum class Collect { None, Young, All };

// Whether a watermark was passed since the last call: JavaScript must then collect all garbage.
bool full_collection_due();

}  // namespace torchts
