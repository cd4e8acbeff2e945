// One copy of the addon in a process.
#pragma once
#include <napi.h>

namespace torchts {

// Throws when the addon of another copy of the package is loaded in this process: both would replace the same parts of one
// libtorch (its allocator, its autograd engine), for all threads.
void refuse_other_copy(Napi::Env env);

}  // namespace torchts
