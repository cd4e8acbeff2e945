// What an operator writes to stays as it was when the operator fails.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

namespace torchts {

struct Operator;

// libtorch sets the new shape first and asks for the memory then. When that is refused (lent memory cannot grow, or there is
// none), the shape says more than the memory holds.
class Unchanged {
 public:
  Unchanged(const Operator& op, const std::vector<at::IValue>& arguments);
  void restore() const noexcept;

 private:
  struct State {
    at::Tensor tensor;
    c10::Storage storage;
    std::vector<int64_t> sizes, strides;
    int64_t offset;
  };
  void add(const at::IValue& argument);
  void add(const at::Tensor& tensor);
  std::vector<State> states_;
};

}  // namespace torchts
