#include "checks.h"

#include <algorithm>

namespace torchts {
namespace {

// Calls `use` with the elements, as an ArrayRef of int64_t or of int32_t.
template <typename Use>
void with_integers(const at::Tensor& tensor, Use use) {
  const at::Tensor flat = tensor.contiguous();
  const auto count = static_cast<size_t>(flat.numel());
  if (flat.scalar_type() == at::kLong) use(c10::ArrayRef<int64_t>(flat.const_data_ptr<int64_t>(), count));
  else use(c10::ArrayRef<int32_t>(flat.const_data_ptr<int32_t>(), count));
}

}  // namespace

bool is_readable(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_cpu() && tensor.layout() == at::kStrided && !tensor.is_nested();
}

bool is_readable_integer(const at::Tensor& tensor) {
  return is_readable(tensor) && (tensor.scalar_type() == at::kLong || tensor.scalar_type() == at::kInt);
}

std::vector<int64_t> values_of(const at::Tensor& tensor) {
  std::vector<int64_t> result;
  with_integers(tensor, [&](auto values) { result.assign(values.begin(), values.end()); });
  return result;
}

Limit size_of(Name tensor, int64_t dim) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    const int64_t index = dim < 0 ? dim + found.dim() : dim;
    TORCH_CHECK(found.defined() && index >= 0 && index < found.dim(), "expected '", tensor, "' with a dimension ", dim, ", found the shape ",
                found.defined() ? found.sizes() : at::IntArrayRef());
    return found.size(index);
  };
}

Limit value_of(Name integer) {
  return [=](const Arguments& arguments) { return arguments.integer(integer); };
}

Limit elements_of(Name tensor) {
  return [=](const Arguments& arguments) { return arguments.tensor(tensor).defined() ? arguments.tensor(tensor).numel() : 0; };
}

Limit plane_of(Name tensor, int64_t dims) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    TORCH_CHECK(found.dim() >= dims, "expected '", tensor, "' of at least ", dims, " dimensions, found the shape ", found.sizes());
    int64_t elements = 1;
    for (int64_t i = 1; i <= dims; ++i) elements *= found.size(-i);
    return elements;
  };
}

Check has_dims(Name tensor, int64_t least, int64_t most) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!found.defined()) return;
    TORCH_CHECK(found.dim() >= least && found.dim() <= most, "expected '", tensor, "' of ", least, " to ", most,
                " dimensions, found the shape ", found.sizes());
  };
}

Check same_shape(Name left, Name right) {
  return [=](const Arguments& arguments) {
    const auto &one = arguments.tensor(left), &other = arguments.tensor(right);
    if (!one.defined() || !other.defined()) return;
    TORCH_CHECK(one.sizes() == other.sizes(), "expected '", left, "' and '", right, "' of one shape, found ", one.sizes(), " and ", other.sizes());
  };
}

Check vector_of(Name tensor, Limit elements) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!found.defined()) return;
    const int64_t wanted = elements(arguments);
    TORCH_CHECK(found.dim() == 1 && found.numel() == wanted, "expected '", tensor, "' of the shape [", wanted, "], found ", found.sizes());
  };
}

Check has_elements(Name tensor, Limit elements) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!found.defined()) return;
    const int64_t wanted = elements(arguments);
    TORCH_CHECK(found.numel() == wanted, "expected '", tensor, "' of ", wanted, " elements, found the shape ", found.sizes());
  };
}

Check no_zero_size(Name tensor, int64_t dim) {
  const Limit size = size_of(tensor, dim);
  return [=](const Arguments& arguments) {
    TORCH_CHECK(size(arguments) > 0, "expected '", tensor, "' whose dimension ", dim, " is not empty, found the shape ", arguments.tensor(tensor).sizes());
  };
}

Check indices_within(Name tensor, Limit limit, int64_t least, Name except) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!is_readable_integer(found) || found.numel() == 0) return;
    const int64_t end = limit(arguments);
    with_integers(found, [&](auto values) {
      const bool excepted = except && arguments.has(except);
      const int64_t allowed = excepted ? arguments.integer(except) : 0;
      for (const int64_t value : values)
        TORCH_CHECK_INDEX((value >= least && value < end) || (excepted && value == allowed), "expected '", tensor, "' from ", least, " to ", end - 1,
                          ", found ", value);
    });
  };
}

Check offsets_monotonic(Name tensor, Limit limit) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!is_readable_integer(found) || found.numel() == 0) return;
    const int64_t end = limit(arguments);
    with_integers(found, [&](auto values) {
      int64_t last = 0;
      TORCH_CHECK_INDEX(values[0] == 0, "expected '", tensor, "' that begin with 0, found ", values[0]);
      for (const int64_t value : values) {
        TORCH_CHECK_INDEX(value >= last && value <= end, "expected '", tensor, "' that never fall and end at ", end,
                          " at most, found ", value, " after ", last);
        last = value;
      }
    });
  };
}

Check values_between(Name tensor, double least, double most) {
  return [=](const Arguments& arguments) {
    const at::Tensor& found = arguments.tensor(tensor);
    if (!is_readable(found) || found.numel() == 0 || !at::isFloatingType(found.scalar_type())) return;
    const at::Tensor flat = found.detach().to(at::kDouble).contiguous();
    for (const double value : c10::ArrayRef<double>(flat.const_data_ptr<double>(), static_cast<size_t>(flat.numel())))
      TORCH_CHECK(value >= least && value <= most, "expected '", tensor, "' from ", least, " to ", most, ", found ", value);
  };
}

Check numbers_between(Name integers, int64_t least, int64_t most) {
  return [=](const Arguments& arguments) {
    for (const int64_t value : arguments.integers(integers))
      TORCH_CHECK(value >= least && value <= most, "expected '", integers, "' from ", least, " to ", most, ", found ", value);
  };
}

Check same_length(Name list, Name with, bool optional) {
  return [=](const Arguments& arguments) {
    if (!arguments.has(list)) return;
    const size_t found = arguments.tensors(list).size(), wanted = arguments.tensors(with).size();
    TORCH_CHECK(found == wanted || (optional && found == 0), "expected as many '", list, "' as '", with, "', ", wanted, ", found ", found);
  };
}

Check same_sizes(Name list, Name with) {
  return [=](const Arguments& arguments) {
    if (!arguments.has(list)) return;
    const auto found = arguments.tensors(list), wanted = arguments.tensors(with);
    for (size_t i = 0; i < std::min(found.size(), wanted.size()); ++i) {
      if (!found[i].defined() || !wanted[i].defined()) continue;
      TORCH_CHECK(found[i].sizes() == wanted[i].sizes(), "expected '", list, "' of the shapes of '", with, "', found ",
                  found[i].sizes(), " beside ", wanted[i].sizes());
      TORCH_CHECK(found[i].device() == wanted[i].device(), "expected '", list, "' on the devices of '", with, "', found ", found[i].device(), " beside ",
                  wanted[i].device());
      // The kernels take the memory for one array of numel() elements.
      for (const at::Tensor& tensor : {found[i], wanted[i]})
        TORCH_CHECK(tensor.layout() == at::kStrided && !tensor.is_nested() && tensor.is_non_overlapping_and_dense(), "expected '", list, "' and '", with,
                    "' without gaps or overlaps in memory, found the shape ", tensor.sizes());
    }
  };
}

}  // namespace torchts
