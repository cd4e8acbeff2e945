// The libraries that libtorch computes with.
#pragma once

namespace torchts {

// Whether NNPACK serves this processor. libtorch finds out once, at the first convolution that NNPACK might compute, and writes a
// warning to stderr where it does not (as in Python), though nothing is wrong: other kernels compute it. Asked here first, it says nothing.
bool has_nnpack();

}  // namespace torchts
