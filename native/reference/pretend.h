// A pretended accelerator of two devices that computes on the CPU: it proves streams, events, graphs, memory and transfers
// where there is no GPU.
#pragma once
#include <napi.h>

namespace reference {

// pretend(total): registers it; `total` is the memory of each device in bytes. Once a process.
Napi::Value pretend(const Napi::CallbackInfo& info);

// journal(): what was asked of it since the last call, such as "device 0 stream 2: record event 1"
Napi::Value journal(const Napi::CallbackInfo& info);

}  // namespace reference
