// Operators that JavaScript may not call unless it asks for them: wrong arguments make them end the process, not throw.
#pragma once
#include <string_view>

namespace torchts {

// Whether wrong arguments make the operator read or write where it must not, divide an integer by zero, or never end, and no
// check of preconditions.h covers it. All of them are internal to PyTorch: its own callers have checked before. The list is
// what test/tensor/fuzz found.
bool is_unsafe(std::string_view name);

}  // namespace torchts
