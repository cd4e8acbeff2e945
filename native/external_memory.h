// Memory that JavaScript lent (see external_buffers.h): it ends with its thread, and JavaScript may write to it at any time.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "operator.h"

namespace torchts {

// Whether any part of a tensor (indices, values, the buffer of a nested one, scales) lies in lent memory.
bool uses_external_memory(const at::Tensor& tensor);

// A copy of all parts.
at::Tensor deep_copy(const at::Tensor& tensor);

// Integers may be indices, which are checked once and trusted from then on, by backward passes for instance. So an operator
// gets copies of those that JavaScript may change meanwhile, unless it writes to them or gives a view of them.
void copy_external_integers(const Operator& op, std::vector<at::IValue>& arguments);
void copy_external_integers(at::Tensor& tensor);

}  // namespace torchts
