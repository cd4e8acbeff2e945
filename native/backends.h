// The libraries that libtorch computes with.
#pragma once

namespace torchts {

// Whether NNPACK serves this processor. Where it does not, libtorch writes a warning to stderr at each convolution that NNPACK might
// compute (as in Python), though nothing is wrong: other kernels compute it. So the first call, which says nothing, switches it off then.
bool has_nnpack();

}  // namespace torchts
