// The parts of the tables in preconditions_*.cc: each function makes a check, or a limit for one, of arguments by their names.
// Values are checked on the CPU alone; the kernels of other devices check theirs.
#pragma once
#include <c10/util/Exception.h>
#include <vector>

#include "preconditions.h"

namespace torchts {

using Name = const char*;
// An upper limit that depends on the other arguments.
using Limit = std::function<int64_t(const Arguments&)>;

// Whether the values can be read here: int64 or int32, strided, on the CPU.
bool is_readable_integer(const at::Tensor& tensor);
std::vector<int64_t> values_of(const at::Tensor& tensor);
// Whether the tensor is defined, strided and on the CPU.
bool is_readable(const at::Tensor& tensor);

// Limits.
Limit size_of(Name tensor, int64_t dim);
Limit value_of(Name integer);
Limit elements_of(Name tensor);
// The product of the last `dims` sizes.
Limit plane_of(Name tensor, int64_t dims);

// Checks of a tensor.
Check has_dims(Name tensor, int64_t least, int64_t most = 64);
Check same_shape(Name left, Name right);
// Undefined, or one dimension of that many elements.
Check vector_of(Name tensor, Limit elements);
Check has_elements(Name tensor, Limit elements);
Check no_zero_size(Name tensor, int64_t dim);
// All values in [least, limit); `except` names an integer argument whose value is allowed too.
Check indices_within(Name tensor, Limit limit, int64_t least = 0, Name except = nullptr);
// Offsets that begin with 0, never decrease, and end at the limit at most.
Check offsets_monotonic(Name tensor, Limit limit);
Check values_between(Name tensor, double least, double most);

// Checks of numbers, alone or in a list.
Check numbers_between(Name integers, int64_t least, int64_t most);

// Checks of lists of tensors.
// As long as the list `with`, or empty where `optional`.
Check same_length(Name list, Name with, bool optional = false);
// Each tensor has the shape and the device of its counterpart in `with`; both are without gaps or overlaps in memory.
Check same_sizes(Name list, Name with);

}  // namespace torchts
