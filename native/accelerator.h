#pragma once

namespace torchts {

// Loads libtorch_cuda when it lies beside libtorch_cpu. Asked for by name here, because a linker drops a library that
// nothing refers to, and CUDA would then be missing without a word.
void load_cuda();

}  // namespace torchts
