// The words of the tables in preconditions_*.cc: each makes a check of arguments by their names. Values are looked at where they
// lie on the CPU; elsewhere the device's own kernels report.
#pragma once
#include <c10/util/Exception.h>
#include <string>
#include <vector>

#include "preconditions.h"

namespace torchts {

using Name = const char*;
// An upper limit that depends on the other arguments.
using Limit = std::function<int64_t(const Arguments&)>;

// Whether the values can be read here: int64 or int32, strided, on the CPU.
bool is_readable_integer(const at::Tensor& tensor);
std::vector<int64_t> values_of(const at::Tensor& tensor);
// Whether a tensor is there and lies strided on the CPU.
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
// Absent, or one dimension of so many elements.
Check vector_of(Name tensor, Limit elements);
Check has_elements(Name tensor, Limit elements);
Check no_zero_size(Name tensor, int64_t dim);
// All values from `least` up to, without, `limit`; `except` names an integer argument whose value may come too.
Check indices_within(Name tensor, Limit limit, int64_t least = 0, Name except = nullptr);
// Offsets from 0 that never fall, up to and with the limit.
Check offsets_monotonic(Name tensor, Limit limit);
Check values_between(Name tensor, double least, double most);

// Checks of numbers, alone or in a list.
Check numbers_between(Name integers, int64_t least, int64_t most);

// Checks of lists: as long as the first (or empty, where `optional`), each tensor with as many elements, dense and of the type.
Check same_length(Name list, Name with, bool optional = false);
Check same_sizes(Name list, Name with);

}  // namespace torchts
