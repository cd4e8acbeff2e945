// Threads that operators use on the CPU.
#pragma once

namespace torchts {

// OpenMP ends the process when the system refuses a thread that it wants. So each thread that calls operators first
// tries to start as many; where that fails, operators run on one thread, and the result is false.
bool adapt_to_thread_limit();

}  // namespace torchts
