// The allocator of libtorch's memory on the CPU: counts what is in use, and caches freed blocks for the next tensors.
#pragma once
#include <cstdint>

namespace torchts {

// Wraps libtorch's allocator in ours, once a process. It also counts what only an autograd graph holds: to V8 a loss is four
// bytes, though its graph may hold gigabytes.
void install_allocator();

// Bytes in use; cached blocks are not among them.
int64_t cpu_bytes();

// How many blocks the C library was asked for so far; what comes from a cache, or has its place in a plan's workspace, is not counted.
int64_t cpu_requests();

// Returns the cached large blocks to the system.
void release_cached_blocks();

}  // namespace torchts
