// Operators that trust their caller: what wrong arguments do to them is no exception but the end of the process.
#pragma once
#include <ATen/core/ivalue.h>
#include <string_view>
#include <vector>

namespace torchts {

// Whether wrong arguments make the operator read or write where it must not, divide an integer by zero, or never end. All
// of them are internal to PyTorch: its own callers have checked before. The list is what test/tensor/fuzz found.
bool trusts_its_caller(std::string_view name);

// Checks what an operator that users or torchts itself call leaves unchecked; null where it checks for itself.
using Precondition = void (*)(const std::vector<at::IValue>& arguments);
Precondition precondition_of(std::string_view name);

}  // namespace torchts
