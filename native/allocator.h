// libtorch's memory on the CPU: counted, and kept where the next tensor is about to ask for the same.
#pragma once
#include <cstdint>

namespace torchts {

// Puts ours in front of libtorch's allocator, once a process. Every byte counts, also those that only an autograd graph holds:
// to the collector a loss is four bytes, though gigabytes may hang from it.
void install_allocator();

// Bytes that the allocator has out; what it keeps is not among them.
int64_t cpu_bytes();

// Gives the large blocks that it keeps back to the system.
void release_kept_blocks();

}  // namespace torchts
