// Plans: operators with their arguments, called one after the other in one call from JavaScript.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "operator.h"
#include "workspace.h"

namespace torchts {

// What a step reads or gives: nothing, a value that the plan computes, or a constant of its pool.
struct Operand {
  enum class Kind { None, Slot, Constant };
  Kind kind = Kind::None;
  size_t number = 0;
};

// The values of one run.
struct Values {
  std::vector<at::Tensor>& slots;
  const std::vector<at::Tensor>& constants;
  const at::Tensor& of(const Operand& operand) const;
};

// A call of an operator with everything but the tensors filled in.
struct Step {
  // An argument that is a tensor, or a list with tensors in it.
  struct Hole {
    size_t argument;
    bool is_list = false, is_optional = false;
    std::vector<Operand> operands;
  };

  const Operator* op = nullptr;
  std::vector<at::IValue> arguments;
  std::vector<Hole> holes;
  std::vector<Operand> results;  // a slot, or nothing for a result that nobody reads
  std::vector<size_t> dead;      // slots that nobody reads after this step
  std::optional<bool> guard;     // what the operator must give for the plan to hold

  // The results of the operator for these values are left on the stack.
  void call(const Values& values, torch::jit::Stack& stack) const;
};

// The constants of all plans of a model: tensors that exist without them (sources), and what steps compute of these, such as packed
// weights. Where a source was written to, all that was computed of it is computed anew.
class ConstantPool {
 public:
  using Tensors = std::vector<at::Tensor>;

  // The number of a source; a tensor that is one already keeps its number.
  size_t add_source(const at::Tensor& tensor);
  // A tensor whose change means that others have changed, which libtorch does not count: batch normalisation writes its running
  // statistics without a new version, but counts its batches.
  void add_witness(const at::Tensor& tensor);
  // Runs a step on constants and adds its results; their numbers follow one another from the one returned.
  size_t add_step(Step step);
  // Frees constants that no plan reads any more.
  void drop(const std::vector<size_t>& numbers);
  at::Tensor get(size_t number);

  // The constants as they are now; null where a source has another shape or type than it had, or was freed.
  std::shared_ptr<const Tensors> current();

  // For a run of any of the plans: they share it, since one runs after the other. What runs beside another in another thread finds its
  // places taken, and has its tensors elsewhere.
  std::shared_ptr<Workspace> workspace(size_t bytes);

 private:
  struct Source {
    size_t number;
    uint32_t version;
    const void* data;
    at::ScalarType dtype;
    std::vector<int64_t> sizes;
    bool is_witness;
    Source(size_t number, const at::Tensor& tensor, bool is_witness);
    bool is_same(const at::Tensor& tensor) const;
    bool fits(const at::Tensor& tensor) const;
  };
  struct Derived {
    Step step;
    size_t first, count;
  };
  void compute(const Derived& derived, Tensors& constants);

  std::mutex mutex_;  // the background queue runs plans, too
  std::vector<Source> sources_;
  std::vector<Derived> derived_;
  std::shared_ptr<Tensors> constants_ = std::make_shared<Tensors>();
  std::shared_ptr<Workspace> workspace_;
};

// What a tensor must be for a plan.
struct InputSpec {
  at::ScalarType dtype;
  std::vector<int64_t> sizes, strides;
  explicit InputSpec(const at::Tensor& tensor);
  bool fits(const at::Tensor& tensor) const;
};

class Plan {
 public:
  explicit Plan(std::shared_ptr<ConstantPool> pool) : pool_(std::move(pool)) {}

  // Inputs take the first slots, in order.
  void add_input(const at::Tensor& example);
  void add_step(Step step);
  void finish(std::vector<Operand> outputs);

  enum class Outcome { Done, GuardFailed, ConstantsChanged, InputsDiffer };
  struct Run {
    Outcome outcome = Outcome::Done;
    std::vector<at::Tensor> outputs;
  };
  // May be called from several threads at once.
  Run run(const std::vector<at::Tensor>& inputs) const;

 private:
  Run run_steps(const std::vector<at::Tensor>& inputs, const ConstantPool::Tensors& constants) const;
  std::shared_ptr<const Layout> layout() const;
  void check_order() const;
  void find_dead_slots();

  std::shared_ptr<ConstantPool> pool_;
  std::vector<InputSpec> inputs_;
  std::vector<Step> steps_;
  std::vector<Operand> outputs_;
  size_t slots_ = 0;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Layout> layout_;  // of what the steps make, since the first run
};

}  // namespace torchts
