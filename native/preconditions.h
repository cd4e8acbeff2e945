// What operators of libtorch leave unchecked, checked before they run: that indices are within bounds, lists equally long,
// divisors not zero. The checks are kernels of a dispatch key of their own (install_preconditions), so they hold for
// whoever calls: JavaScript, the backward pass, TorchScript, other operators.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/stack.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchts {

// The arguments of one call, by the names of the operator's schema.
class Arguments {
 public:
  Arguments(const c10::FunctionSchema& schema, const torch::jit::Stack& stack) : schema_(schema), stack_(stack) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Of a list; nullopt for anything else.
  std::optional<size_t> length(std::string_view name) const;
  // Undefined where it is None, or where the overload has no such parameter.
  const at::Tensor& tensor(std::string_view name) const;
  std::vector<at::Tensor> tensors(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback = 0) const;
  double number(std::string_view name, double fallback = 0) const;
  bool flag(std::string_view name) const;
  std::string_view text(std::string_view name) const;
  // Of a list of integers, a single one, or a tensor of int64 or int32 on the CPU.
  std::vector<int64_t> integers(std::string_view name) const;

 private:
  const at::IValue* find(std::string_view name) const;
  const c10::FunctionSchema& schema_;
  const torch::jit::Stack& stack_;
};

// Throws when a precondition is not met.
using Check = std::function<void(const Arguments&)>;

// Nested tensors have kernels of their own, and no shape to check: they pass unchecked, or are refused where the operator has no
// such kernel and would take them for dense ones.
enum class Nested { Pass, Refused };

// The checks of an operator: of all its overloads, or of the one that the name ends with (`aten::median.dim`).
struct Preconditions {
  std::string name;
  std::vector<Check> checks;
  Nested nested = Nested::Pass;
  // Whether 'self', the first argument, is copied first where it is expanded (has a stride of 0): the kernel would read out of
  // bounds.
  bool copies_expanded = false;

  // What another table has of the same operator.
  void add(const Preconditions& other) {
    checks.insert(checks.end(), other.checks.begin(), other.checks.end());
    if (other.nested == Nested::Refused) nested = Nested::Refused;
    copies_expanded = copies_expanded || other.copies_expanded;
  }
};

// One table for each kind of operator, in the file of that name.
std::vector<Preconditions> preconditions_of_indices();  // preconditions_indices.cc: embeddings, poolings, segments, losses
std::vector<Preconditions> preconditions_of_sizes();    // preconditions_sizes.cc: normalisations, recurrent layers, grids
std::vector<Preconditions> preconditions_of_planes();   // preconditions_planes.cc: convolutions, paddings, poolings backward
std::vector<Preconditions> preconditions_of_lists();    // preconditions_lists.cc: fused and foreach
std::vector<Preconditions> preconditions_of_numbers();  // preconditions_numbers.cc: exponents, counts, pivots, distributions

// Registers the tables with the dispatcher, once a process, and brings them into force in this thread.
void install_preconditions();

}  // namespace torchts
