// Threads that operators use on the CPU.
#pragma once

namespace torchts {

// OpenMP ends the process when the system refuses a thread that it wants. So each thread that calls operators asks first
// whether it could have them; where not, operators run on one thread. False then.
bool limit_threads();

}  // namespace torchts
