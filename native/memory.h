// Tells V8's collector of the bytes that libtorch holds.
#pragma once
#include <napi.h>

namespace torchts {

// Puts a counter in front of libtorch's CPU allocator, once a process. Every byte counts, also those that only an
// autograd graph holds: to the collector a loss is four bytes, though gigabytes may hang from it.
void count_cpu_memory();

// Bytes that the CPU allocator has out.
int64_t cpu_bytes();

// Called after each operator; reports to V8 when enough has changed.
void report_memory(napi_env env);

}  // namespace torchts
